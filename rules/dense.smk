rule train_dense:
    input:
        unpack(lambda wildcards: PLAN.dense_inputs(wildcards)),
    output:
        models=f"{DENSE}{MODELS}",
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
            **PLAN.network(wildcards),
            "size": PLAN.dense_size,
            "training": config["dense"]["training"],
            "code": code("train_dense.py", *PLAN.network_files(wildcards.cell)),
        },
        limits=PLAN.network_limits,
    script:
        "../scripts/train_dense.py"


rule dense_tables:
    input:
        networks=PLAN.dense_tables("networks"),
        history=PLAN.dense_tables("history"),
    output:
        networks=f"{RESULTS}/dense/networks.csv",
        history=f"{RESULTS}/dense/history.csv",
    log:
        f"{RESULTS}/logs/dense_tables.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"
