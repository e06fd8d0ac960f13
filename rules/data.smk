rule strings:
    input:
        list(map(there, PLAN.user_strings)),
    output:
        strings=STRINGS,
    log:
        f"{RESULTS}/logs/strings.log",
    benchmark:
        f"{RESULTS}/timings/strings.tsv"
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "dataset": PLAN.dataset,
            "seed": config["seed"],
            "code": code("make_strings.py", *PLAN.task_files),
        },
    script:
        "../scripts/make_strings.py"
