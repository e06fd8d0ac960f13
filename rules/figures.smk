rule figure:
    input:
        unpack(lambda wildcards: FIGURES[wildcards.figure].inputs),
    output:
        pdf=f"{RESULTS}/figures/{{figure}}.pdf",
        svg=f"{RESULTS}/figures/{{figure}}.svg",
        html=report(
            f"{RESULTS}/figures/{{figure}}.html",
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
        title=lambda wildcards: FIGURES[wildcards.figure].words.title,
        caption=lambda wildcards: FIGURES[wildcards.figure].words.caption,
    script:
        "../scripts/draw_figure.py"


# What was found, and the figures that show it: less than the whole study. `make findings` asks for it.
rule findings:
    input:
        f"{RESULTS}/findings.json",
        expand(
            f"{RESULTS}/figures/{{figure}}.svg",
            figure=[
                name
                for name, figure in FIGURES.items()
                if PLAN.findings.keys() & {*figure.entry.findings}
            ],
        ),
        SETTINGS,
    localrule: True


# The thesis's own questions, where the study is the thesis's; and its claims, where it is a part.
APPENDICES = [
    *(["answers"] if PLAN.is_thesis else []),
    *(["claims"] if PLAN.is_judged else []),
]


rule all_figures:
    input:
        figures=expand(f"{RESULTS}/figures/{{figure}}.pdf", figure=FIGURES),
        svgs=expand(f"{RESULTS}/figures/{{figure}}.svg", figure=FIGURES),
        template=TEMPLATE,
        settings=SETTINGS,
        findings=f"{RESULTS}/findings_blocks.json",
        appendices=[f"{RESULTS}/{name}.json" for name in APPENDICES],
        tables=[
            PLAN.table(path)
            for path in ("analysis/ols_diagnostics", "analysis/regain", "replay/summary")
            if PLAN.available(path)
        ],
        sources=list(map(there, PLAN.sources(workflow.configfiles))),
    output:
        pdf=f"{RESULTS}/figures/all.pdf",
        front=f"{RESULTS}/figures/front.html",
    log:
        f"{RESULTS}/logs/all_figures.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "study": config["study"],
            "figures": [tuple(figure.words) for figure in FIGURES.values()],
            "of_findings": [bool(figure.entry.findings) for figure in FIGURES.values()],
            "code": code("bind_figures.py"),
        },
    script:
        "../scripts/bind_figures.py"
