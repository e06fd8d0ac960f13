rule table:
    input:
        unpack(lambda wildcards: TABLES[wildcards.table].inputs),
    output:
        csv=f"{RESULTS}/tables/{{table}}.csv",
        md=f"{RESULTS}/tables/{{table}}.md",
        tex=f"{RESULTS}/tables/{{table}}.tex",
        html=report(
            f"{RESULTS}/tables/{{table}}.html",
            caption="report/table.rst",
            category="Tables",
            labels=lambda wildcards: {"table": TABLES[wildcards.table].words.title},
        ),
    log:
        f"{RESULTS}/logs/tables/{{table}}.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            **TABLES[wildcards.table].spec,
            "names": PLAN.display_names,
            "layout": TABLES[wildcards.table].layout,
            "code": code("make_table.py", TABLES[wildcards.table].entry.file),
        },
    script:
        "../scripts/make_table.py"


rule all_tables:
    input:
        expand(f"{RESULTS}/tables/{{table}}.md", table=TABLES),
    output:
        f"{RESULTS}/tables/all.md",
    log:
        f"{RESULTS}/logs/all_tables.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("bind_tables.py")},
    script:
        "../scripts/bind_tables.py"
