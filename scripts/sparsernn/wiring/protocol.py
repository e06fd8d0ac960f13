"""Protocols: every choice that a graph leaves open on its way to a network."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sparsernn.graphs.orientation import VertexOrder

__all__ = ["CORRECTED", "PUBLISHED", "Protocol", "ReadoutStep", "Scope", "protocol"]

ReadoutStep = Literal["last_letter", "last_step"]
Scope = Literal["layer", "global", "uniform", "gate"]


@dataclass(frozen=True)
class Protocol:
    """How a graph becomes a network, and how networks are pruned: each choice one switch.

    The defaults are `CORRECTED`, what the thesis describes; `PUBLISHED` is what its code did.

    Attributes:
        gate_masks: edge masks of GRU and LSTM "tiled" over the gates, or "interleaved": each row
            repeated in place, while the gates are stacked one after the other.
        skips: edges that skip layers are "summed" with the others before the nonlinearity, or run
            through "cells" of their own, one for each pair of layers, whose outputs are added
            after it.
        embedding_size: of the input letters; "sources" is the number of source vertices.
        readout: from all "sinks" (vertices without successor), or from the "last_layer".
        readout_step: at each string's "last_letter", or at the "last_step" of the padded batch.
        vertex_order: of vertices in a layer; see `graphs.layers`.
        prune_scope: a pruning threshold for each "layer", or one "global" one; or each matrix
            ("uniform"), or each gate's rows of each matrix ("gate"), loses the same share.
        largest_survives: whether pruning removes weights strictly below a percentile, so that the
            largest one survives "100 %", and weights that are equal go all or not at all; or else
            exactly the share that was asked for.

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
    known = {"published": PUBLISHED, "corrected": CORRECTED}
    base, like = known[fields.pop("base")], fields.pop("like", {})
    others = {name: getattr(known[other], name) for other in like for name in like[other]}
    return replace(base, **fields, **others)
