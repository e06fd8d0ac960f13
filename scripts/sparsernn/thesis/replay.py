"""The thesis's own saved networks, loaded into the published protocol and evaluated again."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from sparsernn.data.datasets import read_labelled
from sparsernn.data.strings import Strings
from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError
from sparsernn.files.tables import read_rows
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import Pruning, Target, prune_network
from sparsernn.thesis.pickles import read_pickled_graph, read_published_weights
from sparsernn.thesis.repository import TEST_STRINGS, Saved, saved_networks
from sparsernn.training.loop import evaluate
from sparsernn.wiring.protocol import PUBLISHED
from sparsernn.wiring.wiring import Wiring

__all__ = [
    "from_published",
    "load_saved",
    "published_accuracy",
    "read_published_table",
    "replay",
    "summary",
]

MAX_TABLE = 8 * 2**20  # bytes of a table; those of the thesis have 100,000
BATCH_SIZES = {"sparse": 128, "dense": 32, "pruned": 32}  # of the thesis's evaluation


def from_published(state_dict: Mapping[str, Tensor], wiring: Wiring) -> dict[str, Tensor]:
    """Rename the thesis's parameters to those of `SequenceClassifier`.

    Args:
        state_dict: names such as `recurrent.recurrent_layers.1.weight_ih` and
            `recurrent.skip_layers.0.mask_i2h`; the cells of skipping edges are counted by layer,
            then by the earlier layer, as in the wiring.
        wiring: of the same network, under the published protocol or dense.

    Returns:
        The same tensors under our names.
    """
    ours: dict[str, str] = {}
    skips = 0
    for i, block in enumerate(wiring.blocks):
        own = i == 0 or wiring.blocks[i - 1].layer != block.layer
        theirs = f"recurrent_layers.{block.layer}" if own else f"skip_layers.{skips}"
        skips += not own
        ours[f"recurrent.{theirs}"] = f"recurrent.blocks.{i}"
    renamed = {}
    for name, tensor in state_dict.items():
        prefix, _, kind = name.rpartition(".")
        kind = {"mask_i2h": "mask_ih", "mask_h2h": "mask_hh"}.get(kind, kind)
        tensor = tensor.bool() if kind.startswith("mask") else tensor
        renamed[f"{ours.get(prefix, prefix)}.{kind}"] = tensor
    return renamed


def load_saved(
    checkout: str | PathLike[str], saved: Saved, engine: Engine = "fused"
) -> SequenceClassifier:
    """One of the thesis's networks, from its files.

    Raises:
        InputError: a file is absent or broken, the weights do not fit, or the masks saved beside
            them are not those of the graph under the published protocol.
    """
    root = Path(checkout)
    if saved.kind == "sparse":
        graph = read_pickled_graph(root / saved.graph_file)
        try:
            wiring = Wiring.from_graph(graph, saved.cell, PUBLISHED)
        except InputError as error:
            raise InputError(f"{root / saved.graph_file}: {error}") from None
    else:
        wiring = Wiring.dense(saved.cell, 50, 50, 3, PUBLISHED.readout_step)
    weights = from_published(read_published_weights(root / saved.file), wiring)
    network = SequenceClassifier.from_state_dict(wiring, weights, str(root / saved.file), engine)
    for ours, theirs in zip(wiring.blocks, network.wiring.blocks, strict=True):
        for kind in ("mask_ih", "mask_hh"):
            if not np.array_equal(getattr(ours, kind), getattr(theirs, kind)):
                raise InputError(
                    f"{root / saved.file}: {kind} of {ours.name} is not that of the published "
                    "protocol. Expected the thesis's own network, with its own graph."
                )
    if saved.kind == "pruned":
        target: Target = saved.target  # type: ignore[assignment]
        return prune_network(network, Pruning(saved.percent, target, PUBLISHED))
    return network


def read_published_table(path: str | PathLike[str], kind: str) -> pd.DataFrame:
    """Read the thesis's table of a kind of networks.

    Raises:
        InputError: it is absent, too large, or lacks a column.
    """
    columns = ["graph", "graph_nr"] if kind == "sparse" else ["mode", "prune", "epoch"]
    return read_rows(path, [*columns, "test_acc"], max_bytes=MAX_TABLE)[0]


def published_accuracy(table: pd.DataFrame, saved: Saved) -> float:
    """The test accuracy that the thesis's own table gives: a share, of pruned networks the one
    right after pruning, otherwise the one after the last epoch.

    Raises:
        InputError: there is no such line, or no share in it.
    """
    if saved.kind == "sparse":
        rows = table[(table["graph"] == saved.family) & (table["graph_nr"] == saved.graph)]
    else:
        suffix = {"": "", "both": "_prune"}.get(saved.target, f"_prune_{saved.target}")
        rows = table[table["mode"] == f"{saved.cell}{suffix}"]
        rows = rows[rows["prune"] == saved.percent].sort_values("epoch")
        rows = rows[rows["epoch"] == 0] if saved.kind == "pruned" else rows
    accuracies = pd.to_numeric(rows["test_acc"], errors="coerce").dropna()
    if accuracies.empty:
        raise InputError(
            f"{saved.table}: no test_acc of this network. "
            "Give the table of the thesis's repository."
        )
    accuracy = float(accuracies.iloc[-1])
    if not 0 <= accuracy <= 1:
        raise InputError(
            f"{saved.table}: test_acc is {accuracy:g}, expected a share from 0 to 1. "
            "Give the table of the thesis's repository."
        )
    return accuracy


def replay(
    checkout: str | PathLike[str], kind: str, cell: str, engine: Engine = "fused"
) -> pd.DataFrame:
    """The thesis's networks of a kind and cell, on its own test strings.

    Args:
        checkout: folder of its repository, or of any part of it.
        kind: sparse, dense or pruned; see `repository.Saved`.
        cell: rnn_tanh, rnn_relu, lstm or gru.
        engine: what runs the networks.

    Returns:
        One row a network: kind, file, cell, family, target, percent; theirs and ours (test
        accuracies, shares), difference (ours less theirs), status ("ok", "missing" if the checkout
        lacks the checkpoint, "failed" if it can't be read or compared) and reason.

    Raises:
        InputError: the checkout's test strings can't be read.
    """
    path = Path(checkout) / TEST_STRINGS
    strings = Strings.encode(read_labelled(path))
    networks = saved_networks(kind, cell)
    table: pd.DataFrame | InputError  # of all of them; a bad one is the reason of each
    try:
        table = read_published_table(Path(checkout) / networks[0].table, kind)
    except InputError as error:
        table = error
    rows = [_row(checkout, saved, table, strings, engine) for saved in networks]
    return pd.DataFrame(rows)


def _row(
    checkout: str | PathLike[str],
    saved: Saved,
    table: pd.DataFrame | InputError,
    strings: Strings,
    engine: Engine,
) -> dict[str, Any]:
    theirs = ours = float("nan")
    status, reason = "ok", ""
    if not (Path(checkout) / saved.file).exists():
        status, reason = "missing", "the checkout has no such file"
    else:
        try:
            if isinstance(table, InputError):
                raise table
            theirs = published_accuracy(table, saved)
            network = load_saved(checkout, saved, engine)
            _, ours = evaluate(network, strings, BATCH_SIZES[saved.kind])
        except InputError as error:
            status, reason = "failed", str(error)
    return {
        "kind": saved.kind,
        "file": saved.file,
        "cell": saved.cell,
        "family": saved.family,
        "target": saved.target,
        "percent": saved.percent,
        "theirs": theirs,
        "ours": ours,
        "difference": ours - theirs,
        "status": status,
        "reason": reason,
    }


def summary(networks: pd.DataFrame) -> pd.DataFrame:
    """How well the thesis's accuracies come back, by kind and cell.

    Args:
        networks: rows of `replay`.

    Returns:
        kind, cell; numbers of networks: all, replayed, missing, failed; of the absolute
        differences between the accuracies: median, largest, and the shares (of those replayed)
        that are at most 0.001 and 0.02.
    """
    rows = []
    for (kind, cell), group in networks.groupby(["kind", "cell"], sort=False):
        size = group.loc[group["status"] == "ok", "difference"].abs().round(12)
        counts = {name: int((group["status"] == name).sum()) for name in ("missing", "failed")}
        row = {"kind": kind, "cell": cell, "networks": len(group), "replayed": len(size), **counts}
        row |= {"median_difference": size.median(), "largest_difference": size.max()}
        row |= {f"within_{limit}": size.le(limit).mean() for limit in (0.001, 0.02)}
        rows.append(row)
    return pd.DataFrame(rows)
