rule graphs:
    input:
        lambda wildcards: list(map(there, PLAN.user_graphs_of(**wildcards))),
    output:
        graphs=directory(f"{RESULTS}/graphs/{{family}}/shard{{shard}}"),
    log:
        f"{RESULTS}/logs/graphs/{{family}}/shard{{shard}}.log",
    benchmark:
        f"{RESULTS}/timings/graphs/{{family}}/shard{{shard}}.tsv"
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            **PLAN.family_settings(wildcards.family),
            **PLAN.edges,
            "graphs": PLAN.graphs_of(**wildcards),
            "seed": config["seed"],
            "code": code("make_graphs.py", *PLAN.generators(wildcards.family)),
        },
    script:
        "../scripts/make_graphs.py"


measures = [plugins.file("measures", name) for name in plugins.names("measures")]


rule properties:
    input:
        graphs=PLAN.graph_folders(),
    output:
        properties=f"{RESULTS}/graphs/properties.csv",
    log:
        f"{RESULTS}/logs/properties.log",
    benchmark:
        f"{RESULTS}/timings/properties.tsv"
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "own": list(filter(PLAN.own, PLAN.families)),
            "nulls": {family: tuple(null[:2]) for family, null in PLAN.nulls.items()},
            **PLAN.edges,
            "code": code("measure_graphs.py", *measures),
        },
    script:
        "../scripts/measure_graphs.py"
