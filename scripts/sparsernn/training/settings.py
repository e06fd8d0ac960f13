"""How a network is trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sparsernn.data.arrays import Arrays
from sparsernn.data.splits import validation_split
from sparsernn.data.strings import Strings
from sparsernn.engine.clipping import Clip
from sparsernn.training.optimisers import ADAM, check

__all__ = ["EarlyStopping", "Examples", "Training"]

Examples: TypeAlias = Strings | Arrays


@dataclass(frozen=True)
class EarlyStopping:
    """When a training ends before its last epoch: its weights are those of its best epoch.

    The best epoch is the one with the lowest loss on a validation set, which is taken out of the
    training set; see `sparsernn.data.splits.validation_split`.

    Attributes:
        share: of the training set that is held out, above 0 and below 1.
        patience: the training ends after so many epochs in a row that are no better than the best.
            None: it goes on to its last epoch, and has the weights of that; the validation set is
            for a schedule that asks for its loss.
        seed: of the share; that of the study.
        one_side: whether examples that are alike are all held out, or none of them.
    """

    share: float
    patience: int | None
    seed: int = 0
    one_side: bool = False


@dataclass(frozen=True)
class Training:
    """How a network is trained.

    Attributes:
        epochs: passes over the training set.
        batch_size: strings in a step, in training and in evaluation.
        lr: learning rate of the optimiser.
        clip_norm: longer gradients are scaled down to this norm; None scales none.
        clip_value: larger numbers of a gradient are cut to this, before its norm is; None cuts
            none.
        optimizer: the `name` of a class of `torch.optim`, and its options.
        lr_scheduler: the `name` of a class of `torch.optim.lr_scheduler`, and its options. It is
            stepped after each epoch. None: the learning rate stays.
        early_stopping: when the training ends early; None: never.

    Raises:
        InputError: torch has no such optimiser or schedule, or it has no such option.

    Example:
        >>> optimizer = {"name": "AdamW", "weight_decay": 0.01}
        >>> halved = {"name": "StepLR", "step_size": 10, "gamma": 0.5}
        >>> how = Training(30, 32, 0.001, None, optimizer=optimizer, lr_scheduler=halved)
        >>> how.clip
        Clip(norm=None, value=None)
    """

    epochs: int
    batch_size: int
    lr: float
    clip_norm: float | None
    clip_value: float | None = None
    optimizer: Mapping[str, Any] = field(default_factory=lambda: dict(ADAM))
    lr_scheduler: Mapping[str, Any] | None = None
    early_stopping: EarlyStopping | None = None

    def __post_init__(self) -> None:
        if self.optimizer != ADAM or self.lr_scheduler is not None:
            validated = self.early_stopping is not None
            check(self.optimizer, self.lr_scheduler, self.lr, self.epochs, validated)

    @classmethod
    def of(cls, settings: Mapping[str, Any], seed: int, one_side: bool = False) -> "Training":
        """From the settings of a configuration.

        Args:
            settings: the fields, `early_stopping` as a mapping of its own.
            seed: root of the random numbers of the study.
            one_side: whether examples that are alike are on one side of a validation set.
        """
        early = settings.get("early_stopping")
        early = None if early is None else EarlyStopping(**early, seed=seed, one_side=one_side)
        return cls(**{**settings, "early_stopping": early})

    def until(self, epoch: int) -> "Training":
        """The same training, ended after an epoch, with the weights that it has then."""
        if epoch == self.epochs:
            return self
        early = self.early_stopping
        early = None if early is None else replace(early, patience=None)
        return replace(self, epochs=epoch, early_stopping=early)

    @property
    def clip(self) -> Clip:
        """Limits of the gradient."""
        return Clip(self.clip_norm, self.clip_value)

    def divided(self, examples: Examples) -> tuple[Examples, Examples | None]:
        """The training examples to learn from, and those to validate on, if there are any."""
        if self.early_stopping is None:
            return examples, None
        how = self.early_stopping
        return validation_split(examples, how.share, how.seed, how.one_side)

    def steps(self, examples: Examples) -> int:
        """The number of steps of a training on these examples, if none are held out any more."""
        return self.epochs * -(-len(examples) // self.batch_size)
