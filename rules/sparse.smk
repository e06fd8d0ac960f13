rule train_sparse:
    input:
        strings=STRINGS,
        graphs=f"{RESULTS}/graphs/{{family}}/shard{{shard}}",
    output:
        models=f"{SHARD}{MODELS}",
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
            **PLAN.network(wildcards),
            "training": config["sparse"]["training"],
            "code": code("train_sparse.py", *PLAN.network_files(wildcards.cell)),
        },
        limits=PLAN.network_limits,
    script:
        "../scripts/train_sparse.py"


rule sparse_tables:
    input:
        networks=PLAN.sparse_tables("networks"),
        history=PLAN.sparse_tables("history"),
    output:
        networks=f"{RESULTS}/sparse/networks.csv",
        history=f"{RESULTS}/sparse/history.csv",
    log:
        f"{RESULTS}/logs/sparse_tables.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"
