"""Protocols: every choice that a graph leaves open on its way to a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from sparsernn.errors import InputError, brief
from sparsernn.graphs.orientation import VertexOrder

__all__ = ["CORRECTED", "PUBLISHED", "Edges", "Protocol", "ReadoutStep", "RecurrentEdges"]
__all__ += ["Ridge", "Scope", "protocol"]

ReadoutStep = Literal["last_letter", "last_step", "mean"]
Scope = Literal["layer", "global", "uniform", "gate"]


@dataclass(frozen=True)
class RecurrentEdges:
    """A graph's edges as the recurrence: each vertex hears its predecessors of the step before.

    The vertices are the units of one block, and the graph is the mask of its recurrent weights, of
    each gate's alike. It may have cycles and self-loops; an undirected edge runs both ways.

    Attributes:
        inputs: vertices that hear the input features: "all"; the name of a vertex attribute, which
            is true of them; or a list of vertices.
        outputs: vertices that are read out: likewise, or "sinks", those without successors.
        weights: the recurrent weights begin as they are "drawn", or as the edges' `weight`
            ("initial"), each gate with the same; or they are these, and not trained ("fixed").
        signs: which recurrent weights keep their sign in training: None, none; "weights", each
            edge's keeps that of its `weight`; or the name of a vertex attribute, by which all edges
            that leave a vertex are excitatory (1 or "excitatory") or inhibitory (-1 or
            "inhibitory"), as Dale's principle has it.
        spectral_radius: the largest absolute eigenvalue of the recurrent matrix as it begins, of
            each gate's by itself: all its weights are multiplied by one number. None leaves them.
        input_scaling: the input weights are drawn from U(±input_scaling); None: from U(±1/√units),
            as all others.
        leak: share a of the cell's new state in a unit's next one, h' = (1 - a) h + a cell(...),
            above 0 and up to 1; for cells whose only state is their output. Below 1 for engine
            "torch".

    Example:
        >>> import numpy as np
        >>> from sparsernn import RecurrentEdges, SparseRNN
        >>> ring = np.array([[0, 0.5, 0], [0, 0, -2], [1, 0, 0.1]])  # (i, j): from i to j
        >>> edges = RecurrentEdges(weights="fixed", outputs=[2])
        >>> rnn = SparseRNN.from_graph(ring, "rnn_tanh", 8, edges=edges)
        >>> [[round(weight, 1) for weight in row] for row in rnn.blocks[0].weight_hh.tolist()]
        [[0.0, 0.0, 1.0], [0.5, 0.0, 0.0], [0.0, -2.0, 0.1]]

    References:
        H. Jaeger, The "echo state" approach to analysing and training recurrent neural networks,
        GMD Report 148, 2001 (fixed weights, spectral radius); H. Jaeger, M. Lukoševičius, D.
        Popovici and U. Siewert, Optimization and applications of echo state networks with
        leaky-integrator neurons, Neural Networks 20, 2007 (leak); H. F. Song, G. R. Yang and X.-J.
        Wang, Training excitatory-inhibitory recurrent neural networks for cognitive tasks, PLoS
        Computational Biology 12, 2016 (signs).
    """

    inputs: str | Sequence[Any] = "all"
    outputs: str | Sequence[Any] = "all"
    weights: Literal["drawn", "initial", "fixed"] = "drawn"
    signs: str | None = None
    spectral_radius: float | None = None
    input_scaling: float | None = None
    leak: float = 1.0

    def __post_init__(self) -> None:
        if self.weights not in ("drawn", "initial", "fixed"):
            raise InputError(
                f"edges: weights is {brief(self.weights)}; expected drawn, initial or fixed."
            )
        if not isinstance(self.signs, (str, type(None))):
            raise InputError(
                f"edges: signs is {brief(self.signs)}; expected None, weights, or the name of a "
                "vertex attribute. Set one with networkx.set_node_attributes."
            )
        for name in ("spectral_radius", "input_scaling"):
            if getattr(self, name) is not None:
                _check_positive(f"edges: {name}", getattr(self, name), _LARGEST_SCALE, ", or None")
        _check_positive("edges: leak", self.leak, 1)


_LARGEST_SCALE = 1_000_000
_LARGEST_PENALTY = 1e30


def _check_positive(what: str, value: Any, most: float, other: str = "") -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and 0 < value <= most):
        limit = f"{most:,}" if most < _LARGEST_PENALTY else f"{most:g}"
        raise InputError(
            f"{what} is {brief(value)}; expected a number above 0 and up to {limit}{other}."
        )


@dataclass(frozen=True)
class Ridge:
    """The read-out alone is trained, by ridge regression: the network is a reservoir.

    All other weights stay as they begin. Classes are fitted as 1 for the right one and 0 for the
    others, and the network's answer is the one with the largest output.

    Attributes:
        penalty: of the squared weights of the read-out, beside the summed squared errors; its bias
            is free.
        steps: what is fitted, where targets are of whole sequences: one state of each sequence, the
            one that is read out (the protocol's `readout_step`); or the states of "all" steps, each
            with its sequence's target.
        washout: steps at the start of each sequence that are not fitted, where steps are.

    Example:
        >>> from sparsernn import Ridge
        >>> Ridge(penalty=0.01, steps="all", washout=2)
        Ridge(penalty=0.01, steps='all', washout=2)

    References:
        M. Lukoševičius and H. Jaeger, Reservoir computing approaches to recurrent neural network
        training, Computer Science Review 3, 2009.
    """

    penalty: float
    steps: Literal["read", "all"] = "read"
    washout: int = 0

    def __post_init__(self) -> None:
        _check_positive("ridge: penalty", self.penalty, _LARGEST_PENALTY)
        if self.steps not in ("read", "all"):
            raise InputError(f"ridge: steps is {brief(self.steps)}; expected read or all.")
        whole = isinstance(self.washout, int) and not isinstance(self.washout, bool)
        if not (whole and self.washout >= 0):
            raise InputError(
                f"ridge: washout is {brief(self.washout)}; expected a whole number, 0 or more."
            )


Edges: TypeAlias = Literal["feedforward", "recurrence"] | RecurrentEdges


@dataclass(frozen=True)
class Protocol:
    """How a graph becomes a network, and how networks are pruned: each choice one switch.

    The defaults are `CORRECTED`, what the thesis describes; `PUBLISHED` is what its code did.

    Attributes:
        edges: the graph's edges lead from layer to layer within a time step ("feedforward"), and
            within a layer every unit hears every other; or they are the recurrence: see
            `RecurrentEdges`, whose defaults "recurrence" stands for. Then of the other fields only
            `embedding_size`, `readout_step`, `ridge` and those of pruning count.
        gate_masks: edge masks of GRU and LSTM "tiled" over the gates, or "interleaved": each row
            repeated in place, while the gates are stacked one after the other.
        skips: edges that skip layers are "summed" with the others before the nonlinearity, or run
            through "cells" of their own, one for each pair of layers, whose outputs are added
            after it.
        embedding_size: of the input letters; "sources" is the number of source vertices.
        readout: from all "sinks" (vertices without successor), or from the "last_layer".
        readout_step: at each string's "last_letter", or at the "last_step" of the padded batch; or
            the "mean" over the steps of each string.
        vertex_order: of vertices in a layer; see `graphs.layers`.
        prune_scope: a pruning threshold for each "layer", or one "global" one; or each matrix
            ("uniform"), or each gate's rows of each matrix ("gate"), loses the same share.
        largest_survives: whether pruning removes weights strictly below a percentile, so that the
            largest one survives "100 %", and weights that are equal go all or not at all; or else
            exactly the share that was asked for.
        ridge: how the read-out alone is trained, by ridge regression; None: all weights are
            trained, by gradients.

    Example:
        >>> from dataclasses import replace
        >>> from sparsernn import CORRECTED, PUBLISHED, Protocol
        >>> Protocol(embedding_size=8) == replace(CORRECTED, embedding_size=8)
        True
        >>> PUBLISHED.gate_masks
        'interleaved'
    """

    gate_masks: Literal["tiled", "interleaved"] = "tiled"
    skips: Literal["summed", "cells"] = "summed"
    embedding_size: int | Literal["sources"] = 50
    readout: Literal["sinks", "last_layer"] = "sinks"
    readout_step: ReadoutStep = "last_letter"
    vertex_order: VertexOrder = "sorted"
    prune_scope: Scope = "layer"
    largest_survives: bool = False
    edges: Edges = "feedforward"
    ridge: Ridge | None = None

    def __post_init__(self) -> None:
        if self.edges == "recurrence":
            object.__setattr__(self, "edges", RecurrentEdges())
        if self.edges != "feedforward" and not isinstance(self.edges, RecurrentEdges):
            raise InputError(
                f"edges is {brief(self.edges)}; expected feedforward, recurrence or RecurrentEdges."
            )


CORRECTED = Protocol()
PUBLISHED = Protocol(
    gate_masks="interleaved",
    skips="cells",
    embedding_size="sources",
    readout="last_layer",
    readout_step="last_step",
    vertex_order="edge_list",
    prune_scope="global",
    largest_survives=True,
)


def protocol(choices: Mapping[str, Any]) -> Protocol:
    """The protocol of a configuration.

    Args:
        choices: `base`, "published" or "corrected", and the fields in which it differs; `like`:
            by another protocol's name, the fields that are as there.

    Example:
        >>> protocol({"base": "published", "skips": "summed"}).gate_masks
        'interleaved'
        >>> protocol({"base": "corrected", "like": {"published": ["skips"]}}).skips
        'cells'
    """
    fields = dict(choices)
    if isinstance(fields.get("edges"), Mapping):
        fields["edges"] = RecurrentEdges(**fields["edges"])
    if isinstance(fields.get("ridge"), Mapping):
        fields["ridge"] = Ridge(**fields["ridge"])
    known = {"published": PUBLISHED, "corrected": CORRECTED}
    base, like = known[fields.pop("base")], fields.pop("like", {})
    others = {name: getattr(known[other], name) for other in like for name in like[other]}
    return replace(base, **fields, **others)
