"""Reservoirs: networks whose read-out alone is trained, by ridge regression.

References:
    M. Lukoševičius and H. Jaeger, Reservoir computing approaches to recurrent neural network
    training, Computer Science Review 3, 2009.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from sparsernn.data.strings import Batch, is_of_steps
from sparsernn.errors import InputError, cause
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.limits import memory_errors
from sparsernn.training.loop import STATUSES, Epoch, Run, evaluate
from sparsernn.training.settings import Examples
from sparsernn.wiring.protocol import Ridge

__all__ = ["fit_readout", "train_by_ridge"]

Array = npt.NDArray[Any]


def fit_readout(
    network: SequenceClassifier,
    examples: Examples,
    how: Ridge,
    batch_size: int = 256,
    clock: Callable[[], None] = lambda: None,
) -> None:
    """Fit the read-out of a network by ridge regression, in place; all else of it is frozen.

    Args:
        network: a reservoir; its read-out layer gets other weights.
        examples: sequences with classes or numbers, of whole sequences or of their steps.
        how: penalty, and which states are fitted.
        batch_size: sequences that are run together; it changes no result, but for rounding.
        clock: called before each batch; raises `TimeoutError` when time is up.

    Raises:
        InputError: the washout leaves no state to be fitted, or scikit-learn is missing.
        FloatingPointError: a state is not finite.

    Example:
        >>> import numpy as np, torch
        >>> from sparsernn import Protocol, RecurrentEdges, Ridge, SequenceClassifier, Wiring
        >>> from sparsernn import fit_readout
        >>> from sparsernn.data.arrays import Arrays
        >>> rng = np.random.default_rng(0)
        >>> values = rng.normal(size=(30, 12, 1)).astype(np.float32)  # 30 sequences of 12 steps
        >>> echo = np.concatenate([np.zeros_like(values[:, :2]), values[:, :-2]], axis=1)
        >>> edges = RecurrentEdges(weights="fixed", spectral_radius=0.9, input_scaling=0.1)
        >>> matrix = rng.normal(size=(50, 50))  # (i, j): from i to j
        >>> wiring = Wiring.from_graph(matrix, "rnn_tanh", Protocol(edges=edges, embedding_size=1))
        >>> network = SequenceClassifier(wiring, num_classes=1, features=1)
        >>> fit_readout(network, Arrays(values, np.full(30, 12), echo), Ridge(1e-6))
        >>> inputs = torch.tensor(values).transpose(0, 1)  # (T, B, features)
        >>> error = network.steps(inputs, [12] * 30) - torch.tensor(echo).transpose(0, 1)
        >>> bool(error.square().mean() < 0.1)  # it recalls what was two steps before
        True
    """
    linear_model = _scikit_learn()
    by_step = is_of_steps(examples.targets) or how.steps == "all"
    if how.washout and not by_step:
        raise InputError(
            f"ridge: washout is {how.washout}, but one state of each sequence is fitted; expected "
            "0. Write 0, or fit the states of all steps: steps='all'."
        )
    states, targets = [], []
    for number, batch in enumerate(examples.batches(batch_size), start=1):
        clock()
        rows, wanted = _steps(network, batch, how.washout) if by_step else _ends(network, batch)
        if not np.isfinite(rows).all():
            raise FloatingPointError(f"states not finite at batch {number}")
        states.append(rows)
        targets.append(_numbers(wanted, network.out.out_features))
    if not sum(map(len, states)):
        raise InputError(
            f"ridge: washout is {how.washout}, but no sequence has more than "
            f"{examples.lengths.max()} steps, so nothing is left to be fitted. Lower the washout."
        )
    out = network.out
    ridge = linear_model.Ridge(how.penalty, fit_intercept=out.bias is not None)
    ridge.fit(np.concatenate(states), np.concatenate(targets))
    network.requires_grad_(False)
    out.requires_grad_(True)
    with torch.no_grad():
        out.weight.copy_(torch.from_numpy(ridge.coef_))
        if out.bias is not None:
            out.bias.copy_(torch.from_numpy(ridge.intercept_))


def train_by_ridge(
    network: SequenceClassifier,
    examples: tuple[Examples, Examples],
    how: Ridge,
    batch_size: int,
    clock: Callable[[], None] = lambda: None,
) -> Run:
    """Fit the read-out of a network in place, and evaluate the network: a run of one epoch.

    States that are not finite, a lack of memory and a time limit end it as they end
    `sparsernn.training.loop.train`: the run's status says why.

    Args:
        network: changed in place.
        examples: to train and to test on.
        how: penalty, and which states are fitted.
        batch_size: sequences that are run together.
        clock: see `fit_readout`.
    """
    try:
        with memory_errors():
            fit_readout(network, examples[0], how, batch_size, clock)
            train, test = (evaluate(network, part, batch_size) for part in examples)
        if not np.isfinite(test[0]):
            raise FloatingPointError(f"test loss became {test[0]}")
    except tuple(STATUSES) as error:
        return Run(status=STATUSES[type(error)], reason=f"{error}")
    return Run([Epoch(1, *train, *test)])


def _scikit_learn() -> Any:
    try:
        from sklearn import linear_model
    except ImportError as error:
        raise InputError(
            f"ridge regression needs scikit-learn, which can't be imported ({cause(error)}). "
            "Install it with pip install scikit-learn."
        ) from None
    return linear_model


def _ends(network: SequenceClassifier, batch: Batch) -> tuple[Array, Array]:
    """(B, outputs) the state of each sequence that is read out, and its target."""
    with torch.no_grad():
        states = network.states(torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths))
    return states.numpy().astype(np.float64), batch.targets


def _steps(network: SequenceClassifier, batch: Batch, washout: int) -> tuple[Array, Array]:
    """(M, outputs) the state of each step after the washout, and its target."""
    inputs, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    with torch.no_grad():
        states = network.states(inputs, lengths, every_step=True).numpy()
    step = np.arange(len(states))[:, None]
    fitted = (step >= washout) & (step < batch.lengths)  # (T, B)
    targets = batch.targets
    if not batch.of_steps:
        targets = np.broadcast_to(targets, (len(states), *targets.shape))
    return states[fitted].astype(np.float64), targets[fitted]


def _numbers(targets: Array, outputs: int) -> Array:
    """(M, outputs) numbers to be fitted: of a class 1 at its place, and 0 at the others."""
    return targets if targets.dtype.kind == "f" else np.eye(outputs)[targets]
