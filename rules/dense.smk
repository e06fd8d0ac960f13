rule train_dense:
    input:
        strings=STRINGS,
    output:
        model=f"{DENSE}.pt",
        networks=f"{DENSE}.networks.csv",
        history=f"{DENSE}.history.csv",
    log:
        f"{DENSE}.log",
    benchmark:
        f"{RESULTS}/benchmarks/dense/{{protocol}}/{{cell}}/seed{{seed}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "protocol": wildcards.protocol,
            "choices": choices(wildcards.protocol),
            "cell": wildcards.cell,
            "seed": int(wildcards.seed),
            "root": config["seed"],
            "size": DENSE_SIZE,
            "training": config["dense"]["training"],
            "code": code("train_dense.py"),
        },
    script:
        "../scripts/train_dense.py"


rule prune_round:
    input:
        strings=STRINGS,
        model=model_before,
    output:
        model=f"{ROUND}.pt",
        networks=f"{ROUND}.networks.csv",
        history=f"{ROUND}.history.csv",
    log:
        f"{ROUND}.log",
    benchmark:
        f"{RESULTS}/benchmarks/pruning/{{protocol}}/{{cell}}/seed{{seed}}/{{schedule}}/{{target}}/{{percent}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "protocol": wildcards.protocol,
            "choices": choices(wildcards.protocol),
            "cell": wildcards.cell,
            "seed": int(wildcards.seed),
            "schedule": wildcards.schedule,
            "target": wildcards.target,
            "percent": float(wildcards.percent),
            "root": config["seed"],
            "size": DENSE_SIZE,
            "training": config["pruning"]["training"],
            "code": code("prune_round.py"),
        },
    script:
        "../scripts/prune_round.py"


rule dense_table:
    input:
        lambda wildcards: dense_tables(wildcards.kind),
    output:
        table=f"{RESULTS}/dense/{{kind}}.csv",
    log:
        f"{RESULTS}/logs/dense/{{kind}}.log",
    wildcard_constraints:
        kind="networks|history",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"


use rule dense_table as pruning_table with:
    input:
        lambda wildcards: pruning_tables(wildcards.kind),
    output:
        table=f"{RESULTS}/pruning/{{kind}}.csv",
    log:
        f"{RESULTS}/logs/pruning/{{kind}}.log",
