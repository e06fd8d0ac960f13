"""Checks of a configuration that involve several of its keys, or the files that it names."""

import math
import os
from collections.abc import Callable
from typing import Any

from sparsernn.checkout import missing_from
from sparsernn.degrees import degree
from sparsernn.engines import FUSED_CELLS
from sparsernn.files import graph_files
from sparsernn.mistakes import Key, Mistakes, close
from sparsernn.schema import allowed_values, at, child_of, load_settings

__all__ = ["CHECKS"]

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
        others = [cell for cell in config["cells"] if cell not in FUSED_CELLS]
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


CHECKS: tuple[Callable[[Any, Mistakes], None], ...] = (
    _check_protocols,
    _check_engine,
    _check_dataset,
    _check_families,
    _check_percents,
    _check_sizes,
    _check_replay,
)
