# From the configuration to lists of work: names, paths and settings; no rules.
#
# What a result depends on is passed in params as one dictionary, `spec`. Snakemake compares params as
# a set of values, and would not notice two of them trading places.

import sys

from snakemake.exceptions import WorkflowError

sys.path.insert(0, os.path.join(workflow.basedir, "scripts"))

from sparsernn.workflow.runs import announce, prepare
from sparsernn import plugins
from sparsernn.report.captions import heading
from sparsernn.thesis.repository import CELLS as THESIS_CELLS, KINDS, replay_inputs
from sparsernn.workflow.configfiles import check_configfile
from sparsernn.engine.choice import engine_of
from sparsernn.errors import InputError
from sparsernn.files.graphml import graph_files
from sparsernn.workflow.fingerprint import fingerprint
from sparsernn.workflow.settings import canonical, validate

try:
    for path in workflow.configfiles:
        check_configfile(os.path.relpath(path))
    validate(config)
except InputError as error:
    sys.exit(str(error))

config = canonical(config)
RESULTS = config["results"].rstrip("/")
announce()
if workflow.is_main_process:
    prepare(RESULTS)
PROTOCOLS = config["protocols"]
CELLS = config["cells"]
FAMILIES = {name: f for name, f in config["graphs"]["families"].items() if f.get("count") != 0}
SCHEDULES = config["pruning"]["schedules"]
TARGETS = config["pruning"]["targets"]
PERCENTS = config["pruning"]["percents"]
CONTROLS = config["pruning"]["controls"]
DENSE_SEEDS = range(config["dense"]["seeds"])
SPARSE_SEEDS = range(config["sparse"]["seeds"])
CHECKOUT = config["replay"]["checkout"]
NETWORK_LIMITS = {
    "minutes": config["limits"]["network_minutes"],
    "megabytes": config["limits"]["network_mb"],
}
# The thesis's own networks, whatever cells are studied; a job for each kind and cell.
REPLAYED = {
    f"{kind}/{cell}": {"kind": kind, "cell": cell} for kind in KINDS for cell in THESIS_CELLS
}
DENSE_SIZE = {
    "input_size": config["dense"]["embedding_size"],
    "hidden_size": config["dense"]["hidden_size"],
    "num_layers": config["dense"]["num_layers"],
}
STRINGS = f"{RESULTS}/data/strings.csv"
SHARD = f"{RESULTS}/sparse/{{protocol}}/{{cell}}/{{family}}/seed{{seed}}/shard{{shard}}"
DENSE = f"{RESULTS}/dense/{{protocol}}/{{cell}}/seed{{seed}}/dense"
ROUND = f"{RESULTS}/pruning/{{protocol}}/{{cell}}/seed{{seed}}/{{round}}"
MISSING = f"{RESULTS}/analysis/missing/{{part}}.csv"
# Relative, as all paths of inputs: a folder that was moved is not a reason to make anything again.
PUBLISHED = os.path.relpath(os.path.join(workflow.basedir, "config", "published"))


def code(script, kind=None, *names):
    """What a rule's result depends on besides its inputs: a hash of its script's code and ours.

    Of the families, properties or cells (`kind`) only those of the given names.
    """
    scripts = os.path.join(workflow.basedir, "scripts")
    files = [script, *(plugins.file(kind, name) for name in names)]
    paths = [os.path.join(scripts, path) for path in files]
    return fingerprint(paths[0], scripts, *paths[1:])


def generator(family):
    """The random model of a family; none where its graphs are a user's files."""
    return [] if "folder" in FAMILIES[family] else [FAMILIES[family]["generator"]]


def choices(protocol, pruning):
    """The protocol as the library takes it: a base and the fields that differ.

    Of the fields only those that pruning reads, or only the others: networks are not trained anew
    where a protocol changes how they are pruned.
    """
    fields = config["custom_protocols"].get(protocol, {"base": protocol})
    of_pruning = ("prune_scope", "largest_survives")
    return {k: v for k, v in fields.items() if k == "base" or (k in of_pruning) == pruning}


def dataset_settings():
    """What the data set depends on: with strings of one's own, the sampling does not matter."""
    used = ["strings", "test_share"] if config["dataset"]["strings"] else config["dataset"]
    return {key: config["dataset"][key] for key in used}


def sources():
    """The files that a study starts from: its configuration, and strings and graphs of its own."""
    strings = [config["dataset"]["strings"]] if config["dataset"]["strings"] else []
    return [
        *(os.path.relpath(path) for path in workflow.configfiles),
        *strings,
        *(graph for family in FAMILIES for graph in files_of(family)),
    ]


def files_of(family):
    """A user's GraphML files, of a family that is not generated."""
    return graph_files(FAMILIES[family]["folder"]) if "folder" in FAMILIES[family] else []


def count(family):
    """Number of graphs of a family."""
    return FAMILIES[family].get("count", len(files_of(family)))


def shards(family):
    """Numbers of a family's shards: shard s holds the graphs from s * shard_size on."""
    return range(-(-count(family) // config["shard_size"]))


def graphs_of(family, shard):
    """Numbers of the graphs of a shard."""
    start = int(shard) * config["shard_size"]
    return list(range(start, min(start + config["shard_size"], count(family))))


def graph_shards():
    """The folders of all graphs."""
    return [f"{RESULTS}/graphs/{family}/shard{s}" for family in FAMILIES for s in shards(family)]


def sparse_tables(kind):
    """The tables of all shards of sparse networks."""
    return [
        f"{SHARD}.{kind}.csv".format(
            protocol=protocol, cell=cell, family=family, seed=seed, shard=shard
        )
        for protocol in PROTOCOLS
        for cell in CELLS
        for family in FAMILIES
        for seed in SPARSE_SEEDS
        for shard in shards(family)
    ]


def dense_tables(kind):
    """The tables of all dense networks."""
    return expand(f"{DENSE}.{kind}.csv", protocol=PROTOCOLS, cell=CELLS, seed=DENSE_SEEDS)


def rounds():
    """Every round of pruning by its path. Controls are rounds with a schedule of their own."""
    found = [(s, target, p) for s in SCHEDULES for target in TARGETS for p in PERCENTS]
    if "retrained" in CONTROLS:
        found.append(("retrained", "both", 0))
    if "random" in CONTROLS and "both" in TARGETS:
        found += [("random", "both", p) for p in PERCENTS]
    return {
        f"{schedule}/{target}/{percent}": {
            "schedule": schedule,
            "target": target,
            "percent": float(percent),
        }
        for schedule, target, percent in found
    }


ROUNDS = rounds()


def pruning_tables(kind):
    """The tables of all rounds of pruning."""
    return expand(
        f"{ROUND}.{kind}.csv",
        protocol=PROTOCOLS,
        cell=CELLS,
        seed=DENSE_SEEDS,
        round=ROUNDS,
    )


def model_before(wildcards):
    """What a round prunes: the round before if iterative, else (and first) the dense network."""
    schedule, target, percent = ROUNDS[wildcards.round].values()
    if schedule != "iterative" or percent == PERCENTS[0]:
        return f"{DENSE}.safetensors".format(**wildcards)
    before = PERCENTS[PERCENTS.index(percent) - 1]
    return f"{ROUND}.safetensors".format(**{**wildcards, "round": f"{schedule}/{target}/{before}"})


def missing(parts):
    """How many networks of some parts are missing: not made where they are too many."""
    return expand(MISSING, part=parts)


def published(name):
    """A table of the thesis's own numbers."""
    return os.path.join(PUBLISHED, f"{name}.csv")


def named(for_all, by_protocol):
    """What is made of tables (kind, options, tables), by name: for all protocols, then for each.

    A name is the kind and its options that are one word.
    """
    each = [(None, *one) for one in for_all]
    each += [(protocol, *one) for one in by_protocol for protocol in PROTOCOLS]
    result = {}
    for protocol, kind, options, tables in each:
        words = [kind, *(value for value in options.values() if isinstance(value, str))]
        name = "_".join(words)
        result[f"{protocol}/{name}" if protocol else name] = (kind, options, protocol, tables)
    return result


def figures():
    """Every figure by its name: its kind, options, protocol and tables."""
    strings = {"strings": STRINGS}
    analysis = f"{RESULTS}/analysis"
    trained = {"history": f"{RESULTS}/dense/history.csv"}
    regain = {
        "history": f"{RESULTS}/pruning/history.csv",
        "dense": f"{RESULTS}/dense/networks.csv",
    }
    pruned = regain | {"published": published("accuracy_after_pruning")}
    joined = {"networks": f"{analysis}/networks.csv"}
    correlations = {"correlations": f"{analysis}/correlations.csv"}
    heatmap = correlations | {"published": published("pearson")}
    r2 = {"prediction": f"{analysis}/prediction.csv", "published": published("r2")}
    coefficients = {"coefficients": f"{analysis}/ols_coefficients.csv"}
    shown = config["analysis"]["figure_properties"]
    by_protocol = [
        ("dense_training", {}, trained),
        *(("pruning_accuracy", {"target": target}, pruned) for target in TARGETS),
        *(("pruning_regain", {"target": target}, regain) for target in TARGETS),
        ("accuracy_by_family", {}, joined),
        ("correlation_heatmap", {}, heatmap),
        *(
            ("accuracy_against", {"cell": cell, "properties": shown}, joined | heatmap)
            for cell in CELLS
        ),
        ("prediction_r2", {}, r2),
        ("ols_coefficients", {}, coefficients),
    ]
    graphs = {"properties": f"{RESULTS}/graphs/properties.csv"}
    for_all = [
        ("dataset_counts", {}, strings),
        ("dataset_lengths", {}, strings),
        ("dataset_letters", {}, strings),
        ("properties_by_family", {}, graphs),
        ("layers_against_nodes", {}, graphs),
    ]
    result = named(for_all, by_protocol)
    if CHECKOUT:
        replayed = {"networks": f"{RESULTS}/replay/networks.csv"}
        result["replay_accuracy"] = ("replay_accuracy", {}, None, replayed)
    return result


def tables():
    """Every table by its name: its kind, options, protocol and what it is made from."""
    analysis = f"{RESULTS}/analysis"
    strings = {"strings": STRINGS, "published": published("dataset")}
    dense = {"networks": f"{RESULTS}/dense/networks.csv"}
    pruned = {
        "history": f"{RESULTS}/pruning/history.csv",
        "published": published("accuracy_after_pruning"),
    }
    regain = {"regain": f"{analysis}/regain.csv"}
    safe = {"percents": f"{analysis}/safe_percent.csv"}
    correlations = {
        "correlations": f"{analysis}/correlations.csv",
        "published": published("pearson"),
    }
    prediction = {"prediction": f"{analysis}/prediction.csv", "published": published("r2")}
    importance = {
        "scores": f"{analysis}/feature_sets.csv",
        "importances": f"{analysis}/feature_importance.csv",
        "published_scores": published("feature_sets"),
        "published_importances": published("feature_importance"),
    }
    sizes = {part: f"{RESULTS}/{part}/networks.csv" for part in ("dense", "pruning", "sparse")}
    by_protocol = [
        ("dense_networks", {}, dense),
        *(("pruning_accuracy", {"target": target}, pruned) for target in TARGETS),
        *(("epochs_to_regain", {"target": target}, regain) for target in TARGETS),
        ("safe_percent", {}, safe),
        ("pearson", {}, correlations),
        ("r2", {}, prediction),
        *(("feature_importance", {"cell": cell}, importance) for cell in CELLS),
        ("parameters", {}, sizes),
    ]
    return named([("dataset", {}, strings)], by_protocol)


def words(figure):
    """The section, title and caption of a figure."""
    kind, options, protocol, _ = FIGURES[figure]
    return heading(kind, protocol, **options)


def title(table):
    """The title of a table, for the report."""
    from sparsernn.report.tables.study import (
        heading as table_heading,
    )  # not light, so not for every job

    kind, options, protocol, _ = TABLES[table]
    return table_heading(kind, protocol, **options)


FIGURES = figures()
TABLES = tables()


wildcard_constraints:
    part="sparse|dense|pruning",
    protocol="|".join(PROTOCOLS),
    cell="|".join(CELLS),
    family="|".join(FAMILIES),
    seed=r"\d+",
    shard=r"\d+",
    round="|".join(ROUNDS),
    figure="|".join(FIGURES),
    table="|".join(TABLES),
