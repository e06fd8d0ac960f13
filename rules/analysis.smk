# The layout of the PDFs. It is not Python, so the fingerprint of code does not cover it.
TEMPLATE = there(f"{SCRIPTS}/sparsernn/report/book.typ")


rule count_missing:
    input:
        networks=f"{RESULTS}/{{part}}/networks.csv",
    output:
        table=f"{RESULTS}/analysis/missing/{{part}}.csv",
    log:
        f"{RESULTS}/logs/count_missing/{{part}}.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"share": config["limits"]["missing_share"], "code": code("count_missing.py")},
    script:
        "../scripts/count_missing.py"


rule join_tables:
    input:
        PLAN.missing("sparse"),
        networks=f"{RESULTS}/sparse/networks.csv",
        properties=f"{RESULTS}/graphs/properties.csv",
    output:
        table=f"{RESULTS}/analysis/networks.csv",
    log:
        f"{RESULTS}/logs/join_tables.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("join_tables.py")},
    script:
        "../scripts/join_tables.py"


rule analyse:
    input:
        unpack(lambda wildcards: PLAN.questions[wildcards.question]),
    output:
        table=f"{RESULTS}/analysis/{{question}}.csv",
    log:
        f"{RESULTS}/logs/analyse/{{question}}.log",
    benchmark:
        f"{RESULTS}/timings/analyse/{{question}}.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "question": wildcards.question,
            "settings": PLAN.question_settings,
            "code": code("analyse.py", *PLAN.question_files(wildcards.question)),
        },
    script:
        "../scripts/analyse.py"


rule correlate:
    input:
        table=f"{RESULTS}/analysis/networks.csv",
    output:
        table=f"{RESULTS}/analysis/correlations.csv",
    log:
        f"{RESULTS}/logs/correlate.log",
    benchmark:
        f"{RESULTS}/timings/correlate.tsv"
    localrule: True
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
        table=analysed(f"{RESULTS}/analysis/networks.csv"),
    output:
        table=f"{RESULTS}/analysis/prediction.csv",
    log:
        f"{RESULTS}/logs/predict.log",
    benchmark:
        f"{RESULTS}/timings/predict.tsv"
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
        table=analysed(f"{RESULTS}/analysis/networks.csv"),
    output:
        coefficients=f"{RESULTS}/analysis/ols_coefficients.csv",
        diagnostics=f"{RESULTS}/analysis/ols_diagnostics.csv",
    log:
        f"{RESULTS}/logs/regress.log",
    benchmark:
        f"{RESULTS}/timings/regress.tsv"
    localrule: True
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


rule predict_features:
    input:
        table=analysed(f"{RESULTS}/analysis/networks.csv"),
    output:
        scores=f"{RESULTS}/analysis/feature_sets.csv",
        importances=f"{RESULTS}/analysis/feature_importance.csv",
    log:
        f"{RESULTS}/logs/predict_features.log",
    benchmark:
        f"{RESULTS}/timings/predict_features.tsv"
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "settings": {
                "test_share": config["analysis"]["prediction"]["test_share"],
                "split_seed": config["analysis"]["prediction"]["split_seed"],
                "draws": config["analysis"]["regressor_draws"],
                "confidence": config["analysis"]["confidence"],
                "seed": config["seed"],
            },
            "code": code("predict_features.py"),
        },
    script:
        "../scripts/predict_features.py"


PARTS_HERE = [part for part in PARTS if PLAN.available(f"{part}/networks")]


TABLES_OF_FINDINGS = sorted({path for tables in PLAN.findings.values() for path in tables.values()})


rule report_findings:
    input:
        tables=TABLES_OF_FINDINGS,
        template=TEMPLATE,
        networks=[PLAN.table(f"{part}/networks") for part in PARTS_HERE],
    output:
        markdown=f"{RESULTS}/findings.md",
        findings=f"{RESULTS}/findings.json",
        blocks=f"{RESULTS}/findings_blocks.json",
        pdf=report(
            f"{RESULTS}/findings.pdf",
            category="Findings",
            labels={"page": "What was found"},
        ),
    log:
        f"{RESULTS}/logs/report_findings.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "study": config["study"],
            "findings": {
                name: {key: TABLES_OF_FINDINGS.index(path) for key, path in tables.items()}
                for name, tables in PLAN.findings.items()
            },
            "thesis": PLAN.is_thesis,
            "planned": {part: PLAN.planned()[part] for part in PARTS_HERE},
            "figures": [
                (product.entry.findings, name, *product.words[1:])
                for name, product in FIGURES.items()
            ],
            "names": PLAN.display_names,
            "code": code(
                "report_findings.py",
                *(plugins.file("findings", name) for name in PLAN.findings),
            ),
        },
    script:
        "../scripts/report_findings.py"


# Where all that the study has is of the thesis's experiment.
if PLAN.is_judged:

    rule judge_claims:
        input:
            [path for part in PARTS_HERE for path in PLAN.missing(part)],
            unpack(lambda wildcards: PLAN.claim_tables),
            claims=PLAN.published_table("claims"),
            paper=PLAN.published_table("arxiv_2107_12917"),
        output:
            table=f"{RESULTS}/analysis/claims.csv",
            paper=f"{RESULTS}/analysis/claims_arxiv_2107_12917.csv",
        log:
            f"{RESULTS}/logs/judge_claims.log",
        localrule: True
        conda:
            "../envs/sparsernn.yaml"
        params:
            spec={
                "study": {
                    "protocols": PLAN.shown_protocols,
                    "schedules": config["pruning"]["schedules"],
                    "confidence": config["analysis"]["confidence"],
                    "tables": sorted(PLAN.claim_tables),
                },
                "code": code("judge_claims.py"),
            },
        script:
            "../scripts/judge_claims.py"

    rule report_claims:
        input:
            template=TEMPLATE,
            claims=f"{RESULTS}/analysis/claims.csv",
            paper=f"{RESULTS}/analysis/claims_arxiv_2107_12917.csv",
            answers=PLAN.published_table("answers"),
        output:
            markdown=f"{RESULTS}/claims.md",
            blocks=f"{RESULTS}/claims.json",
            pdf=report(
                f"{RESULTS}/claims.pdf",
                category="Claims and answers",
                labels={"page": "Claims, one by one"},
            ),
        log:
            f"{RESULTS}/logs/report_claims.log",
        localrule: True
        conda:
            "../envs/sparsernn.yaml"
        params:
            spec={
                "whole": PLAN.is_thesis,
                "names": PLAN.display_names,
                "code": code("report_claims.py"),
            },
        script:
            "../scripts/report_claims.py"


rule report_answers:
    input:
        template=TEMPLATE,
        claims=f"{RESULTS}/analysis/claims.csv",
        answers=PLAN.published_table("answers"),
        strings=STRINGS,
        dense_history=f"{RESULTS}/dense/history.csv",
        pruning_history=f"{RESULTS}/pruning/history.csv",
        correlations=f"{RESULTS}/analysis/correlations.csv",
        prediction=f"{RESULTS}/analysis/prediction.csv",
        missing=PLAN.missing(),
    output:
        markdown=f"{RESULTS}/answers.md",
        blocks=f"{RESULTS}/answers.json",
        pdf=report(
            f"{RESULTS}/answers.pdf",
            category="Claims and answers",
            labels={"page": "Appendix: the answers"},
        ),
    log:
        f"{RESULTS}/logs/report_answers.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "schedules": config["pruning"]["schedules"],
            "confidence": config["analysis"]["confidence"],
            "names": PLAN.display_names,
            "code": code("report_answers.py"),
        },
    script:
        "../scripts/report_answers.py"


rule measure_regain:
    input:
        PLAN.missing("dense", "pruning"),
        networks=f"{RESULTS}/pruning/networks.csv",
        history=f"{RESULTS}/pruning/history.csv",
        dense=f"{RESULTS}/dense/networks.csv",
    output:
        epochs=f"{RESULTS}/analysis/regain.csv",
        by_epoch=f"{RESULTS}/analysis/regain_by_epoch.csv",
        safe=f"{RESULTS}/analysis/safe_percent.csv",
    log:
        f"{RESULTS}/logs/measure_regain.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"rules": config["analysis"]["regain"], "code": code("measure_regain.py")},
    script:
        "../scripts/measure_regain.py"
