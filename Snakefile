import os

from snakemake.utils import min_version

min_version("9.0")


configfile: os.path.join(workflow.basedir, "config", "config.yaml")


report: "rules/report/workflow.rst"


include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/graphs.smk"
include: "rules/sparse.smk"
include: "rules/dense.smk"
include: "rules/analysis.smk"
include: "rules/figures.smk"
include: "rules/showcase.smk"
include: "rules/tables.smk"


if CHECKOUT:

    include: "rules/replay.smk"


# On a cluster, rules that take seconds run where Snakemake does: a job in a queue costs more than
# they. What trains or predicts is submitted, see docs/cluster.md.
localrules:
    strings,
    graphs,
    properties,
    sparse_tables,
    dense_tables,
    pruning_tables,
    join_tables,
    correlate,
    regress,
    measure_regain,
    judge_claims,
    report_claims,
    report_answers,
    figure,
    all_figures,
    table,
    all_tables,
    showcase,


rule all:
    default_target: True
    input:
        f"{RESULTS}/figures/all.pdf",
        f"{RESULTS}/tables/all.md",
