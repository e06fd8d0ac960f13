"""Checks of a configuration that involve several of its keys, or the files that it names."""

import math
import os
from collections.abc import Callable
from typing import Any

from sparsernn.analysis.designs import ONE_AT_A_TIME, runs_of
from sparsernn.engine.choice import fused_cells
from sparsernn.files.graphml import OWN, graph_files
from sparsernn.graphs.degrees import degree, edges_of
from sparsernn.graphs.variants import variants
from sparsernn.plugins import literal
from sparsernn.thesis.repository import missing_from
from sparsernn.workflow.graph_plan import user_graphs
from sparsernn.workflow.network_plan import PARTS, design_variants, leaky, seeds_of
from sparsernn.workflow.plan import Plan
from sparsernn.workflow.settings.method_checks import check_methods, check_percents, check_rates
from sparsernn.workflow.settings.null_checks import check_null_models, check_null_names
from sparsernn.workflow.settings.own_paths import check_file, check_path
from sparsernn.workflow.settings.problems import Key, Problems, close
from sparsernn.workflow.settings.task_checks import check_task
from sparsernn.workflow.settings.training_checks import check_trainings
from sparsernn.workflow.settings.value_types import family_parameters

__all__ = ["ANALYSIS_CHECKS", "CHECKS"]

MAX_NETWORKS = 1_000_000  # of a study, the pruned ones too
MAX_JOBS = 50_000
PROTOCOLS = ("published", "corrected")

Check = Callable[[Any, Problems], None]
CHECKS: list[tuple[tuple[str, ...], Check]] = []
"""Each check with the keys that it needs: it is for configurations with nothing wrong in these."""
ANALYSIS_CHECKS: list[tuple[tuple[str, ...], Check]] = []
"""Those that only matter where networks are analysed, and not to who asks for strings or graphs."""


def _check(*keys: str, among: list[tuple[tuple[str, ...], Check]] = CHECKS) -> Callable:
    def mark(check: Check) -> Check:
        among.append((keys, check))
        return check

    return mark


@_check("custom_protocols")
def _built_in_protocols(config: Any, problems: Problems) -> None:
    for name, protocol in config["custom_protocols"].items():
        if name in PROTOCOLS:
            key = ("custom_protocols", name)
            problems.add(key, protocol, "names other than the built-in protocols'")
        sources = protocol["base"] == "published" and "embedding_size" not in protocol
        sources = sources or protocol.get("embedding_size") == "sources"
        if protocol.get("edges", "feedforward") != "feedforward" and sources:
            at, hint = ("custom_protocols", name, "embedding_size"), "Graphs may have no sources."
            problems.add(at, "sources", "a number where edges are the recurrence", hint)


@_check("custom_protocols", "designs")
def _designs(config: Any, problems: Problems) -> None:
    for name, design in config["designs"].items():
        key, runs = ("designs", name), runs_of(len(design["fields"]))
        if name in (*PROTOCOLS, *config["custom_protocols"]):
            problems.add(key, design, "names that no protocol has")
        elif design["low"] == design["high"]:
            problems.add((*key, "high"), design["high"], "another protocol than low")
        elif not 2 <= len(design["fields"]) <= 8:
            problems.add((*key, "fields"), design["fields"], "2 to 8 fields")
        elif design["runs"] not in (*runs, ONE_AT_A_TIME):
            allowed = f"{', '.join(map(str, runs))} runs of {len(design['fields'])} fields, or "
            allowed += ONE_AT_A_TIME
            problems.add((*key, "runs"), design["runs"], allowed)
        for variant in design_variants(name, design):
            if variant in (*config["custom_protocols"], *config["designs"]):
                problems.add(("designs", name), design, f"another name: {variant} is a protocol")


@_check("protocols", "custom_protocols", "designs")
def _protocols(config: Any, problems: Problems) -> None:
    known = [*PROTOCOLS, *config["custom_protocols"], *config["designs"]]
    for index, name in enumerate(config["protocols"]):
        if name not in known:
            near = close(name, known)
            hint = f"Did you mean {near[0]!r}?" if near else "Define it in custom_protocols."
            problems.add(("protocols", index), name, ", ".join(known), hint)


@_check("protocols", "designs", "sparse", "dense", "pruning")
def _seeds(config: Any, problems: Problems) -> None:
    for part in PARTS:
        seeds = config[part]["seeds"]
        missing = set(config["protocols"]) - set(seeds if isinstance(seeds, dict) else ())
        if isinstance(seeds, dict) and missing:
            allowed, hint = "a number for each protocol", f"Add {', '.join(sorted(missing))}."
            problems.add((part, "seeds"), seeds, allowed, hint)
    if problems.none_at() and not any(map(Plan(config, {}).has, PARTS)):
        seeds = config["sparse"]["seeds"]
        problems.add(("sparse", "seeds"), seeds, "at least 1 here or at dense.seeds")


@_check("protocols", "designs", "dense.seeds", "pruning.seeds")
def _pruned(config: Any, problems: Problems) -> None:
    dense, pruned = config["dense"]["seeds"], config["pruning"]["seeds"]
    for name in config["protocols"] if pruned is not None else ():
        most = seeds_of(dense, name)  # with 0 nothing is pruned, whatever the number
        if 0 < most < seeds_of(pruned, name):
            allowed = f"at most {most} for {name}, as many as dense.seeds has to prune"
            hint = "Raise dense.seeds, or write null to prune all dense networks."
            return problems.add(("pruning", "seeds"), pruned, allowed, hint)


@_check("engine", "cells")
def _engine(config: Any, problems: Problems) -> None:
    others = [cell for cell in config["cells"] if cell not in fused_cells()]
    if config["engine"] == "fused" and others:
        allowed = f"torch or fastest, as the fused engine has no kernels of {', '.join(others)}"
        hint = "Write fastest: it leaves the other cells as they are."
        problems.add(("engine",), "fused", allowed, hint)


@_check("engine", "cells", "protocols", "custom_protocols")
def _leaks(config: Any, problems: Problems) -> None:
    several = [cell for cell in config["cells"] if _states(cell) > 1]
    for name, protocol in config["custom_protocols"].items():
        edges, key = protocol.get("edges"), ("custom_protocols", name, "edges", "leak")
        if name not in config["protocols"] or not leaky(edges):
            continue
        if config["engine"] == "fused":
            allowed = "1 where engine is fused, which has no leak"
            hint = "Write engine: fastest: it leaves the other networks as they are."
            problems.add(key, edges["leak"], allowed, hint)
        if several:
            allowed = f"1 for the cells {', '.join(several)}, whose state is more than their output"
            problems.add(key, edges["leak"], allowed, "Leave out these cells, or leak.")


def _states(cell: str) -> int:
    return int(literal("cells", cell, "STATES") or 1)


@_check("protocols", "custom_protocols", "designs", "sparse", "dense", "pruning", "dataset.task")
def _ridge(config: Any, problems: Problems) -> None:
    for name, protocol in config["custom_protocols"].items():
        if name not in config["protocols"] or "ridge" not in protocol:
            continue
        if problems.none_at() and Plan(config, {}).seeds("dense", name):
            hint = "Write seeds: 0, or a number for each protocol."
            allowed = f"0 for {name}, whose read-outs alone are trained"
            problems.add(("dense", "seeds"), config["dense"]["seeds"], allowed, hint)
        ridge, key = protocol["ridge"], ("custom_protocols", name, "ridge", "washout")
        if ridge.get("washout") and ridge.get("steps", "read") == "read" and _whole(config):
            hint = "Write steps: all to fit the states of all steps."
            problems.add(key, ridge["washout"], "0 where one state of a sequence is fitted", hint)


def _whole(config: Any) -> bool:
    """Whether classes are of whole sequences; numbers may be of steps, which their file says."""
    return Plan(config, {}).of_task("TARGETS") == "classes"


@_check("results")
def _results(config: Any, problems: Problems) -> None:
    parts = config["results"].split("/")
    for path in ("/".join(parts[: i + 1]) for i in range(len(parts))):
        if os.path.lexists(path) and not os.path.isdir(path):
            allowed = "the path of a folder, which need not exist"
            hint = f"{path} exists, and is not a folder."
            problems.add(("results",), config["results"], allowed, hint)


@_check("dataset.derive")
def _derived(config: Any, problems: Problems) -> None:
    derived = config["dataset"]["derive"]
    if derived is not None and len(derived) != 1:
        allowed = "one of the keys parity and only, or null"
        problems.add(("dataset", "derive"), derived, allowed)


@_check("dataset")
def _dataset(config: Any, problems: Problems) -> None:
    dataset = config["dataset"]
    if dataset["task"] is not None:
        return check_task(config, problems)
    if dataset["strings"] is not None:
        key, kind = ("dataset", "strings"), "the path of a CSV file, or null"
        return check_file(key, dataset["strings"], config, problems, kind)
    share = dataset["test_share"]
    least = math.ceil(1 / min(share, 1 - share))
    for name, count in ("n_valid", dataset["n_valid"]), ("decoys", sum(dataset["decoys"].values())):
        if count < least:
            allowed = f"at least {least} strings in all where test_share is {share}"
            hint = "Training and test set both need strings of both classes."
            problems.add(("dataset", name), dataset[name], allowed, hint)


@_check("graphs")
def _families(config: Any, problems: Problems) -> None:
    for name, family in config["graphs"]["families"].items():
        key = ("graphs", "families", name)
        if family["generator"] in OWN:
            _own_graphs((*key, "folder"), family, config, problems)
        else:
            _random_family(key, family, problems)


def _own_graphs(key: Key, family: Any, config: Any, problems: Problems) -> None:
    folder, kind = family["folder"], family["generator"]
    files = graph_files(folder, kind)
    if not files:
        there = "is none in" if os.path.isdir(folder) else "is no folder"
        allowed, hint = f"a folder with *.{kind} files", f"There {there} {os.path.abspath(folder)}."
        problems.add(key, folder, allowed, hint)
    check_path(key, folder, config, problems, *files)


def _random_family(key: Key, family: Any, problems: Problems) -> None:
    parameters = family_parameters(family["generator"])
    degrees = {name: each for name, each in parameters.items() if each.type == "degree"}
    for name in degrees:
        text = str(family[name])
        if "mean_degree" in text and "mean_degree" not in family:
            hint = "Give the family a mean_degree."
            return problems.add((*key, name), family[name], "a number, or a share of n", hint)
    for settings in variants({name: value for name, value in family.items() if name != "nulls"}):
        low, high = settings["n"] if isinstance(settings["n"], list) else [settings["n"]] * 2
        if low > high:
            hint = f"Write [{high}, {low}]."
            return problems.add((*key, "n"), [low, high], "[lo, hi] with lo at most hi", hint)
        mean_degree = settings.get("mean_degree")
        if mean_degree is not None and not low - 1 <= edges_of(low, mean_degree) <= _pairs(low):
            allowed = "at most n - 1, and enough edges for a connected graph"
            hint = f"{edges_of(low, mean_degree)} edges for n = {low}."
            return problems.add((*key, "mean_degree"), family["mean_degree"], allowed, hint)
        for name, parameter in degrees.items():
            # Neither a degree nor n minus it falls as n grows, so the smallest graph decides.
            least, value = int(parameter.minimum or 1), degree(settings[name], low, mean_degree)
            if not least <= value < low:
                allowed, hint = f"at least {least} and below n", f"It is {value} for n = {low}."
                problems.add((*key, name), family[name], allowed, hint)


def _pairs(n: int) -> int:
    return n * (n - 1) // 2


_check("graphs")(check_null_names)
_check("graphs", "protocols", "custom_protocols", "designs")(check_null_models)


@_check("tables")
def _tables(config: Any, problems: Problems) -> None:
    folder = config["tables"]
    if folder is not None and not os.path.isdir(folder):
        allowed, hint = (
            "the path of a folder, or null",
            f"There is no such folder in {os.getcwd()}.",
        )
        problems.add(("tables",), folder, allowed, hint)
    elif folder is not None:
        check_path(("tables",), folder, config, problems)


@_check("replay")
def _replay(config: Any, problems: Problems) -> None:
    key, folder = ("replay", "checkout"), config["replay"]["checkout"]
    if folder is None:
        return
    if missing := missing_from(folder):
        allowed = "the folder of a checkout of the thesis's repository, or null"
        problems.add(key, folder, allowed, f"There is no {os.path.abspath(missing)}.")
    check_path(key, folder, config, problems)


_check("pruning.percents")(check_percents)
_check("pruning", "dense.training.epochs")(check_methods)
_check("pruning")(check_rates)
_check("sparse.training", "dense.training", "pruning.training", "pruning.methods")(check_trainings)


@_check("graphs", "protocols", "designs", "sparse")
def _graphs(config: Any, problems: Problems) -> None:
    families = config["graphs"]["families"]
    if _graphs_in_all(config) == 0 and _on_graphs(config):
        problems.add(("graphs", "families"), families, "at least one graph in all")


@_check("graphs", "protocols", "designs", "sparse", "analysis.prediction", among=ANALYSIS_CHECKS)
def _splits(config: Any, problems: Problems) -> None:
    if not _relates(config):
        return
    total, key = _graphs_in_all(config), ("analysis", "prediction")
    folds, share = (config["analysis"]["prediction"][name] for name in ("folds", "test_share"))
    hint = f"There are {total} graphs in all." + (" Write prediction: null." if total < 4 else "")
    if 2 * folds > total:
        problems.add((*key, "folds"), folds, "at least 2 graphs for each fold", hint)
    if not 2 <= math.ceil(share * total) <= total - 2:
        allowed = "a share that holds out, and leaves, at least 2 graphs"
        problems.add((*key, "test_share"), share, allowed, hint)


@_check(
    "graphs",
    "protocols",
    "designs",
    "sparse",
    "analysis.prediction",
    "analysis.ols",
    among=ANALYSIS_CHECKS,
)
def _regression(config: Any, problems: Problems) -> None:
    if not _relates(config):
        return
    total, key = _graphs_in_all(config), ("analysis", "ols")
    if len(config["analysis"]["ols"]) > total - 2:
        allowed = "at least 2 fewer properties than graphs"
        hint = f"There are {total} graphs in all."
        problems.add(key, config["analysis"]["ols"], allowed, hint)


def _on_graphs(config: Any) -> bool:
    """Whether the study has networks that are built on graphs."""
    return Plan(config, {}).has("sparse")


def _relates(config: Any) -> bool:
    """Whether properties of graphs are related to accuracy."""
    return _on_graphs(config) and config["analysis"]["prediction"] is not None


def _graphs_in_all(config: Any) -> int:
    return sum(map(_size, config["graphs"]["families"].values()))


def _size(family: Any) -> int:
    if "count" in family:
        return int(family["count"])
    return len(graph_files(family["folder"], family["generator"]))


@_check("graphs", "protocols", "designs", "cells", "shard_size", "sparse", "dense", "pruning")
def _plan(config: Any, problems: Problems) -> None:
    """The number of networks and of jobs: Snakemake plans them all before it runs the first."""
    plan = Plan(config, user_graphs(config))
    networks, jobs = plan.networks(), sum(plan.jobs().values())
    hint = "Lower seeds or count, or plan fewer cells, protocols or percents."
    for what, number, most in ("networks", networks, MAX_NETWORKS), ("jobs", jobs, MAX_JOBS):
        if number > most:
            more = " Or raise shard_size." if what == "jobs" else ""
            found = f"{number:,} in all"
            problems.add((f"number of {what}",), number, f"at most {most:,}", hint + more, found)
