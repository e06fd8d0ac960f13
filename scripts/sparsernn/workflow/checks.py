"""Checks of a configuration that involve several of its keys, or the files that it names."""

import math
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from sparsernn.engine.choice import fused_cells
from sparsernn.files.graphml import graph_files
from sparsernn.graphs.degrees import degree
from sparsernn.thesis.repository import missing_from
from sparsernn.workflow.mistakes import Key, Mistakes, close
from sparsernn.workflow.schema import allowed_values, at, child_of, load_settings

__all__ = ["CHECKS"]

MAX_NETWORKS = 1_000_000  # of a study, the pruned ones too
MAX_JOBS = 50_000
_PATH = re.compile(r"[^{}\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
PROTOCOLS = ("published", "corrected")


def _check_protocols(config: Any, mistakes: Mistakes) -> None:
    own = [*config["custom_protocols"]] if mistakes.spare("custom_protocols") else []
    for name in PROTOCOLS:
        if name in own:
            key = ("custom_protocols", name)
            mistakes.add(key, config[key[0]][name], "names other than the built-in protocols'")
    if mistakes.spare("protocols") and mistakes.spare("custom_protocols"):
        known = [*PROTOCOLS, *own]
        for index, name in enumerate(config["protocols"]):
            if name not in known:
                near = close(name, known)
                hint = f"Did you mean {near[0]!r}?" if near else "Define it in custom_protocols."
                mistakes.add(("protocols", index), name, ", ".join(known), hint)


def _check_engine(config: Any, mistakes: Mistakes) -> None:
    if mistakes.spare("engine") and mistakes.spare("cells") and config["engine"] == "fused":
        others = [cell for cell in config["cells"] if cell not in fused_cells()]
        if others:
            allowed = f"torch or fastest, as the fused engine has no kernels of {', '.join(others)}"
            hint = "Write fastest: it leaves the other cells as they are."
            mistakes.add(("engine",), "fused", allowed, hint)


def _check_dataset(config: Any, mistakes: Mistakes) -> None:
    if not mistakes.spare("dataset"):
        return
    dataset = config["dataset"]
    if dataset["strings"] is not None:
        if not os.path.isfile(dataset["strings"]):
            allowed, hint = "the path of a CSV file, or null", f"No such file in {os.getcwd()}."
            mistakes.add(("dataset", "strings"), dataset["strings"], allowed, hint)
        return
    share = dataset["test_share"]
    least = math.ceil(1 / min(share, 1 - share))
    for name, count in ("n_valid", dataset["n_valid"]), ("decoys", sum(dataset["decoys"].values())):
        if count < least:
            allowed = f"at least {least} strings in all where test_share is {share}"
            hint = "Training and test set both need strings of both classes."
            mistakes.add(("dataset", name), dataset[name], allowed, hint)


def _check_families(config: Any, mistakes: Mistakes) -> None:
    families = config["graphs"]["families"] if mistakes.spare("graphs") else {}
    for name, family in families.items():
        key = ("graphs", "families", name)
        if family["generator"] != "graphml":
            _check_random_family(key, family, mistakes)
        elif not _size(family):
            allowed, hint = "a folder with *.graphml files", f"There are none in {os.getcwd()}."
            mistakes.add((*key, "folder"), family["folder"], allowed, hint)


def _check_random_family(key: Key, family: Any, mistakes: Mistakes) -> None:
    low, high = family["n"] if isinstance(family["n"], list) else [family["n"]] * 2
    if low > high:
        hint = f"Write [{high}, {low}]."
        return mistakes.add((*key, "n"), [low, high], "[lo, hi] with lo at most hi", hint)
    schema = at(load_settings("schema.yaml"), key)
    for name in family:
        # Neither a degree nor n minus it falls as n grows, so the smallest graph decides.
        least = child_of(schema, name).get("x-least")
        if least is not None and not least <= (value := degree(family[name], low)) < low:
            allowed, hint = f"at least {least} and below n", f"It is {value} for n = {low}."
            mistakes.add((*key, name), family[name], allowed, hint)


def _size(family: Any) -> int:
    if "count" in family:
        return int(family["count"])
    return len(graph_files(family["folder"]))


def _check_percents(config: Any, mistakes: Mistakes) -> None:
    key = ("pruning", "percents")
    percents = config["pruning"]["percents"] if mistakes.spare(*key) else []
    if percents != sorted(percents):
        mistakes.add(key, percents, "ascending percentages", f"Write {sorted(percents)}.")


def _check_sizes(config: Any, mistakes: Mistakes) -> None:
    """The number of graphs against what the analysis splits and fits."""
    if not mistakes.spare("graphs"):
        return
    families = config["graphs"]["families"]
    total = sum(map(_size, families.values()))
    if total == 0:
        return mistakes.add(("graphs", "families"), families, "at least one graph in all")
    hint = f"There are {total} graphs in all."
    key = ("analysis", "prediction")
    if mistakes.spare(*key):
        folds, share = (config["analysis"]["prediction"][name] for name in ("folds", "test_share"))
        if 2 * folds > total:
            mistakes.add((*key, "folds"), folds, "at least 2 graphs for each fold", hint)
        if not 2 <= math.ceil(share * total) <= total - 2:
            allowed = "a share that holds out, and leaves, at least 2 graphs"
            mistakes.add((*key, "test_share"), share, allowed, hint)
    key = ("analysis", "ols")
    if mistakes.spare(*key) and len(config["analysis"]["ols"]) > total - 2:
        allowed = "at least 2 fewer properties than graphs"
        mistakes.add(key, config["analysis"]["ols"], allowed, hint)


def _check_replay(config: Any, mistakes: Mistakes) -> None:
    key = ("replay", "checkout")
    folder = config["replay"]["checkout"] if mistakes.spare(*key) else None
    if folder is not None and (missing := missing_from(folder)):
        allowed = allowed_values(at(load_settings("schema.yaml"), key))
        mistakes.add(key, folder, allowed, f"There is no {os.path.abspath(missing)}.")


def _check_results(config: Any, mistakes: Mistakes) -> None:
    if not mistakes.spare("results"):
        return
    parts = config["results"].split("/")
    for path in ("/".join(parts[: i + 1]) for i in range(len(parts))):
        if os.path.lexists(path) and not os.path.isdir(path):
            allowed, hint = "the path of a folder, there or not", f"{path} is there, and is none."
            mistakes.add(("results",), config["results"], allowed, hint)


def _check_paths(config: Any, mistakes: Mistakes) -> None:
    """Snakemake takes braces for wildcards, and removes what is in the way of its results."""
    named = {key: path for key, path in _paths(config, mistakes) if path is not None}
    for key, path in named.items():
        names = [path, *(graph_files(path) if key[-1] == "folder" else [])]
        bad = next((name for name in names if not _PATH.fullmatch(name)), None)
        if bad is not None:
            allowed = "a path without braces and control characters"
            mistakes.add(key, bad, allowed, "Rename it.")
        elif mistakes.spare("results") and _within(path, config["results"]):
            allowed = f"a path outside of results, {config['results']}"
            hint = "What is in there is made, and removed, by Snakemake: keep yours elsewhere."
            mistakes.add(key, path, allowed, hint)


def _paths(config: Any, mistakes: Mistakes) -> Iterator[tuple[Key, str | None]]:
    """The paths of a user's files that are valid so far, by their keys."""
    families = config["graphs"]["families"] if mistakes.spare("graphs", "families") else {}
    folders = {("graphs", "families", name, "folder"): f for name, f in families.items()}
    yield from ((key, f["folder"]) for key, f in folders.items() if "folder" in f)
    for key in ("dataset", "strings"), ("replay", "checkout"):
        if mistakes.spare(*key):
            yield key, config[key[0]][key[1]]


def _within(path: str, folder: str) -> bool:
    inner, outer = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath([inner, outer]) == outer


def _check_plan(config: Any, mistakes: Mistakes) -> None:
    """The number of networks and of jobs, which Snakemake plans all before it runs the first."""
    used = ("graphs", "protocols", "cells", "shard_size", "sparse", "dense", "pruning")
    if not all(mistakes.spare(key) for key in used):
        return
    kinds = len(config["protocols"]) * len(config["cells"])
    sizes = [_size(family) for family in config["graphs"]["families"].values()]
    shards = sum(math.ceil(size / config["shard_size"]) for size in sizes)
    sparse, dense = (kinds * config[part]["seeds"] for part in ("sparse", "dense"))
    pruning = config["pruning"]
    targets, percents, controls = (pruning[key] for key in ("targets", "percents", "controls"))
    rounds = len(pruning["schedules"]) * len(targets) * len(percents) + ("retrained" in controls)
    if "random" in controls and "both" in targets:
        rounds += len(percents)
    networks = sparse * sum(sizes) + dense * (1 + rounds)
    jobs = (1 + sparse) * shards + dense * (1 + rounds)
    hint = "Lower seeds or count, or plan fewer cells, protocols or percents."
    for what, number, most in ("networks", networks, MAX_NETWORKS), ("jobs", jobs, MAX_JOBS):
        if number > most:
            more = " Or raise shard_size." if what == "jobs" else ""
            found = f"{number:,} in all"
            mistakes.add((f"number of {what}",), number, f"at most {most:,}", hint + more, found)


CHECKS: tuple[Callable[[Any, Mistakes], None], ...] = (
    _check_protocols,
    _check_engine,
    _check_dataset,
    _check_families,
    _check_percents,
    _check_sizes,
    _check_replay,
    _check_plan,
    _check_results,
    _check_paths,
)
