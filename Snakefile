import os

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.0")

# Not workflow.basedir: if this workflow is a module of another one, that is the other one's folder.
HOME = workflow.current_basedir.get_path_or_uri(secret_free=True)
if not os.path.isdir(HOME):
    raise WorkflowError(
        f"{HOME}: no folder of this machine; expected a checkout, which has the library that the "
        "rules import. Clone the repository, and name its Snakefile; docs/module.md has an example."
    )
DEFAULTS = os.path.join(HOME, "config", "config.yaml")


configfile: DEFAULTS


# Only with --sdm apptainer; docs/systems.md builds it.
container: "sparsernn.sif"


include: "rules/common.smk"
include: "rules/settings.smk"


if not IS_MODULE:  # the report of another workflow is its own

    report: "rules/report/workflow.rst"


include: "rules/data.smk"
include: "rules/analysis.smk"
include: "rules/figures.smk"
include: "rules/showcase.smk"
include: "rules/tables.smk"


if config["tables"]:

    include: "rules/given.smk"

else:

    include: "rules/graphs.smk"
    include: "rules/sparse.smk"
    include: "rules/dense.smk"
    include: "rules/pruning.smk"

    if PLAN.chooses:

        include: "rules/rates.smk"


if PLAN.checkout:

    include: "rules/replay.smk"


# Snakemake limits jobs to 100 a second unless it is told otherwise, and its scheduler then wakes up
# once a second for every job that has ended so far: after some hundred jobs that takes a core. On one
# machine the number of cores is limit enough.
onstart:
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


rule all:
    default_target: not IS_MODULE
    input:
        f"{RESULTS}/findings.md",
        f"{RESULTS}/analysis/baselines.csv",
        f"{RESULTS}/figures/all.pdf",
        f"{RESULTS}/tables/all.md",
        SETTINGS,
    localrule: True
