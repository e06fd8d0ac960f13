"""The plan of a study, its third part: where learning rates are chosen.

Each way to a sparse network, and the dense network, is trained with each rate on a part of the
training set, and judged by the other part. The jobs that do it write a table for each; the jobs of
the study's own networks read from it which rate they have.

Light to import, as every parse of the Snakefile does.
"""

import hashlib
import itertools
from collections.abc import Mapping
from typing import Any

from sparsernn.workflow.network_plan import DENSE, MODELS, WAY, NetworkPlan

__all__ = ["DENSE_RATE", "RATE", "TRIAL", "RatePlan"]

# Below the results. In braces, Snakemake's wildcards.
DENSE_RATE = "rates/{protocol}/{cell}/dense.csv"
RATE = "rates/{protocol}/{cell}/{way}.csv"
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
        known = self.network({"seed": "0", **given}, pruning="way" in given)
        return {**known, "root": other, "validation": {"share": how["share"], "seed": root}}

    def trials(self, network: Mapping[str, str]) -> dict[str, Any]:
        """What a choice of a rate depends on."""
        how = self.config["pruning"]["choose_rate"]
        return {**self.trial(network), "rates": how["rates"], "seeds": how["seeds"]}

    def dense_inputs(self, network: Mapping[str, str]) -> dict[str, str]:
        """The files that a dense network starts from, by what they are."""
        return {"strings": self.data, **self._files(network, rate=DENSE_RATE)}

    def way_inputs(self, network: Mapping[str, str]) -> dict[str, str]:
        """The files that a way to prune starts from, by what they are."""
        dense = f"{self.results}/{DENSE}{MODELS}".format(**network)
        rates = self._files(network, rate=RATE, dense_rate=DENSE_RATE)
        return {"strings": self.data, "model": dense, **rates}

    def trial_inputs(self, network: Mapping[str, str]) -> dict[str, str | list[str]]:
        """The files that a choice of a way's rates starts from, by what they are."""
        paths = [
            f"{self.results}/{TRIAL}{MODELS}".format(**network, seed=s) for s in self.trial_seeds
        ]
        files = self._files(network, dense_rate=DENSE_RATE)
        return {"strings": self.data, "models": paths, **files}

    def _files(self, network: Mapping[str, str], **paths: str) -> dict[str, str]:
        """The files of a choice, none where none is made."""
        whole = {name: f"{self.results}/{path}".format(**network) for name, path in paths.items()}
        return whole if self.chooses else {}

    def rated(self, name: str) -> dict[str, Any]:
        """What the trials of a way depend on, as `way_spec`: its percentages are those at which a
        rate is chosen, all if it has none of these.
        """
        spec, how = self.way_spec(name), self.config["pruning"]["choose_rate"]
        wanted = how.get("percents", spec["percents"])
        known = [percent for percent in spec["percents"] if percent in wanted]
        return spec | {"percents": known or spec["percents"]}

    def rate_tables(self) -> list[str]:
        """The tables of all choices."""
        if not self.chooses:
            return []
        cases = itertools.product(self.protocols, self.config["cells"])
        choices = [DENSE_RATE, *(RATE.replace("{way}", name) for name in self.ways)]
        return [
            f"{self.results}/{path}".format(protocol=protocol, cell=cell)
            for protocol, cell in cases
            for path in choices
        ]

    def cost_inputs(self) -> dict[str, list[str]]:
        """The files that costs are counted from: of each way its models, its log, and the log of
        its dense network.
        """
        paths = {"models": f"{WAY}{MODELS}", "logs": f"{WAY}.log", "dense": f"{DENSE}.log"}
        return {
            name: self._of_seeds(f"{self.results}/{path}", "pruning", self.ways)
            for name, path in paths.items()
        }

    def cost_files(self) -> list[str]:
        """The files of criteria, schedules and growth rules that costs depend on."""
        return sorted({file for way in self.ways.values() for file in way.files})

    def jobs(self) -> dict[str, int]:
        """The number of jobs of each rule that trains networks or generates graphs."""
        if not self.chooses or not self.has("dense"):
            return super().jobs()
        cases = len(self.protocols) * len(self.config["cells"])
        return {
            **super().jobs(),
            "choose_dense_rate": cases,
            "train_trial": cases * len(self.trial_seeds),
            "choose_rate": cases * len(self.ways),
        }
