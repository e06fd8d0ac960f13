"""The plan of a study, its first part: strings, families of graphs and their null models.

Light to import, as every parse of the Snakefile does. Only `user_graphs` looks at files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sparsernn import plugins
from sparsernn.data.own_names import metric_names
from sparsernn.files.graphml import graph_files

__all__ = ["GraphPlan", "Null", "null_families", "user_graphs"]


class Null(NamedTuple):
    """A null model of the graphs of a family: that family, the model, and copies of each graph."""

    original: str
    null: str
    copies: int


def user_graphs(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """The files of each family that is a user's folder of graphs, by family."""
    return {
        name: graph_files(family["folder"], family["generator"])
        for name, family in config["graphs"]["families"].items()
        if "folder" in family
    }


def null_families(name: str, family: Mapping[str, Any]) -> dict[str, Null]:
    """The families of a family's null models: each has copies of each graph of the family.

    In tables every copy is a family of its own, with the number of the copy after the name.
    """
    nulls = family.get("nulls", {}).items()
    return {f"{name}_{null}": Null(name, null, copies) for null, copies in nulls}


@dataclass(frozen=True)
class GraphPlan:
    """The strings and graphs of a study.

    Args:
        config: the settings, checked and in canonical form.
        graphs: of `user_graphs`.
    """

    config: Mapping[str, Any]
    graphs: Mapping[str, Sequence[str]]

    @property
    def results(self) -> str:
        """The folder of all results."""
        return str(self.config["results"]).rstrip("/")

    def table(self, name: str) -> str:
        """A table of results, by its path without ending; "data" is the data set, of any form."""
        return self.data if name == "data" else f"{self.results}/{name}.csv"

    @property
    def task(self) -> str | None:
        """The task that the study is about; None: strings of the Reber grammar, or a user's own."""
        task = self.config["dataset"]["task"]
        return None if task is None else task["name"]

    def of_task(self, constant: str) -> str:
        """What the file of the task says of it: its `INPUTS`, or its `TARGETS`."""
        if self.task is None:
            return {"INPUTS": "letters", "TARGETS": "classes"}[constant]
        return plugins.literal("tasks", self.task, constant)

    @property
    def has_accuracy(self) -> bool:
        """Whether networks answer right or wrong, and don't predict numbers."""
        return self.of_task("TARGETS") != "numbers"

    @property
    def right(self) -> str:
        """What an accuracy is a share of, in words."""
        if self.of_task("TARGETS") == "next_symbol":
            return "symbols predicted correctly"
        examples = "strings" if self.of_task("INPUTS") == "letters" else "sequences"
        return f"{examples} classified correctly"

    @property
    def data(self) -> str:
        """The file of the data set: a table of strings, or arrays of numbers."""
        letters = self.of_task("INPUTS") == "letters"
        return f"{self.results}/data/{'strings.csv' if letters else 'arrays.npz'}"

    @property
    def dataset(self) -> dict[str, Any]:
        """The settings that the data depend on: with a task or a user's own, nothing is sampled."""
        dataset = self.config["dataset"]
        if dataset["task"] is not None:
            return {key: dataset[key] for key in ("task", "test_share", "duplicates")}
        sampled = ("n_valid", "decoys", "min_length") if dataset["strings"] is None else ()
        used = [*sampled, "strings", "test_share", "derive"]
        used += ["duplicates"] if dataset["duplicates"] != "keep" else []
        return {key: dataset[key] for key in sorted(used)}

    @property
    def task_files(self) -> list[str]:
        """The file that draws the task, if there is one."""
        return [plugins.file("tasks", self.task)] if self.task else []

    @property
    def metric_files(self) -> list[str]:
        """The task's file, if it defines metrics, which networks then are measured by."""
        return self.task_files if metric_names(self.task) else []

    @property
    def user_strings(self) -> list[str]:
        """The user's files of strings or for the task, if there are any."""
        if (path := self.config["dataset"]["strings"]) is not None:
            return [path]
        known = plugins.literal("tasks", self.task, "PARAMETERS") or {} if self.task else {}
        files = [name for name, parameter in known.items() if parameter["type"] == "file"]
        task = self.config["dataset"]["task"]
        return [task[name] for name in files if name in task]

    def sources(self, configfiles: Sequence[str]) -> list[str]:
        """The files that a study starts from: its configuration, a user's strings and graphs."""
        graphs = [path for files in self.graphs.values() for path in files]
        return [*configfiles, *self.user_strings, *graphs]

    @cached_property
    def families(self) -> dict[str, Mapping[str, Any]]:
        """The families that have graphs, with their settings; those of null models come last."""
        drawn = self._drawn
        return drawn | {name: drawn[null.original] for name, null in self.nulls.items()}

    @cached_property
    def nulls(self) -> dict[str, Null]:
        """The families of null models."""
        found = (null_families(name, family) for name, family in self._drawn.items())
        return {name: null for nulls in found for name, null in nulls.items()}

    @cached_property
    def _drawn(self) -> dict[str, Mapping[str, Any]]:
        families = self.config["graphs"]["families"].items()
        return {name: family for name, family in families if family.get("count") != 0}

    def original(self, family: str) -> str:
        """The family itself, or the one that it is a null model of."""
        return self.nulls[family].original if family in self.nulls else family

    def own(self, family: str) -> bool:
        """Whether the graphs of a family are, or are null models of, a user's files."""
        return self.original(family) in self.graphs

    def count(self, family: str) -> int:
        """Number of graphs of a family."""
        copies = self.nulls[family].copies if family in self.nulls else 1
        return copies * self._drawn_count(family)

    def _drawn_count(self, family: str) -> int:
        """Number of graphs of a family itself, or of the one that it is a null model of."""
        files = self.graphs.get(self.original(family), ())
        return int(self.families[family].get("count", len(files)))

    def shards(self, family: str) -> range:
        """Numbers of a family's shards: shard s holds the graphs from s * shard_size on."""
        return range(-(-self.count(family) // self.config["shard_size"]))

    def graphs_of(self, family: str, shard: str) -> list[tuple[int | None, int]]:
        """The graphs of a shard: of a null model, which copy of which graph; else None and which.

        One copy of every graph comes before the next, so that adding copies changes no full shard.
        """
        size, graphs = self.config["shard_size"], self._drawn_count(family)
        start = int(shard) * size
        numbers = range(start, min(start + size, self.count(family)))
        null = family in self.nulls
        return [(number // graphs if null else None, number % graphs) for number in numbers]

    def user_graphs_of(self, family: str, shard: str) -> list[str]:
        """The user's files that the graphs of a shard are read from."""
        files = self.graphs.get(self.original(family), ())
        wanted = sorted({index for _, index in self.graphs_of(family, shard)})
        return [files[index] for index in wanted] if files else []

    def family_settings(self, family: str) -> dict[str, Any]:
        """What each graph of a family depends on: its settings, without the number of graphs."""
        settings = self.families[family].items()
        return {
            "family": family,
            "original": self.original(family),
            "null": self.nulls[family].null if family in self.nulls else None,
            "settings": {key: value for key, value in settings if key not in ("count", "nulls")},
        }

    def generators(self, family: str) -> list[str]:
        """The files of a family's random model and null model, if it has them."""
        generator = self.families[family]["generator"]
        files = [] if self.own(family) else [plugins.file("families", generator)]
        nulls = [self.nulls[family].null] if family in self.nulls else []
        return [*files, *(plugins.file("nulls", null) for null in nulls)]

    def graph_folders(self) -> list[str]:
        """The folders of all shards of graphs."""
        return [
            f"{self.results}/graphs/{family}/shard{shard}"
            for family in self.families
            for shard in self.shards(family)
        ]
