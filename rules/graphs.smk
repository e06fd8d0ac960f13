rule graphs:
    input:
        lambda wildcards: [
            path
            for index, path in enumerate(files_of(wildcards.family))
            if index in graphs_of(**wildcards)
        ],
    output:
        graphs=directory(f"{RESULTS}/graphs/{{family}}/shard{{shard}}"),
    log:
        f"{RESULTS}/logs/graphs/{{family}}/shard{{shard}}.log",
    benchmark:
        f"{RESULTS}/timings/graphs/{{family}}/shard{{shard}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "family": wildcards.family,
            # The count is left out: it makes graphs more or fewer, and none different.
            "settings": {k: v for k, v in FAMILIES[wildcards.family].items() if k != "count"},
            "graphs": graphs_of(**wildcards),
            "seed": config["seed"],
            "code": code("make_graphs.py", "families", *generator(wildcards.family)),
        },
    script:
        "../scripts/make_graphs.py"


rule properties:
    input:
        graphs=graph_shards(),
    output:
        properties=f"{RESULTS}/graphs/properties.csv",
    log:
        f"{RESULTS}/logs/properties.log",
    benchmark:
        f"{RESULTS}/timings/properties.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("measure_graphs.py", "measures", *plugins.names("measures"))},
    script:
        "../scripts/measure_graphs.py"
