"""A job of the study that trains networks: what they have in common, and how each is trained."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from sparsernn.data.datasets import read_splits
from sparsernn.data.own_metrics import OwnMetric, own_metrics
from sparsernn.data.splits import validation_split
from sparsernn.data.strings import Strings
from sparsernn.engine.choice import Engine
from sparsernn.files.tables import write_csv
from sparsernn.networks.checkpoints import save_checkpoint
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.seeds import numpy_generator, torch_seed
from sparsernn.training.finished import FinishedNetworks
from sparsernn.training.limits import Limits, memory_errors
from sparsernn.training.loop import Epoch, Hooks, Run, answers, train
from sparsernn.training.outcomes import (
    Answered,
    Outcome,
    history_table,
    networks_table,
    outcome,
)
from sparsernn.training.rates import chosen_rate
from sparsernn.training.ridge import fit_readout, train_by_ridge
from sparsernn.training.settings import Examples, Training
from sparsernn.training.steps import Changing
from sparsernn.wiring.protocol import Ridge, protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["TrainingJob"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingJob:
    """A job that trains networks of one protocol and cell.

    Attributes:
        spec: the settings that its networks depend on: protocol, choices (the protocol's fields),
            cell, seed, root (the study's seed), engine, training (the fields of `Training`), …;
            metrics_of, the task, where its file defines metrics.
        limits: limits of each network.
        inputs: paths, as attributes: strings (the data set), and the graphs or the model to start
            from; where learning rates are chosen, rate and dense_rate, the tables that do.
        outputs: paths, as attributes: models, networks, history.
    """

    spec: Mapping[str, Any]
    limits: Limits
    inputs: Any
    outputs: Any

    @cached_property
    def chosen(self) -> dict[str, float]:
        """Learning rates that were chosen: `rate`, its networks', and `dense_rate`."""
        paths = {name: getattr(self.inputs, name, None) for name in ("rate", "dense_rate")}
        percent = self.spec.get("percent")
        return {name: chosen_rate(path, percent) for name, path in paths.items() if path}

    @cached_property
    def training(self) -> Training:
        """How its networks are trained."""
        return self._training("training", "rate")

    @cached_property
    def dense_training(self) -> Training:
        """How the dense network is trained that a round of pruning starts from."""
        return self._training("dense_training", "dense_rate")

    def _training(self, key: str, rate: str) -> Training:
        given = Training.of(self.spec[key], self.spec["root"], self.one_side)
        return replace(given, lr=self.chosen[rate]) if rate in self.chosen else given

    @cached_property
    def ridge(self) -> Ridge | None:
        """How the read-outs of its networks are trained, if nothing else of them is."""
        return protocol(self.spec["choices"]).ridge

    @cached_property
    def examples(self) -> tuple[Examples, Examples]:
        """The examples to train on, and those to test on.

        Where the `spec` has a `validation` (its share and seed), they are parts of the training
        set.
        """
        train_set, test_set = read_splits(self.inputs.strings)
        if (how := self.spec.get("validation")) is None:
            return train_set, test_set
        return validation_split(train_set, **how, one_side=self.one_side)

    @property
    def one_side(self) -> bool:
        """Whether examples that are alike are on one side of a validation set."""
        return bool(self.spec.get("one_side", False))

    @cached_property
    def learned_from(self) -> Examples:
        """The examples to train on, without those that its training validates on."""
        return self.training.divided(self.examples[0])[0]

    def for_network(self, spec: Mapping[str, Any]) -> "TrainingJob":
        """The job of one of several networks, which differ in settings and not in their data."""
        other = replace(self, spec=spec)
        vars(other)["examples"] = self.examples  # as its cached property, so they are read once
        return other

    def new_network(self, wiring: Wiring, generator: torch.Generator) -> SequenceClassifier:
        """A network of a wiring for the job's examples."""
        outputs, features = self.examples[0].outputs, self.examples[0].features
        how: dict[str, Any] = {"num_classes": outputs, "features": features}
        return SequenceClassifier(wiring, generator=generator, engine=self.spec["engine"], **how)

    def run(self, networks: Callable[[FinishedNetworks], Iterable[Outcome]]) -> None:
        """Train the networks that no earlier run has finished, and write all of them.

        Args:
            networks: a function of what earlier runs have finished, which trains the others.
        """
        finished = FinishedNetworks(self.outputs.models, self.limits)
        outcomes = list(networks(finished))
        save_checkpoint(self.outputs.models, settings=self.spec, networks=outcomes)
        write_csv(networks_table(outcomes), self.outputs.networks)
        write_csv(history_table(outcomes), self.outputs.history)
        finished.close()

    def train_new(
        self, name: str, identity: Mapping[str, Any], build: Callable[[], Wiring]
    ) -> Outcome:
        """Train a new network.

        Args:
            name: the seeds of its weights and of the order of its strings follow from this.
            identity: see `sparsernn.training.outcomes.outcome`.
            build: returns the wiring.
        """
        generator = torch.Generator().manual_seed(torch_seed(self.spec["root"], f"{name}/weights"))
        examples, network = self.examples, None  # read before the memory is limited
        try:
            with self.limited():
                network = self.new_network(build(), generator)
                run = self.train(name, network, examples)
        except MemoryError as error:
            run = Run(status="out_of_memory", reason=f"{error} before training")
        _log.info(f"{name}: {run.status} {run.reason}")
        return self.outcome(identity, network, run)

    def outcome(
        self, identity: Mapping[str, Any], network: SequenceClassifier | None, run: Run
    ) -> Outcome:
        """What came of a network: `sparsernn.training.outcomes.outcome`, its answers looked at."""
        test = self.examples[1]
        wrong, measured = dict[str, int](), dict.fromkeys(self._metrics, math.nan)
        if network is not None and run.history and (test.grammars or measured):
            with self.limited():
                targets, found = answers(network, test, self.training.batch_size)
            wrong = _counted(test.grammars, found != targets) if test.grammars else {}
            for name, metric in self._metrics.items():
                measured[name] = metric.of(targets, found, test.names)
        numbers = test.targets.dtype.kind == "f"
        came = Answered("nrmse" if numbers else "acc", wrong, measured)
        result = outcome(identity, network, run, came)
        return result | {"chosen": self.chosen} if self.chosen else result

    @cached_property
    def _metrics(self) -> dict[str, OwnMetric]:
        """The metrics of the task's file, by their names."""
        return {metric.name: metric for metric in own_metrics(self.spec.get("metrics_of"))}

    def train(
        self,
        name: str,
        network: SequenceClassifier,
        examples: tuple[Examples, Examples],
        changing: Changing | None = None,
    ) -> Run:
        """Train a network in place, or its read-out; the log gets a line for each epoch.

        Args:
            name: the seed of the order of its strings follows from this.
            network: changed in place.
            examples: to train and to test on.
            changing: changes its masks meanwhile; see `sparsernn.training.loop.train`.
        """

        measure = "NRMSE" if examples[0].targets.dtype.kind == "f" else "accuracy"
        epochs = self.training.epochs if self.ridge is None else 1

        def log_epoch(epoch: Epoch) -> None:
            _log.info(
                f"{name}: epoch {epoch.epoch}/{epochs}, "
                f"train loss {epoch.train_loss:.4f}, {measure} {epoch.train_acc:.4f}; "
                f"test {epoch.test_loss:.4f}, {epoch.test_acc:.4f}"
            )

        clock = self.limits.clock()
        if self.ridge is not None:
            run = train_by_ridge(network, examples, self.ridge, self.training.batch_size, clock)
            for epoch in run.history:
                log_epoch(epoch)
            return run
        order = numpy_generator(self.spec["root"], f"{name}/order")
        return train(network, *examples, self.training, order, Hooks(log_epoch, clock, changing))

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Limit the memory of a block that trains a network: beyond it `MemoryError` is raised."""
        if self.limits.megabytes is not None:
            _ = self.training  # torch's optimisers import much, when the settings are checked
            _warm_up(self.spec["cell"], self.spec["engine"], self.ridge)
        with self.limits.bounded(), memory_errors():
            yield


def _counted(grammars: Sequence[str], wrong: npt.NDArray[np.bool_]) -> dict[str, int]:
    """The number of test examples of each grammar or class that a network gets wrong."""
    named = np.array(grammars)
    return {name: int(wrong[named == name].sum()) for name in dict.fromkeys(grammars)}


@cache
def _warm_up(cell: str, engine: Engine, ridge: Ridge | None) -> None:
    """Train a small network, so that all that is needed once is imported, compiled and allocated.

    It must not count as the network's memory; and compilers and BLAS end the process when memory
    runs out.
    """
    wiring = Wiring.dense(cell, input_size=2, hidden_size=2, num_layers=2)
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0), engine=engine)
    strings = Strings.encode(pd.DataFrame({"string": ["AB", "ABC"], "valid": [1, 0]}))
    train(network, strings, strings, Training(1, 2, 0.0, 1.0), np.random.default_rng(0))
    if ridge is not None:
        fit_readout(network, strings, Ridge(1.0))
    square = np.ones((256, 256), np.float32)
    np.matmul(square, square)  # some BLAS take no buffer for small ones
