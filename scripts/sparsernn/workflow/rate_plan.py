"""The plan of a study, its third part: where learning rates are chosen.

For each dense network of the study, and for each way to prune it, another network is trained with
each rate on a part of the training set, and judged by the other part. The jobs that do it write a
table for each; the jobs of the study's own networks read from it which rate they have.

Light to import, as every parse of the Snakefile does.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from sparsernn.workflow.network_plan import DENSE, MODELS, WAY, NetworkPlan

__all__ = ["DENSE_RATE", "RATE", "TRIAL", "RatePlan"]

# Below the results. In braces, Snakemake's wildcards.
DENSE_RATE = "rates/{protocol}/{cell}/seed{seed}/dense.csv"
RATE = "rates/{protocol}/{cell}/seed{seed}/{way}.csv"
TRIAL = "rates/{protocol}/{cell}/seed{seed}/dense"


class RatePlan(NetworkPlan):
    """The networks of a study, and how their learning rates are chosen."""

    @property
    def chooses(self) -> bool:
        """Whether learning rates are chosen."""
        return self.config["pruning"]["choose_rate"] is not None

    def trial(self, network: Mapping[str, str]) -> dict[str, Any]:
        """What a network depends on that is trained to choose a rate, besides its training.

        Its root is not that of the study, so that no network of the study is one of these; and each
        has a validation set of its own, so that choices differ by all that chance does.
        """
        share, root = self.config["pruning"]["choose_rate"]["share"], self.config["seed"]
        given = dict(network.items())
        validation = {"share": share, "seed": _seed(f"{root}/validation/{given['seed']}")}
        known = self.network(given, pruning="way" in given)
        return {**known, "root": _seed(f"{root}/rates"), "validation": validation}

    def trials(self, network: Mapping[str, str]) -> dict[str, Any]:
        """What a choice of a rate depends on."""
        how = self.config["pruning"]["choose_rate"]
        return {**self.trial(network), "rates": how["rates"]}

    def dense_inputs(self, network: Mapping[str, str]) -> dict[str, str]:
        """The files that a dense network starts from, by what they are."""
        return {"strings": self.data, **self._files(network, rate=DENSE_RATE)}

    def way_inputs(self, network: Mapping[str, str]) -> dict[str, str]:
        """The files that a way to prune starts from, by what they are."""
        dense = f"{self.results}/{DENSE}{MODELS}".format(**network)
        rates = self._files(network, rate=RATE, dense_rate=DENSE_RATE)
        return {"strings": self.data, "model": dense, **rates}

    def trial_inputs(self, network: Mapping[str, str]) -> dict[str, str]:
        """The files that a choice of a way's rates starts from, by what they are."""
        files = self._files(network, model=f"{TRIAL}{MODELS}", dense_rate=DENSE_RATE)
        return {"strings": self.data, **files}

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
        dense = self._of_seeds(f"{self.results}/{DENSE_RATE}", "dense", [""])
        return [*dense, *self._of_seeds(f"{self.results}/{RATE}", "pruning", self.ways)]

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
        jobs = super().jobs()
        return {
            **jobs,
            "choose_dense_rate": jobs["train_dense"],
            "train_trial": jobs["prune"] // len(self.ways),
            "choose_rate": jobs["prune"],
        }


def _seed(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest()[:12], 16)
