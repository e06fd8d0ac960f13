"""What a configuration may say of ways to a sparse network: `pruning.methods`."""

from typing import Annotated, Literal

from pydantic import Field

from sparsernn.workflow.settings.training import MethodTraining
from sparsernn.workflow.settings.value_types import (
    OMITTED,
    CriterionName,
    Generator,
    GrowthName,
    Name,
    NonEmpty,
    ScheduleName,
    Section,
    Share,
    UpToMillion,
    allowed,
)

__all__ = ["ChooseRate", "MethodSettings"]

Scope = Literal["layer", "global", "uniform", "gate"]


_UpToWhole = Annotated[float, Field(gt=0, le=1)]


class GradualSettings(Section):
    """Gradual pruning: ever more weights go during the training."""

    schedule: ScheduleName = OMITTED
    """How many weights are gone by when: `cubic` (default), or `linear`."""
    every: UpToMillion = OMITTED
    """Steps between prunings, 100 by default."""
    until: _UpToWhole = OMITTED
    """Share of the steps after which all are gone that go, 0.75 by default."""


class GrowthSettings(Section):
    """Dynamic sparse training: weights come and go during the training, and their number stays."""

    rule: GrowthName
    """Where weights come and which go: see docs/pruning-methods.md."""
    every: UpToMillion = OMITTED
    """Steps between changes; by default 100, for deep_r 1."""
    share: Share = OMITTED
    """Share of the weights that go at first, 0.3 by default. It falls to 0 along half a cosine."""
    until: _UpToWhole = OMITTED
    """Share of the steps after which the masks stay, 0.75 by default."""
    scope: Scope = OMITTED
    """Weights that keep their number together; by default the rule's own."""


class GraphOfUnits(Section):
    """A random graph whose edges are the recurrent weights, in the place of a mask that is found.
    Each layer has its own. All gates have its edges, so `scope` is `gate`.
    """

    generator: Generator
    """Family of random graphs, as in `graphs.families`."""
    parameters: dict[Name, float | str] = OMITTED
    """The family's own parameters, as there: `{k: mean_degree // 1, p: 0.1}`. The number of edges
    follows from the percentage."""


Rate = Annotated[float, Field(gt=0, le=1e30)]


class ChooseRate(Section):
    """How learning rates are chosen."""

    rates: NonEmpty[Rate]
    """Learning rates to try, each in the place of `lr`."""
    share: Annotated[float, Field(gt=0, lt=1)]
    """Share of the training set that is held out to judge by."""
    percents: Annotated[
        NonEmpty[Annotated[float, Field(ge=0, le=100)]],
        allowed("a list of different numbers among pruning.percents"),
    ] = OMITTED
    """Percentages at which a rate is chosen; others take that of the nearest. By default all."""


class MethodSettings(Section):
    """A way to a sparse network, besides the schedules and controls."""

    criterion: CriterionName = OMITTED
    """Which weights go, `magnitude` by default."""
    scope: Scope = OMITTED
    """Weights that are compared, as for `prune_scope` of a protocol, which is the default."""
    target: Literal["both", "i2h", "h2h", "units"] = OMITTED
    """Weights that are pruned, `both` by default; or whole `units`, as few as leave at most as many
    weights, whatever `largest_survives` says."""
    find: Literal["trained"] | Annotated[int, Field(ge=0, le=1_000_000)] = OMITTED
    """State of the dense network in which the mask is found: `trained` (default), or after so many
    epochs. 0 is before any training."""
    start: Literal["trained", "new", "small"] | Annotated[int, Field(ge=0, le=1_000_000)] = OMITTED
    """Weights that are trained with the mask: `trained` ones (default), those of the dense network
    after so many epochs (rewinding), or `new` ones. With `small` it is a new dense network of fewer
    units, with as many parameters in all; no mask is found."""
    graph: GraphOfUnits = OMITTED
    mask: Literal["found", "shuffled", "rewired"] = OMITTED
    """Mask that is trained: the one that was `found` (default), or as a control one with as many
    weights of each matrix (`shuffled`), or of each row and column of each (`rewired`)."""
    labels: Literal["true", "shuffled"] = OMITTED
    """Labels by which the mask is found: `true` ones (default), or as a control `shuffled` ones,
    for which a dense network is trained anew."""
    gradual: GradualSettings = OMITTED
    growth: GrowthSettings = OMITTED
    iterative: bool = OMITTED
    """Whether each percentage starts from the network of the percentage before; false by
    default."""
    training: MethodTraining = OMITTED
