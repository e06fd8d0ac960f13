rule table:
    input:
        unpack(lambda wildcards: TABLES[wildcards.table][3]),
    output:
        csv=f"{RESULTS}/tables/{{table}}.csv",
        md=f"{RESULTS}/tables/{{table}}.md",
        tex=f"{RESULTS}/tables/{{table}}.tex",
        html=report(
            f"{RESULTS}/tables/{{table}}.html",
            caption="report/table.rst",
            category="Tables",
            labels=lambda wildcards: {"table": title(wildcards.table)},
        ),
    log:
        f"{RESULTS}/logs/tables/{{table}}.log",
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "kind": TABLES[wildcards.table][0],
            "options": TABLES[wildcards.table][1],
            "protocol": TABLES[wildcards.table][2],
            "code": code("make_table.py"),
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
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("bind_tables.py")},
    script:
        "../scripts/bind_tables.py"
