"""What a way to a sparse network costs: training steps, and multiply-adds of its trainings.

Both follow from the settings and from the number of weights; nothing is measured. For each weight
that exists at a step in time, three multiply-adds are counted: to run the network, to send the
gradient back through the weight, and for the weight's own gradient. All trainings count that a way
needs, that of the dense network too if it starts from it or finds its mask in it; and dense
gradients, where a growth rule asks for them. Tests do not count, nor do the scores of criteria,
except for the epochs of training that a criterion takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from sparsernn import plugins
from sparsernn.data.strings import is_of_steps
from sparsernn.networks.checkpoints import load_checkpoint
from sparsernn.networks.nonzeros import counted
from sparsernn.pruning.dynamic import Dynamic
from sparsernn.pruning.gradual import Gradual, last_step
from sparsernn.pruning.methods import Method
from sparsernn.training.settings import Examples
from sparsernn.wiring.wiring import Wiring

__all__ = ["Epochs", "costs_of_way", "dense_epochs"]

_PASSES = 3  # multiply-adds of a weight in a step of training


@dataclass(frozen=True)
class Epochs:
    """The size of an epoch.

    Attributes:
        examples: sequences.
        letters: steps in time of all sequences.
        answers: times that the network is read out.
    """

    examples: int
    letters: int
    answers: int

    @classmethod
    def of(cls, examples: Examples) -> "Epochs":
        """The size of a training set."""
        letters = int(examples.lengths.sum())
        answers = letters if is_of_steps(examples.targets) else len(examples)
        return cls(len(examples), letters, answers)

    def steps(self, training: Mapping[str, Any]) -> int:
        """The number of training steps in an epoch."""
        return -(-self.examples // int(training["batch_size"]))


def _needs_dense(spec: Mapping[str, Any]) -> bool:
    """Whether a way uses the dense network that was trained, and not only initial weights."""
    if spec.get("method") is None:
        return bool(spec["start"] != "small")
    method = Method(**spec["method"])
    return method.labels == "true" and "trained" in _states(method)


def dense_epochs(spec: Mapping[str, Any], whole: int) -> int:
    """The epochs of dense networks that a way needs.

    Args:
        spec: of the way's job.
        whole: the epochs of the dense training.

    Example:
        >>> ways = [{"start": 1}, {"find": 0, "start": 0}, {"start": 1, "labels": "shuffled"}]
        >>> [dense_epochs({"method": way}, 20) for way in ways]
        [20, 0, 21]
    """
    if spec.get("method") is None:
        return whole if _needs_dense(spec) else 0
    method = Method(**spec["method"])
    epochs = [_epochs(state, whole) for state in _states(method)]
    return sum(epochs) if method.labels == "shuffled" else max(epochs)


def _states(method: Method) -> list[Any]:
    """The states of dense networks that a way needs."""
    found = [] if method.gradual or method.start == "small" else [method.find]
    return [method.start, *found]


def _epochs(state: Any, whole: int) -> int:
    return {"trained": whole, "new": 0, "small": 0}.get(state, state)


def costs_of_way(path: str | PathLike[str], examples: Examples, dense: int) -> list[dict[str, Any]]:
    """The non-zeros of each network in the file of a way to prune, and what the network cost.

    Args:
        path: a file of `sparsernn.pruning.rounds.prune_in_rounds`.
        examples: the training set.
        dense: epochs of the dense training.

    Returns:
        For each percentage identity; keys (of `sparsernn.training.finished`: of the rounds that it
        takes); first_lr (the learning rate, at first); dense (whether it uses the dense network
        that was trained); steps; the counts of `sparsernn.networks.nonzeros`, the total as
        `nonzeros`; and operations. Of a network that could not be built, the last two are left out.
    """
    checkpoint = load_checkpoint(path)
    spec, networks = checkpoint["settings"], checkpoint["networks"]
    epoch, whole = Epochs.of(examples), Wiring.dense(spec["cell"], **spec["size"]).weights
    epochs = dense_epochs(spec, dense)
    start = _Spent(epochs * epoch.steps(spec["training"]), float(epochs * whole), float(epochs))
    rows, spent, weights, keys = [], start, whole, list[str]()
    for entry in networks:
        if not spec["iterative"]:
            spent, weights, keys = start, whole, []
        spent, keys = spent + _of_round(spec, entry, epoch, whole, weights), [*keys, entry["key"]]
        weights = entry["weights"]
        rows.append({"keys": keys} | _row(spec, entry, epoch, spent))
    return rows


@dataclass(frozen=True)
class _Spent:
    """What trainings cost: steps; the sum over their epochs of the weights; and the epochs."""

    steps: int
    weights: float
    epochs: float

    def __add__(self, other: "_Spent") -> "_Spent":
        return _Spent(
            self.steps + other.steps, self.weights + other.weights, self.epochs + other.epochs
        )


def _of_round(
    spec: Mapping[str, Any], entry: Mapping[str, Any], epoch: Epochs, whole: int, weights: int
) -> _Spent:
    """What a round costs that starts from a network of so many weights.

    Gradients of the `whole` dense network count as an epoch's, by their share of its steps.
    """
    steps, scored, epochs = epoch.steps(spec["training"]), _of_criterion(spec), _epochs_of(entry)
    own = _mean_weights(spec, weights, entry["weights"], steps * epochs)
    dense = _dense_gradients(spec, steps) / steps * whole if epochs else 0.0
    taken = scored + epochs
    return _Spent(steps * taken, scored * weights + epochs * own + dense, taken)


def _row(
    spec: Mapping[str, Any], entry: Mapping[str, Any], epoch: Epochs, spent: _Spent
) -> dict[str, Any]:
    """The row of a network, with what it and all that it needs have cost."""
    rate = entry.get("chosen", {}).get("rate", spec["training"]["lr"])
    row = {**entry["identity"], "first_lr": rate, "dense": _needs_dense(spec), "steps": spent.steps}
    if "state_dict" not in entry:
        return row
    state = entry["state_dict"]
    counts = counted(state)
    row |= {"nonzeros": counts.pop("total"), **counts}
    fixed = epoch.answers * state["out.weight"].numel()
    if "embedding.bias" in state:  # a linear layer, where letters would be looked up
        fixed += epoch.letters * state["embedding.weight"].numel()
    sums = epoch.letters * spent.weights + spent.epochs * fixed
    return row | {"operations": _PASSES * sums}


def _epochs_of(entry: Mapping[str, Any]) -> int:
    """The epochs of a network's training that were run."""
    return max((int(number) for number, *_ in entry["history"]), default=0)


def _of_criterion(spec: Mapping[str, Any]) -> int:
    method = spec.get("method") or {}
    criterion = spec["criterion"] if spec.get("method") is None else method.get("criterion")
    return 0 if criterion is None else int(plugins.literal("criteria", criterion, "EPOCHS") or 0)


def _mean_weights(spec: Mapping[str, Any], first: int, left: int, steps: int) -> float:
    """The mean over the steps of a training of the weights that exist."""
    method = Method(**(spec.get("method") or {}))
    if not method.gradual or not steps:
        return left
    how = Gradual(**method.gradual)
    share, last = plugins.function("schedules", how.schedule), last_step(how.until, steps)
    prunings = [step for step in range(how.every, last, how.every) if step < last]
    shares = [0.0, *(float(share(step / last)) for step in prunings), 1.0]
    ends = [0, *prunings, last, steps]
    weights = first - np.array(shares) * (first - left)
    return float(weights @ np.diff(ends)) / steps


def _dense_gradients(spec: Mapping[str, Any], steps: int) -> int:
    """The number of batches of which a growth rule takes the gradient of all weights."""
    method = Method(**(spec.get("method") or {}))
    if not method.growth:
        return 0
    how = Dynamic(**method.growth)
    if "gradients" not in plugins.parameters("growth", how.rule):
        return 0
    every = how.every or int(plugins.literal("growth", how.rule, "EVERY") or 100)
    return last_step(how.until, steps * int(spec["training"]["epochs"])) // every
