rule join_tables:
    input:
        networks=f"{RESULTS}/sparse/networks.csv",
        properties=f"{RESULTS}/graphs/properties.csv",
    output:
        table=f"{RESULTS}/analysis/networks.csv",
    log:
        f"{RESULTS}/logs/join_tables.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("join_tables.py")},
    script:
        "../scripts/join_tables.py"


rule correlate:
    input:
        table=f"{RESULTS}/analysis/networks.csv",
    output:
        table=f"{RESULTS}/analysis/correlations.csv",
    log:
        f"{RESULTS}/logs/correlate.log",
    benchmark:
        f"{RESULTS}/benchmarks/correlate.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "confidence": config["analysis"]["confidence"],
            "code": code("correlate.py"),
        },
    script:
        "../scripts/correlate.py"


rule predict:
    input:
        table=f"{RESULTS}/analysis/networks.csv",
    output:
        table=f"{RESULTS}/analysis/prediction.csv",
    log:
        f"{RESULTS}/logs/predict.log",
    benchmark:
        f"{RESULTS}/benchmarks/predict.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "settings": config["analysis"]["prediction"],
            "confidence": config["analysis"]["confidence"],
            "seed": config["seed"],
            "code": code("predict.py"),
        },
    script:
        "../scripts/predict.py"


rule regress:
    input:
        table=f"{RESULTS}/analysis/networks.csv",
    output:
        coefficients=f"{RESULTS}/analysis/ols_coefficients.csv",
        diagnostics=f"{RESULTS}/analysis/ols_diagnostics.csv",
    log:
        f"{RESULTS}/logs/regress.log",
    benchmark:
        f"{RESULTS}/benchmarks/regress.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "features": config["analysis"]["ols"],
            "confidence": config["analysis"]["confidence"],
            "code": code("regress.py"),
        },
    script:
        "../scripts/regress.py"
