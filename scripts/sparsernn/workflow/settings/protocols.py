"""What a configuration may say of protocols: variants of the two that there are."""

from typing import Annotated, Literal

from pydantic import Field

from sparsernn.workflow.settings.value_types import OMITTED, NonEmpty, Section, UpToTenThousand

__all__ = ["CustomProtocol", "Design"]


class RecurrentEdgesSettings(Section):
    """What else is known of a recurrence: vertices, weights and signs."""

    inputs: Annotated[str, Field(min_length=1, max_length=80)] = OMITTED
    """Vertices that hear the letters: `all`, which is also the default, or the name of a vertex
    attribute of the GraphML file that is true of them."""
    outputs: Annotated[str, Field(min_length=1, max_length=80)] = OMITTED
    """Vertices that the classifier reads: `all`, which is also the default, `sinks` (those without
    an edge out), or the name of a vertex attribute."""
    weights: Literal["drawn", "initial", "fixed"] = OMITTED
    """Recurrent weights: `drawn` at random, which is also the default; `initial` starts from the
    edges' attribute `weight`, with the same weight for each gate; `fixed` does not train them."""
    signs: Annotated[str, Field(min_length=1, max_length=80)] = OMITTED
    """Recurrent weights that keep their sign in training. `weights`: each has that of the edge's
    `weight`. The name of a vertex attribute: all edges that leave a vertex are excitatory (1) or
    inhibitory (-1). Left out, all are free."""
    spectral_radius: Annotated[float, Field(gt=0, le=1_000_000)] = OMITTED
    """Largest absolute eigenvalue of the recurrent matrix, of each gate's, before training. Left
    out, the weights are as they are drawn or given."""
    input_scaling: Annotated[float, Field(gt=0, le=1_000_000)] = OMITTED
    """Input weights are drawn uniformly from minus this number to it. Left out, the bound is one
    over the square root of the number of units, as for all others."""
    leak: Annotated[float, Field(gt=0, le=1)] = OMITTED
    """Share a of the cell's new state in a unit's next one, h' = (1 - a) h + a cell(...). Left out,
    it is 1. Below 1 it needs `engine: fastest` or `torch`, and a cell that is no LSTM."""


class RidgeSettings(Section):
    """A reservoir: its read-out alone is trained, by ridge regression."""

    penalty: Annotated[float, Field(gt=0, le=1e30)]
    """Penalty of the squared weights of the read-out, beside the summed squared errors."""
    steps: Literal["read", "all"] = OMITTED
    """States that are fitted, where targets are of whole sequences. `read`, which is also the
    default: of each sequence the one that is read out, see `readout_step`. `all`: those of all
    steps, each with its sequence's target."""
    washout: Annotated[int, Field(ge=0, le=1_000_000)] = OMITTED
    """Steps at the start of each sequence that are left out where all steps are fitted. Left out,
    it is 0."""


class CustomProtocol(Section):
    """A protocol of your own."""

    base: Literal["published", "corrected"]
    """Protocol that gives every field not named here."""
    edges: Literal["feedforward", "recurrence"] | RecurrentEdgesSettings = OMITTED
    """What the edges of a graph are. `feedforward`: they lead from layer to layer within a time
    step, and within a layer every unit hears every other. `recurrence`: each vertex hears its
    predecessors of the time step before, through the only block of units; graphs may have cycles
    and self-loops, if all protocols of the study say so. A section says more of the recurrence.
    Then of the other fields only `embedding_size`, `readout_step`, `ridge` and those of pruning
    count."""
    gate_masks: Literal["tiled", "interleaved"] = OMITTED
    """How the mask of a layer is repeated over the gates of GRU and LSTM. `tiled` (corrected)
    gives every gate the graph's mask; `interleaved` (published) repeats each row in place, so that
    gates get each other's rows."""
    skips: Literal["summed", "cells"] = OMITTED
    """Edges that pass over a layer. `summed` (corrected) adds them to the layer's input before the
    nonlinearity; `cells` (published) gives every such pair of layers a recurrent block of its own,
    added after the nonlinearity."""
    embedding_size: UpToTenThousand | Literal["sources"] = OMITTED
    """Width of the embedding, the numbers that stand for a letter. `sources` (published) is the
    number of the graph's source vertices, which differs between networks; corrected has 50 for
    all."""
    readout: Literal["sinks", "last_layer"] = OMITTED
    """Units that the classifier reads. `sinks` (corrected) are all vertices without an edge out;
    `last_layer` (published) is the last layer only."""
    readout_step: Literal["last_letter", "last_step", "mean"] = OMITTED
    """Time step at which the classifier reads. `last_letter` (corrected) is the string's own last
    letter; `last_step` (published) is the last step of its batch, mostly padding; `mean` is the
    mean over the string's steps."""
    vertex_order: Literal["sorted", "edge_list"] = OMITTED
    """Order of the vertices in a layer. `sorted` (corrected) goes by number; `edge_list`
    (published) by first mention among the edges, which the published weights need."""
    prune_scope: Literal["layer", "global", "uniform", "gate"] = OMITTED
    """Weights among which the percentile of pruning is taken: those of one layer (corrected), or
    of all layers pooled (`global`, published). With `uniform` each matrix loses the same share, and
    with `gate` each gate's rows of each matrix."""
    largest_survives: bool = OMITTED
    """Whether the largest weight stays at 100 percent: true (published) prunes strictly below the
    percentile, false (corrected) leaves none."""
    ridge: RidgeSettings = OMITTED
    """The read-out alone is trained, by ridge regression, in one pass; all other weights stay as
    they begin, and of `sparse.training` only `batch_size` counts. Left out, all weights are trained
    by gradients. Such a protocol has no dense networks."""


_Field = Literal[
    "gate_masks",
    "skips",
    "embedding_size",
    "readout",
    "readout_step",
    "vertex_order",
    "prune_scope",
    "largest_survives",
]


class Design(Section):
    """Variants of a protocol: combinations of the values that its fields have in two protocols."""

    low: Literal["published", "corrected"]
    """Protocol that gives the fields which do not vary, and the low level of those that do."""
    high: Literal["published", "corrected"]
    """Protocol that gives the high level of the fields that vary."""
    fields: NonEmpty[_Field]
    """Fields that vary, 2 to 8 of them."""
    runs: Annotated[int, Field(ge=4, le=256)] | Literal["one_at_a_time"]
    """Number of combinations: all, or a regular fraction of them. Six fields in 16 runs have
    resolution IV: effects of single fields are not mixed up with those of pairs. one_at_a_time: all
    fields low, and each field alone at its high level."""
