# Only included if the configuration names a folder of tables: nothing is trained then.


rule given:
    input:
        table=[there(config["tables"]) + "/{table}.csv"],
    output:
        table=f"{RESULTS}/{{table}}.csv",
    log:
        f"{RESULTS}/logs/given/{{table}}.log",
    wildcard_constraints:
        table=one_of(PLAN.given),
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"
