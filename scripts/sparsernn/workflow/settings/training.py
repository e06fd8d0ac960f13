"""What a configuration may say of how networks are trained."""

from typing import Annotated

from pydantic import ConfigDict, Field

from sparsernn.workflow.settings.value_types import OMITTED, Section, UpToMillion, allowed

__all__ = ["MethodTraining", "TrainingSettings"]

_Positive = Annotated[float, Field(gt=0, le=1e30)]


class _Named(Section):
    """A class of torch's, by its name, and its options, which torch knows."""

    model_config = ConfigDict(extra="allow")

    name: str
    """Name of the class; the other keys are its options."""


_Optimizer = Annotated[
    _Named, allowed("a section with the name of a class of torch.optim, and its options")
]
_Schedule = Annotated[
    _Named | None,
    allowed(
        "a section with the name of a class of torch.optim.lr_scheduler and its options, or null"
    ),
]


class EarlyStoppingSettings(Section):
    """When a training ends early: its weights are those of its best epoch."""

    share: Annotated[float, Field(gt=0, lt=1)]
    """Share of the training set that is held out as a validation set, alike in every class. Nothing
    is trained on it. The study's `seed` decides which examples these are."""
    patience: UpToMillion | None
    """Training ends after so many epochs in a row whose loss on the validation set is no lower than
    that of the best epoch. With null it goes on to the last epoch and has the weights of that; the
    validation set is then for a schedule that follows its loss."""


class TrainingSettings(Section):
    """How networks are trained."""

    epochs: UpToMillion
    """Passes over the training strings. Time grows in proportion."""
    batch_size: UpToMillion
    """Strings in one step of the optimiser. Below about 16 the kernels lose speed."""
    lr: _Positive
    """Learning rate of the optimiser."""
    clip_norm: _Positive | None
    """Largest norm of the gradient of all parameters together; a longer one is scaled down to it.
    With null nothing is clipped."""
    clip_value: _Positive | None = OMITTED
    """Largest absolute value of each number of the gradient. Larger ones are cut to it, before
    `clip_norm` is applied. Without it nothing is cut."""
    optimizer: _Optimizer = OMITTED
    """Optimiser, as in `{name: AdamW, weight_decay: 0.01}`: a class of torch.optim and its options.
    Without it `{name: Adam}`. LBFGS, Muon and SparseAdam are not possible."""
    lr_scheduler: _Schedule = OMITTED
    """Schedule of the learning rate, as in `{name: StepLR, step_size: 10}`: a class of
    torch.optim.lr_scheduler and its options. It is stepped after every epoch, so its numbers count
    epochs. ReduceLROnPlateau follows the loss on the validation set of `early_stopping`. Without it
    the learning rate stays."""
    early_stopping: EarlyStoppingSettings | None = OMITTED
    """As in `{share: 0.1, patience: 5}`. Without it, training goes on to its last epoch."""


class MethodTraining(Section):
    """Settings of a method's training that differ from `pruning.training`."""

    epochs: UpToMillion = OMITTED
    """As for `pruning.training`."""
    batch_size: UpToMillion = OMITTED
    """As for `pruning.training`."""
    lr: _Positive = OMITTED
    """As for `pruning.training`."""
    clip_norm: _Positive | None = OMITTED
    """As for `pruning.training`."""
    clip_value: _Positive | None = OMITTED
    """As for `pruning.training`."""
    optimizer: _Optimizer = OMITTED
    """As for `pruning.training`."""
    lr_scheduler: _Schedule = OMITTED
    """As for `pruning.training`."""
    early_stopping: EarlyStoppingSettings | None = OMITTED
    """As for `pruning.training`."""
