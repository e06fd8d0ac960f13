rule figure:
    input:
        unpack(lambda wildcards: FIGURES[wildcards.figure].inputs),
    output:
        pdf=f"{RESULTS}/figures/{{figure}}.pdf",
        svg=report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="report/caption.rst",
            category=lambda wildcards: FIGURES[wildcards.figure].words.section,
            labels=lambda wildcards: {"figure": FIGURES[wildcards.figure].words.title},
        ),
        data=f"{RESULTS}/figures/{{figure}}.csv",
    log:
        f"{RESULTS}/logs/figures/{{figure}}.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            **FIGURES[wildcards.figure].spec,
            "names": PLAN.display_names,
            "code": code("draw_figure.py", FIGURES[wildcards.figure].entry.file),
        },
        caption=lambda wildcards: FIGURES[wildcards.figure].words.caption,
    script:
        "../scripts/draw_figure.py"


rule all_figures:
    input:
        figures=expand(f"{RESULTS}/figures/{{figure}}.pdf", figure=FIGURES),
        template=TEMPLATE,
        answers=f"{RESULTS}/answers.json",
        claims=f"{RESULTS}/claims.json",
        tables=[
            *(f"{RESULTS}/analysis/{name}.csv" for name in ("ols_diagnostics", "regain")),
            *([f"{RESULTS}/replay/summary.csv"] if PLAN.checkout else []),
        ],
        sources=PLAN.sources(workflow.configfiles),
    output:
        pdf=f"{RESULTS}/figures/all.pdf",
    log:
        f"{RESULTS}/logs/all_figures.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "config": config,
            "figures": [tuple(figure.words) for figure in FIGURES.values()],
            "code": code("bind_figures.py"),
        },
    script:
        "../scripts/bind_figures.py"
