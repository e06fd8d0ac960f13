rule train_sparse:
    input:
        strings=STRINGS,
        graphs=f"{RESULTS}/graphs/{{family}}/shard{{shard}}",
    output:
        models=f"{SHARD}.safetensors",
        networks=f"{SHARD}.networks.csv",
        history=f"{SHARD}.history.csv",
    log:
        f"{SHARD}.log",
    benchmark:
        f"{RESULTS}/timings/sparse/{{protocol}}/{{cell}}/{{family}}/seed{{seed}}/shard{{shard}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "protocol": wildcards.protocol,
            "choices": choices(wildcards.protocol, pruning=False),
            "cell": wildcards.cell,
            "family": wildcards.family,
            "seed": int(wildcards.seed),
            "root": config["seed"],
            "engine": engine_of(config["engine"], wildcards.cell),
            "training": config["sparse"]["training"],
            "code": code("train_sparse.py", "cells", wildcards.cell),
        },
        limits=NETWORK_LIMITS,
    script:
        "../scripts/train_sparse.py"


rule sparse_tables:
    input:
        networks=sparse_tables("networks"),
        history=sparse_tables("history"),
    output:
        networks=f"{RESULTS}/sparse/networks.csv",
        history=f"{RESULTS}/sparse/history.csv",
    log:
        f"{RESULTS}/logs/sparse_tables.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"
