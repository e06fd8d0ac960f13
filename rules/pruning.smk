# Needs dense.smk: what is pruned, and the rule of its tables.


rule prune:
    input:
        unpack(lambda wildcards: PLAN.way_inputs(wildcards)),
    output:
        models=f"{WAY}{MODELS}",
        networks=f"{WAY}.networks.csv",
        history=f"{WAY}.history.csv",
    log:
        f"{WAY}.log",
    benchmark:
        f"{RESULTS}/timings/pruning/{{protocol}}/{{cell}}/seed{{seed}}/{{way}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            **PLAN.network(wildcards, pruning=True),
            **PLAN.way_spec(wildcards.way),
            "size": PLAN.dense_size,
            "code": code(
                "prune.py",
                *PLAN.network_files(wildcards.cell),
                *PLAN.ways[wildcards.way].files,
            ),
        },
        limits=PLAN.network_limits,
    script:
        "../scripts/prune.py"


use rule dense_tables as pruning_tables with:
    input:
        networks=PLAN.pruning_tables("networks"),
        history=PLAN.pruning_tables("history"),
    output:
        networks=f"{RESULTS}/pruning/networks.csv",
        history=f"{RESULTS}/pruning/history.csv",
    log:
        f"{RESULTS}/logs/pruning_tables.log",
    localrule: True


if PLAN.sweep_tables():

    rule sweep:
        input:
            strings=STRINGS,
            model=f"{DENSE}{MODELS}",
        output:
            table=f"{SWEEP}.csv",
        log:
            f"{SWEEP}.log",
        benchmark:
            f"{RESULTS}/timings/sweep/{{protocol}}/{{cell}}/seed{{seed}}.tsv"
        conda:
            "../envs/sparsernn.yaml"
        params:
            spec=lambda wildcards: {
                **PLAN.network(wildcards, pruning=True),
                **PLAN.sweep,
                "training": config["pruning"]["training"],
                "code": code(
                    "sweep_pruning.py",
                    *PLAN.network_files(wildcards.cell),
                    plugins.file("criteria", "magnitude"),
                    plugins.file("criteria", "random_matched"),
                ),
            },
            limits=PLAN.network_limits,
        script:
            "../scripts/sweep_pruning.py"

    rule sweep_tables:
        input:
            table=PLAN.sweep_tables(),
        output:
            table=f"{RESULTS}/pruning/sweep.csv",
        log:
            f"{RESULTS}/logs/sweep_tables.log",
        localrule: True
        conda:
            "../envs/sparsernn.yaml"
        params:
            spec={"code": code("merge_tables.py")},
        script:
            "../scripts/merge_tables.py"


rule count_costs:
    input:
        **PLAN.cost_inputs(),
        strings=STRINGS,
    output:
        costs=f"{RESULTS}/pruning/costs.csv",
        seconds=f"{RESULTS}/pruning/seconds.csv",
    log:
        f"{RESULTS}/logs/count_costs.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "dense_epochs": config["dense"]["training"]["epochs"],
            "identity": ["protocol", "cell", "seed", "schedule", "target", "percent"],
            "code": code("count_costs.py", *PLAN.cost_files()),
        },
    script:
        "../scripts/count_costs.py"
