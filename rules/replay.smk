# Only included if the configuration names a checkout of the thesis's repository.


rule replay_checkpoints:
    input:
        lambda wildcards: list(map(there, replay_inputs(**PLAN.replayed[wildcards.part]))),
    output:
        networks=f"{RESULTS}/replay/{{part}}.csv",
    log:
        f"{RESULTS}/logs/replay/{{part}}.log",
    benchmark:
        f"{RESULTS}/timings/replay/{{part}}.tsv"
    wildcard_constraints:
        part=one_of(PLAN.replayed),
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec=lambda wildcards: {
            "networks": {
                **PLAN.replayed[wildcards.part],
                "engine": engine_of(config["engine"], PLAN.replayed[wildcards.part]["cell"]),
            },
            "code": code(
                "replay_checkpoints.py",
                plugins.file("cells", PLAN.replayed[wildcards.part]["cell"]),
                plugins.file("criteria", "magnitude"),
            ),
        },
    script:
        "../scripts/replay_checkpoints.py"


rule replay_tables:
    input:
        networks=expand(f"{RESULTS}/replay/{{part}}.csv", part=PLAN.replayed),
    output:
        networks=f"{RESULTS}/replay/networks.csv",
    log:
        f"{RESULTS}/logs/replay_tables.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("merge_tables.py")},
    script:
        "../scripts/merge_tables.py"


rule summarise_replay:
    input:
        networks=f"{RESULTS}/replay/networks.csv",
    output:
        table=f"{RESULTS}/replay/summary.csv",
    log:
        f"{RESULTS}/logs/summarise_replay.log",
    localrule: True
    conda:
        "../envs/sparsernn.yaml"
    params:
        spec={"code": code("summarise_replay.py")},
    script:
        "../scripts/summarise_replay.py"
