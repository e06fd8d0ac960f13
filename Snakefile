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


rule all:
    default_target: True
    input:
        f"{RESULTS}/figures/all.pdf",
        f"{RESULTS}/tables/all.md",
