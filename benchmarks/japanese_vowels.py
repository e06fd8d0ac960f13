"""Reservoirs on the Japanese vowels: ours beside reservoirpy's, set up as in its tutorial.

    PYTHONPATH=scripts python benchmarks/japanese_vowels.py \
        JapaneseVowels_TRAIN.ts JapaneseVowels_TEST.ts --seeds 10

The two files are those of the UEA archive (timeseriesclassification.com); the PyPI package aeon has
them, too. Nothing is downloaded. reservoirpy comes with envs/requirements-dev.txt. Its tutorial
asks which of nine speakers is heard, in two ways: at every time step, from the reservoir's state
and the input; and once a sequence, from the last state.

Printed are the accuracies on the test set, in percent, for three reservoirs of each seed: run and
fitted by reservoirpy; the same matrices, run and fitted by this library; and matrices that this
library draws.

References:
    M. Kudo, J. Toyama and M. Shimbo, Multidimensional curve classification using passing-through
    regions, Pattern Recognition Letters 20, 1999 (the data); reservoirpy's tutorial 5,
    Classification with reservoir computing (92.826 % of the steps, 87.297 % of the sequences).
"""

import argparse
from typing import Any, NamedTuple

import numpy as np
import torch
from reservoirpy.nodes import Reservoir
from reservoirpy.nodes import Ridge as TheirRidge

from sparsernn import Protocol, RecurrentEdges, Ridge, SequenceClassifier, Wiring, fit_readout
from sparsernn.data.arrays import Arrays
from sparsernn.data.time_series import joined, read_series

UNITS = 500
INPUT_SCALING = 0.5  # about the spread of reservoirpy's input weights, a tenth of which are ±1


class Model(NamedTuple):
    """A model of the tutorial.

    Attributes:
        name: what is classified.
        radius, leak: of the reservoir.
        how: of the read-out.
        reads_inputs: whether the read-out reads the inputs, too.
    """

    name: str
    radius: float
    leak: float
    how: Ridge
    reads_inputs: bool

    @property
    def by_step(self) -> bool:
        """Whether each time step is classified."""
        return self.how.steps == "all"


MODELS = (
    Model("steps", 0.05, 1.0, Ridge(0.1, "all", washout=2), reads_inputs=True),
    Model("sequences", 0.9, 0.1, Ridge(1e-6), reads_inputs=False),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("train", help="JapaneseVowels_TRAIN.ts")
    parser.add_argument("test", help="JapaneseVowels_TEST.ts")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    train, test = joined(read_series(options.train), read_series(options.test)).splits()
    for model in MODELS:
        found = [accuracies(model, train, test, seed) for seed in range(options.seeds)]
        print(f"{model.name}, {options.seeds} seeds: mean, standard deviation, least, largest")
        for name in found[0]:
            values = 100 * np.array([each[name] for each in found])
            shown = values.mean(), values.std(), values.min(), values.max()
            print(f"  {name:30} {' '.join(f'{value:6.2f}' for value in shown)}", flush=True)


def accuracies(model: Model, train: Arrays, test: Arrays, seed: int) -> dict[str, float]:
    """The share of test steps or sequences that each reservoir of a seed gets right."""
    theirs = Reservoir(UNITS, sr=model.radius, lr=model.leak, seed=seed)
    by_them = reservoirpy(model, theirs, train, test)
    return {
        "reservoirpy": by_them,
        "its matrices, this library": sparsernn(model, given(model, theirs), train, test),
        "matrices of this library": sparsernn(model, drawn(model, seed), train, test),
    }


def reservoirpy(model: Model, reservoir: Reservoir, train: Arrays, test: Arrays) -> float:
    """As in the tutorial, its arithmetic and its read-out."""
    found = []
    for part in (train, test):
        states = []
        for values, length in zip(part.values.astype(float), part.lengths, strict=True):
            states.append(reservoir.run(values[:length]))
            reservoir.reset()
            if model.reads_inputs:
                states[-1] = np.concatenate([states[-1], values[:length]], axis=1)
        found.append(states if model.by_step else [one[-1:] for one in states])
    one_hot = np.eye(len(train.names))
    targets = [
        np.repeat(one_hot[[target]], len(rows), axis=0)
        for target, rows in zip(train.targets, found[0], strict=True)
    ]
    read_out = TheirRidge(ridge=model.how.penalty).fit(found[0], targets, warmup=model.how.washout)
    answers = [(rows @ read_out.Wout + read_out.bias).argmax(1) for rows in found[1]]
    truth = np.repeat(test.targets, [len(rows) for rows in found[1]])
    return float((np.concatenate(answers) == truth).mean())


def network_of(model: Model, matrix: Any, generator: torch.Generator) -> SequenceClassifier:
    """A reservoir without biases that reads the values themselves, in double precision.

    Args:
        model: its leak and spectral radius are taken.
        matrix: (i, j) is the weight from i to j.
        generator: source of the input weights.
    """
    edges = RecurrentEdges(
        weights="fixed",
        spectral_radius=model.radius,
        input_scaling=INPUT_SCALING,
        leak=model.leak,
    )
    wiring = Wiring.from_graph(matrix, "rnn_tanh", Protocol(embedding_size=12, edges=edges))
    if model.reads_inputs:
        slots = np.arange(wiring.slots)
        wiring = Wiring("rnn_tanh", 12, wiring.vertices, wiring.blocks, slots)
    options: dict[str, Any] = {"num_classes": 9, "features": 12, "bias": False}
    network = SequenceClassifier(wiring, generator=generator, engine="torch", **options).double()
    with torch.no_grad():
        weight, bias = network.embedding.parameters()
        weight.copy_(torch.eye(12))
        bias.zero_()
    return network


def drawn(model: Model, seed: int) -> SequenceClassifier:
    """Normal recurrent weights on a tenth of all edges; all units hear all inputs."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(UNITS, UNITS)) * (rng.random((UNITS, UNITS)) < 0.1)
    return network_of(model, matrix, torch.Generator().manual_seed(seed))


def given(model: Model, reservoir: Reservoir) -> SequenceClassifier:
    """The matrices of a reservoir of reservoirpy that has run."""
    weights = {
        "weight_hh": reservoir.W.toarray(),
        "weight_ih": reservoir.Win.toarray(),
    }
    network = network_of(model, weights["weight_hh"].T, torch.Generator().manual_seed(0))
    with torch.no_grad():
        for name, values in weights.items():
            network.recurrent.blocks[0].get_parameter(name).copy_(torch.from_numpy(values))
    return network


def sparsernn(model: Model, network: SequenceClassifier, train: Arrays, test: Arrays) -> float:
    """Fitted and evaluated by this library."""
    double = [
        Arrays(part.values.astype(float), part.lengths, part.targets, part.names)
        for part in (train, test)
    ]
    fit_readout(network, double[0], model.how)
    [batch] = double[1].batches(len(test))
    inputs, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    with torch.no_grad():
        outputs = (network.steps if model.by_step else network)(inputs, lengths)
    right = outputs.argmax(-1).numpy() == batch.targets
    if not model.by_step:
        return float(right.mean())
    reached = np.arange(len(right))[:, None] < batch.lengths
    return float(right[reached].mean())


if __name__ == "__main__":
    main()
