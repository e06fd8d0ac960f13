# Writes docs/results, which shows a study's results. Only runs when asked for by name.

SHOWN_FIGURES = [
    name
    for shown in figures.SHOWN
    for protocol in PLAN.shown_protocols
    if (name := f"{protocol}/{shown}") in FIGURES
]
SHOWN_PAGES = {
    "Settings": SETTINGS,
    "The thesis's claims, one by one": f"{RESULTS}/claims.md",
    "Its questions, and the answers": f"{RESULTS}/answers.md",
    "All tables": f"{RESULTS}/tables/all.md",
}


rule showcase:
    input:
        figures=expand(f"{RESULTS}/figures/{{figure}}.svg", figure=SHOWN_FIGURES),
        pages=list(SHOWN_PAGES.values()),
        sparse=f"{RESULTS}/sparse/networks.csv",
        dense=f"{RESULTS}/dense/networks.csv",
        pruning=f"{RESULTS}/pruning/networks.csv",
    output:
        page="docs/results/README.md",
    log:
        f"{RESULTS}/logs/showcase.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={
            "study": config["study"],
            "results": RESULTS,
            "figures": [(name, *FIGURES[name].words[1:]) for name in SHOWN_FIGURES],
            "pages": list(SHOWN_PAGES),
            "code": code("show_results.py"),
        },
    script:
        "../scripts/show_results.py"
