rule strings:
    input:
        [config["dataset"]["strings"]] if config["dataset"]["strings"] else [],
    output:
        strings=STRINGS,
    log:
        f"{RESULTS}/logs/strings.log",
    benchmark:
        f"{RESULTS}/timings/strings.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "dataset": dataset_settings(),
            "seed": config["seed"],
            "code": code("make_strings.py"),
        },
    script:
        "../scripts/make_strings.py"
