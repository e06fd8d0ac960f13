rule train_dense:
    input:
        strings=STRINGS,
    output:
        models=f"{DENSE}.safetensors",
        networks=f"{DENSE}.networks.csv",
        history=f"{DENSE}.history.csv",
    log:
        f"{DENSE}.log",
    benchmark:
        f"{RESULTS}/timings/dense/{{protocol}}/{{cell}}/seed{{seed}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "protocol": wildcards.protocol,
            "choices": choices(wildcards.protocol, pruning=False),
            "cell": wildcards.cell,
            "seed": int(wildcards.seed),
            "root": config["seed"],
            "engine": engine_of(config["engine"], wildcards.cell),
            "size": DENSE_SIZE,
            "training": config["dense"]["training"],
            "code": code("train_dense.py", "cells", wildcards.cell),
        },
        limits=NETWORK_LIMITS,
    script:
        "../scripts/train_dense.py"


rule prune_round:
    input:
        strings=STRINGS,
        model=model_before,
    output:
        models=f"{ROUND}.safetensors",
        networks=f"{ROUND}.networks.csv",
        history=f"{ROUND}.history.csv",
    log:
        f"{ROUND}.log",
    benchmark:
        f"{RESULTS}/timings/pruning/{{protocol}}/{{cell}}/seed{{seed}}/{{round}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "protocol": wildcards.protocol,
            "choices": choices(wildcards.protocol, pruning=True),
            "cell": wildcards.cell,
            "seed": int(wildcards.seed),
            **ROUNDS[wildcards.round],
            "root": config["seed"],
            "engine": engine_of(config["engine"], wildcards.cell),
            "size": DENSE_SIZE,
            "training": config["pruning"]["training"],
            "code": code("prune_round.py", "cells", wildcards.cell),
        },
        limits=NETWORK_LIMITS,
    script:
        "../scripts/prune_round.py"


rule dense_tables:
    input:
        networks=dense_tables("networks"),
        history=dense_tables("history"),
    output:
        networks=f"{RESULTS}/dense/networks.csv",
        history=f"{RESULTS}/dense/history.csv",
    log:
        f"{RESULTS}/logs/dense_tables.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"


use rule dense_tables as pruning_tables with:
    input:
        networks=pruning_tables("networks"),
        history=pruning_tables("history"),
    output:
        networks=f"{RESULTS}/pruning/networks.csv",
        history=f"{RESULTS}/pruning/history.csv",
    log:
        f"{RESULTS}/logs/pruning_tables.log",
