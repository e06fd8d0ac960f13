rule strings:
    input:
        [config["dataset"]["strings"]] if config["dataset"]["strings"] else [],
    output:
        strings=STRINGS,
    log:
        f"{RESULTS}/logs/strings.log",
    benchmark:
        f"{RESULTS}/benchmarks/strings.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "dataset": config["dataset"],
            "seed": config["seed"],
            "code": code("make_strings.py"),
        },
    script:
        "../scripts/make_strings.py"
