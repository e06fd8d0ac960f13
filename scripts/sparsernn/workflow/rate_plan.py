"""The plan of a study, its third part: where learning rates are chosen.

Each way to a sparse network, and the dense network, is trained with each rate on a part of the
training set, and judged by the other part. The jobs that do it write a table for each; the jobs of
the study's own networks read from it which rate they have.

Light to import, as every parse of the Snakefile does.
"""

import hashlib
import itertools
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sparsernn.workflow.network_plan import DENSE, MODELS, ROUND, NetworkPlan
from sparsernn.workflow.rounds import Round

__all__ = ["DENSE_RATE", "RATE", "TRIAL", "RatePlan"]

# Below the results. In braces, Snakemake's wildcards.
DENSE_RATE = "rates/{protocol}/{cell}/dense.csv"
RATE = "rates/{protocol}/{cell}/{round}.csv"
TRIAL = "rates/{protocol}/{cell}/seed{seed}/dense"


class RatePlan(NetworkPlan):
    """The networks of a study, and how their learning rates are chosen."""

    @property
    def chooses(self) -> bool:
        """Whether learning rates are chosen."""
        return self.config["pruning"]["choose_rate"] is not None

    @property
    def trial_seeds(self) -> range:
        """The seeds of the networks that are trained with each rate."""
        return range(self.config["pruning"]["choose_rate"]["seeds"] if self.chooses else 0)

    def trial(self, network: Mapping[str, str]) -> dict[str, Any]:
        """What a network depends on that is trained to choose a rate, besides its training.

        Its root is not that of the study, so that no network of the study is one of these.
        """
        how, root = self.config["pruning"]["choose_rate"], self.config["seed"]
        other = int(hashlib.sha256(f"{root}/rates".encode()).hexdigest()[:12], 16)
        given = dict(network.items())
        known = self.network({"seed": "0", **given}, pruning="round" in given)
        return {**known, "root": other, "validation": {"share": how["share"], "seed": root}}

    def trials(self, network: Mapping[str, str]) -> dict[str, Any]:
        """What a choice of a rate depends on."""
        how = self.config["pruning"]["choose_rate"]
        return {**self.trial(network), "rates": how["rates"], "seeds": how["seeds"]}

    def dense_inputs(self, network: Mapping[str, str]) -> dict[str, str]:
        """The files that a dense network starts from, by what they are."""
        return {"strings": self.data, **self._files(network, rate=DENSE_RATE)}

    def round_inputs(self, network: Mapping[str, str]) -> dict[str, str]:
        """The files that a round starts from, by what they are."""
        given = {"strings": self.data, "model": self.pruned_from(network)}
        if not self.chooses:
            return given
        chosen = {**dict(network.items()), "round": self.rated[network["round"]]}
        return given | self._files(chosen, rate=RATE, dense_rate=DENSE_RATE)

    def trial_inputs(self, network: Mapping[str, str]) -> dict[str, str | list[str]]:
        """The files that a choice of a round's rate starts from, by what they are."""
        paths = [
            f"{self.results}/{TRIAL}{MODELS}".format(**network, seed=s) for s in self.trial_seeds
        ]
        files = self._files(network, dense_rate=DENSE_RATE)
        return {"strings": self.data, "models": paths, **files}

    def _files(self, network: Mapping[str, str], **paths: str) -> dict[str, str]:
        """The files of a choice, none where none is made."""
        whole = {name: f"{self.results}/{path}".format(**network) for name, path in paths.items()}
        return whole if self.chooses else {}

    @cached_property
    def rated(self) -> dict[str, str]:
        """For each round, the one whose choice of a rate it takes: its own, or the nearest."""
        how = self.config["pruning"]["choose_rate"] or {}
        wanted = how.get("percents")

        def nearest(this: Round) -> Round:
            alike = [each for each in self.rounds.values() if each.named == this.named]
            known = [each for each in alike if wanted is None or each.percent in wanted] or [this]
            return min(known, key=lambda each: abs(each.percent - this.percent))

        return {name: nearest(round).name for name, round in self.rounds.items()}

    def rate_tables(self) -> list[str]:
        """The tables of all choices."""
        if not self.chooses:
            return []
        cases = itertools.product(self.protocols, self.config["cells"])
        choices = [DENSE_RATE, *(RATE.replace("{round}", name) for name in self._choices)]
        return [
            f"{self.results}/{path}".format(protocol=protocol, cell=cell)
            for protocol, cell in cases
            for path in choices
        ]

    @property
    def _choices(self) -> list[str]:
        return list(dict.fromkeys(self.rated.values()))

    def earlier_epochs(self, name: str) -> int:
        """The epochs of all rounds that a round goes on from."""
        before = next(
            (each for each in self.rounds.values() if each.name == self._before(name)), None
        )
        if before is None:
            return 0
        epochs = before.training.get("epochs", self.config["pruning"]["training"]["epochs"])
        return int(epochs) + self.earlier_epochs(before.name)

    def _before(self, name: str) -> str | None:
        this = self.rounds[name]
        return None if this.before is None else f"{this.named}/{this.before}"

    def cost_inputs(self) -> dict[str, list[str]]:
        """The files that costs are counted from: for each round its model, its log, and that of
        its dense network.
        """
        paths = {"models": f"{ROUND}{MODELS}", "logs": f"{ROUND}.log", "dense": f"{DENSE}.log"}
        return {
            name: self._of_seeds(f"{self.results}/{path}", "pruning", self.rounds)
            for name, path in paths.items()
        }

    def cost_files(self) -> list[str]:
        """The files of criteria, schedules and growth rules that costs depend on."""
        return sorted({file for each in self.rounds.values() for file in each.files})

    def earlier(self) -> list[int]:
        """Of each round in the order of `cost_inputs`, the epochs of those before it."""
        names = self._of_seeds("{round}", "pruning", self.rounds)
        return [self.earlier_epochs(name) for name in names]

    def jobs(self) -> dict[str, int]:
        """The number of jobs of each rule that trains networks or generates graphs."""
        if not self.chooses or not self.has("dense"):
            return super().jobs()
        cases = len(self.protocols) * len(self.config["cells"])
        return {
            **super().jobs(),
            "choose_dense_rate": cases,
            "train_trial": cases * len(self.trial_seeds),
            "choose_rate": cases * len(self._choices),
        }
