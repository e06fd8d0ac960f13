# Only included if learning rates are chosen.

DENSE_RATE, RATE, TRIAL = (
    f"{RESULTS}/{path}" for path in (rate_plan.DENSE_RATE, rate_plan.RATE, rate_plan.TRIAL)
)


rule choose_dense_rate:
    input:
        strings=STRINGS,
    output:
        table=DENSE_RATE,
    log:
        f"{RESULTS}/logs/{rate_plan.DENSE_RATE}.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            **PLAN.trials(wildcards),
            "size": PLAN.dense_size,
            "training": config["dense"]["training"],
            "code": code("choose_rate.py", *PLAN.network_files(wildcards.cell)),
        },
        limits=PLAN.network_limits,
    script:
        "../scripts/choose_rate.py"


use rule train_dense as train_trial with:
    input:
        strings=STRINGS,
        rate=DENSE_RATE,
    output:
        models=f"{TRIAL}{MODELS}",
        networks=f"{TRIAL}.networks.csv",
        history=f"{TRIAL}.history.csv",
    log:
        f"{TRIAL}.log",
    benchmark:
        f"{RESULTS}/timings/{rate_plan.TRIAL}.tsv"
    params:
        spec=lambda wildcards: {
            **PLAN.trial(wildcards),
            "size": PLAN.dense_size,
            "training": config["dense"]["training"],
            "code": code("train_dense.py", *PLAN.network_files(wildcards.cell)),
        },
        limits=PLAN.network_limits,


rule choose_rate:
    input:
        unpack(lambda wildcards: PLAN.trial_inputs(wildcards)),
    output:
        table=RATE,
    log:
        f"{RESULTS}/logs/{rate_plan.RATE}.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            **PLAN.trials(wildcards),
            **PLAN.rated(wildcards.way),
            "size": PLAN.dense_size,
            "code": code(
                "choose_rate.py",
                *PLAN.network_files(wildcards.cell),
                *PLAN.ways[wildcards.way].files,
            ),
        },
        limits=PLAN.network_limits,
    script:
        "../scripts/choose_rate.py"


rule rate_tables:
    input:
        table=PLAN.rate_tables(),
    output:
        table=f"{RESULTS}/pruning/rates.csv",
    log:
        f"{RESULTS}/logs/rate_tables.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"
