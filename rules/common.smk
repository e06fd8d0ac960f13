# What the rules share: the plan of the study, its figures and tables, and paths.
#
# What a result depends on is passed in params as one dictionary, `spec`. Snakemake compares params
# as a set of values, and would not notice if two of them traded places.
#
# Rules that take seconds are local: on a cluster they run where Snakemake does, because queueing a
# job costs more. Jobs that train or predict are submitted; see docs/cluster.md.

import sys

SCRIPTS = os.path.join(HOME, "scripts")
sys.path.insert(0, SCRIPTS)

from snakemake.common.configfile import load_configfile
from snakemake.utils import update_config

from sparsernn import plugins
from sparsernn.engine.choice import engine_of
from sparsernn.errors import InputError
from sparsernn.report.catalogue import figures, tables
from sparsernn.thesis.repository import replay_inputs
from sparsernn.workflow.settings.configfiles import check_configfile
from sparsernn.workflow.fingerprint import fingerprint
from sparsernn.workflow import network_plan, rate_plan
from sparsernn.workflow.graph_plan import user_graphs
from sparsernn.workflow.network_plan import MODELS, PARTS
from sparsernn.workflow.places import check_places
from sparsernn.workflow.plan import Plan, given_tables
from sparsernn.workflow.products import products
from sparsernn.workflow.progress import Progress, follow
from sparsernn.workflow.runs import announce, prepare
from sparsernn.workflow.settings.settings_file import SETTINGS_FILE, check_made_with
from sparsernn.workflow.settings.validation import canonical, validate

IS_MODULE = HOME != workflow.basedir  # of another workflow
if IS_MODULE:  # if that gives it a configuration, Snakemake reads no configfile
    given, config = config, load_configfile(DEFAULTS)
    update_config(config, given)

try:
    check_places(HOME)
    for path in workflow.configfiles:
        check_configfile(os.path.relpath(path))
    validate(config, analysed=False)
except InputError as error:
    sys.exit(str(error))

config = canonical(config)


def there(path):
    """The path of a file that is given, relative, so that moving the folder changes nothing.

    In a module it is absolute, as Snakemake puts a module's `prefix:` before relative paths.
    """
    return os.path.abspath(path) if IS_MODULE else os.path.relpath(path)


PLAN = Plan(
    config,
    user_graphs(config),
    there(os.path.join(HOME, "config", "published")),
    given_tables(config),
)
RESULTS = PLAN.results
SETTINGS = f"{RESULTS}/{SETTINGS_FILE}"
STRINGS = PLAN.data
SHARD, DENSE, WAY, SWEEP = (
    f"{RESULTS}/{path}"
    for path in (
        network_plan.SHARD,
        network_plan.DENSE,
        network_plan.WAY,
        network_plan.SWEEP,
    )
)
FIGURES = products(PLAN, figures.FIGURES)
TABLES = products(PLAN, tables.TABLES)
announce()
if workflow.is_main_process:
    # A module's `prefix:` goes before the paths of rules by itself, and before no others.
    placed = workflow.modifier.modify_path
    networks = {part: list(map(placed, paths)) for part, paths in PLAN.network_tables().items()}
    try:
        prepare(placed(RESULTS))
        check_made_with(config, placed(RESULTS))
    except InputError as error:
        sys.exit(str(error))
    follow(Progress(networks, PLAN.planned()), placed(f"{RESULTS}/logs/progress.log"))


def analysed(path):
    """A table that needs enough graphs: whoever asks only for strings or graphs needs none."""

    def given(wildcards):
        try:
            validate(config)
        except InputError as error:
            sys.exit(str(error))
        return path

    return given


def code(script, *files):
    """A hash of a script and all of the library that it imports, and of files that it loads."""
    return fingerprint(f"{SCRIPTS}/{script}", SCRIPTS, *(f"{SCRIPTS}/{file}" for file in files))


def one_of(names):
    """What a wildcard may be: one of these, and nothing where there are none."""
    return "|".join(names) or "(?!)"


wildcard_constraints:
    part=one_of(PARTS),
    protocol=one_of(PLAN.protocols),
    cell=one_of(config["cells"]),
    family=one_of(PLAN.families),
    seed=r"\d+",
    shard=r"\d+",
    way=one_of(PLAN.ways),
    question=one_of(PLAN.questions),
    figure=one_of(FIGURES),
    table=one_of(TABLES),
