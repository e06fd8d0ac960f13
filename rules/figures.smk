rule figure:
    input:
        unpack(lambda wildcards: FIGURES[wildcards.figure][3]),
    output:
        pdf=f"{RESULTS}/figures/{{figure}}.pdf",
        svg=report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="report/caption.rst",
            category=lambda wildcards: words(wildcards.figure).section,
            labels=lambda wildcards: {"figure": words(wildcards.figure).title},
        ),
        data=f"{RESULTS}/figures/{{figure}}.csv",
    log:
        f"{RESULTS}/logs/figures/{{figure}}.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "kind": FIGURES[wildcards.figure][0],
            "options": FIGURES[wildcards.figure][1],
            "protocol": FIGURES[wildcards.figure][2],
            "code": code("draw_figure.py"),
        },
        caption=lambda wildcards: words(wildcards.figure).caption,
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
            *([f"{RESULTS}/replay/summary.csv"] if CHECKOUT else []),
        ],
        sources=sources(),
    output:
        pdf=f"{RESULTS}/figures/all.pdf",
    log:
        f"{RESULTS}/logs/all_figures.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "config": config,
            "figures": [figure[:3] for figure in FIGURES.values()],
            "code": code("bind_figures.py"),
        },
    script:
        "../scripts/bind_figures.py"
