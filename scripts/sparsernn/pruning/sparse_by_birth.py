"""Networks that are small or sparse by construction, with as many numbers as a pruned one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from sparsernn.errors import InputError
from sparsernn.graphs.random import generate
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.pools import masks_of
from sparsernn.seeds import numpy_generator, torch_seed
from sparsernn.training.job import TrainingJob
from sparsernn.wiring.wiring import Wiring

__all__ = ["on_graphs", "small_network"]


def small_network(
    job: TrainingJob, name: str, dense: SequenceClassifier, original: Wiring
) -> SequenceClassifier:
    """A dense network with fewer units that has as many parameters as a pruned network.

    All parameters count, those of the embedding and the read-out too. It has the fewest units with
    which it has at least as many; the few weights too many are excluded at random, so that the
    numbers are equal.

    Args:
        job: its `spec` has the `percent` of the recurrent weights that pruning takes.
        name: the seeds follow from this.
        dense: the network that would be pruned.
        original: its wiring before any pruning.
    """
    spec, root = job.spec, job.spec["root"]
    whole = sum(parameter.numel() for parameter in dense.parameters())
    wanted = whole - round(original.weights * spec["percent"] / 100)
    for units in range(1, spec["size"]["hidden_size"] + 1):
        size, step = spec["size"] | {"hidden_size": units}, original.readout_step
        wiring = Wiring.dense(spec["cell"], **size, readout_step=step)
        generator = torch.Generator().manual_seed(torch_seed(root, f"{name}/weights"))
        network = job.new_network(wiring, generator)
        surplus = sum(parameter.numel() for parameter in network.parameters()) - wanted
        if surplus >= 0:
            break
    _exclude_some(network, min(surplus, wiring.weights), numpy_generator(root, f"{name}/mask"))
    return network


def _exclude_some(network: SequenceClassifier, count: int, rng: np.random.Generator) -> None:
    """Exclude some weights, drawn from all of the recurrent part."""
    gone = np.zeros(network.wiring.weights, bool)
    gone[rng.choice(len(gone), count, replace=False)] = True
    for block in network.recurrent.own_blocks():
        parts = []
        for mask in (block.mask_ih, block.mask_hh):
            mine, gone = gone[: mask.numel()], gone[mask.numel() :]
            parts.append(torch.from_numpy(mine.reshape(tuple(mask.shape))))
        block.exclude(*parts)


def on_graphs(wiring: Wiring, family: Mapping[str, Any], rng: np.random.Generator) -> Wiring:
    """A wiring whose recurrent weights are edges of random graphs, as many as before.

    Each layer has a graph of its own, with its units as vertices. All gates have its edges.

    Args:
        wiring: with as many recurrent weights in each gate of a layer.
        family: `generator`, and parameters of this family of graphs.
        rng: source of randomness.

    Raises:
        InputError: the gates of a layer differ in their number of weights, or no graph has so many
            edges.

    Example:
        >>> import numpy as np
        >>> from sparsernn import SparseRNN, Wiring, prune
        >>> pruned = prune(SparseRNN(Wiring.dense("gru", 4, 8)), 0.75, scope="gate")
        >>> ring = {"generator": "watts_strogatz", "k": 2, "p": 0.0}
        >>> [block] = on_graphs(pruned.wiring, ring, np.random.default_rng(0)).blocks
        >>> gates = block.mask_hh.reshape(3, 8, 8)
        >>> int(gates[0].sum()), bool((gates == gates[0]).all())
        (16, True)
    """
    masks = masks_of(wiring)
    for block, parts in zip(wiring.blocks, masks, strict=True):
        gates = parts[1].reshape(-1, block.size, block.size)
        counts = sorted({int(gate.sum()) for gate in gates})
        if len(counts) > 1:
            raise InputError(
                f"pruning.methods: graph: gates of {block.name} have {counts} recurrent weights; "
                "expected as many in each. Prune with scope: gate."
            )
        parts[1] = np.tile(_edges(block.size, counts[0], family, rng), (len(gates), 1))
    return wiring.with_masks([(mask_ih, mask_hh) for mask_ih, mask_hh in masks])


def _edges(
    units: int, count: int, family: Mapping[str, Any], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """(target, source) of a random graph with so many directed edges.

    The graph has half as many undirected edges, and at least one for each unit. Each runs one way,
    drawn at random; as many as are missing run the other way too.
    """
    if not units <= count <= units * (units - 1):
        raise InputError(
            f"pruning.methods: graph: {count} recurrent weights in each gate of {units} units; "
            f"expected {units} to {units * (units - 1)}, as a graph is connected and has no loops. "
            "Take another percentage, or other sizes."
        )
    edges = max(units, -(-count // 2))
    graph = generate({"n": units, "mean_degree": 2 * edges / units, **family}, rng)
    pairs = np.array(sorted((min(pair), max(pair)) for pair in graph.edges))
    pairs = rng.permutation(pairs)
    pairs = np.where(rng.random(len(pairs))[:, None] < 0.5, pairs, pairs[:, ::-1])
    both = np.concatenate([pairs, pairs[: count - len(pairs), ::-1]])
    mask = np.zeros((units, units), bool)
    mask[both[:, 1], both[:, 0]] = True
    return mask
