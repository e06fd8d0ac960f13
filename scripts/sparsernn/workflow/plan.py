"""The plan of a study: from its settings to the lists of work that the rules of the workflow do.

Light to import, as every parse of the Snakefile does. Only `user_graphs` looks at files, so that a
plan can be tested without running anything.
"""

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from sparsernn import plugins
from sparsernn.analysis.designs import levels, runs_of
from sparsernn.engine.choice import engine_of
from sparsernn.files.graphml import graph_files
from sparsernn.thesis.repository import CELLS as THESIS_CELLS
from sparsernn.thesis.repository import NETWORK_KINDS

__all__ = ["CONTROLS", "DENSE", "MODELS", "PARTS", "ROUND", "SHARD", "SWEEP"]
__all__ += ["TABLES", "Null", "Plan", "Round", "design_variants", "given_tables"]
__all__ += ["null_families", "user_graphs"]

# Where a file of networks is below the results, without ending. In braces, Snakemake's wildcards.
SHARD = "sparse/{protocol}/{cell}/{family}/seed{seed}/shard{shard}"
DENSE = "dense/{protocol}/{cell}/seed{seed}/dense"
ROUND = "pruning/{protocol}/{cell}/seed{seed}/{round}"

SWEEP = "pruning/{protocol}/{cell}/seed{seed}/sweep"

MODELS = ".safetensors"
"""The ending of the files that hold trained networks."""

PARTS = ("sparse", "dense", "pruning")
"""The parts of a study that train networks."""

CONTROLS = ("retrained", "started_anew", "small_dense")
"""What pruning may be compared with, besides criteria."""

THESIS_FAMILIES = ("barabasi_albert", "watts_strogatz")
TABLES = (
    "graphs/properties",
    "sparse/networks",
    "dense/networks",
    "dense/history",
    "pruning/networks",
    "pruning/history",
    "pruning/sweep",
)
"""The tables of trained networks and of graphs, from which all others follow."""

_OF_PRUNED = ("regain", "regain_by_epoch", "safe_percent")  # analyses of pruned networks
_OF_PRUNING = ("prune_scope", "largest_survives")  # fields of a protocol


@dataclass(frozen=True)
class Round:
    """One round of pruning, which retrains what it has pruned.

    Attributes:
        schedule: "one_shot", "iterative", or the name of a control.
        target: which weights are pruned.
        percent: how many of them.
        criterion: which of them; None: none, the network is only trained on.
        before: the percent of the round that it starts from; None: it starts from the dense
            network.
        start: the "trained" weights, "new" ones, or a "small" dense network.
    """

    schedule: str
    target: str
    percent: float
    criterion: str | None
    before: float | None = None
    start: Literal["trained", "new", "small"] = "trained"

    @property
    def name(self) -> str:
        """Its path below the folder of a network's rounds, without ending."""
        return f"{self.schedule}/{self.target}/{self.percent}"

    @property
    def settings(self) -> dict[str, Any]:
        """What it depends on, besides the network that it starts from."""
        percent = float(self.percent)
        how = {"target": self.target, "percent": percent, "criterion": self.criterion}
        return {"schedule": self.schedule, **how, "start": self.start}

    @property
    def files(self) -> list[str]:
        """The file of its criterion."""
        return [plugins.file("criteria", self.criterion)] if self.criterion else []


def design_variants(name: str, design: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The variants of a design: their names, and the level of each field in them."""
    if design["runs"] not in runs_of(len(design["fields"])):
        return {}
    known = levels(design["fields"], design["runs"])
    return {f"{name}_{number}": level for number, level in enumerate(known, start=1)}


def given_tables(config: Mapping[str, Any]) -> list[str]:
    """The tables that a study is given, by their paths without ending; none if it trains."""
    folder = config["tables"]
    return [name for name in TABLES if folder and os.path.exists(f"{folder}/{name}.csv")]


class Null(NamedTuple):
    """A null model of the graphs of a family: the original family, the model, and which copy."""

    original: str
    null: str
    copy: int


def user_graphs(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """The GraphML files of each family that is a user's folder, by family."""
    families = config["graphs"]["families"].items()
    return {name: graph_files(family["folder"]) for name, family in families if "folder" in family}


def null_families(name: str, family: Mapping[str, Any]) -> dict[str, Null]:
    """The families of a family's null models: each has a graph for each graph of the family."""
    return {
        f"{name}_{null}_{copy}": Null(name, null, copy)
        for null, copies in family.get("nulls", {}).items()
        for copy in range(copies)
    }


@dataclass(frozen=True)
class Plan:
    """The work of one study.

    Args:
        config: the settings, checked and in canonical form.
        graphs: of `user_graphs`.
        published: folder of the thesis's own numbers.
        given: of `given_tables`.
    """

    config: Mapping[str, Any]
    graphs: Mapping[str, Sequence[str]]
    published: str = "config/published"
    given: Sequence[str] = ()

    @property
    def results(self) -> str:
        """The folder of all results."""
        return str(self.config["results"]).rstrip("/")

    def table(self, name: str) -> str:
        """A table of results, by its path without ending."""
        return f"{self.results}/{name}.csv"

    def published_table(self, name: str) -> str:
        """A table of the thesis's own numbers."""
        return f"{self.published}/{name}.csv"

    def missing(self, *parts: str) -> list[str]:
        """The counts of missing networks, which aren't written where too many are missing."""
        return [self.table(f"analysis/missing/{part}") for part in parts or PARTS]

    @cached_property
    def display_names(self) -> dict[str, str]:
        """What readers call the plug-ins of the study: figures and tables depend on it."""
        used: dict[plugins.PluginKind, Iterable[str]] = {
            "cells": [*self.config["cells"], *THESIS_CELLS],
            "families": self.config["graphs"]["families"],
            "nulls": {null.null for null in self.nulls.values()},
            "measures": plugins.names("measures"),
            "criteria": self.config["pruning"]["controls"],
        }
        return {
            f"{kind}/{name}": plugins.display_name(kind, name)
            for kind, names in used.items()
            for name in names
        }

    # Data and graphs

    @property
    def dataset(self) -> dict[str, Any]:
        """The settings that the strings depend on: with a user's own, nothing is sampled."""
        dataset = self.config["dataset"]
        used = dataset if dataset["strings"] is None else ("strings", "test_share", "derive")
        return {key: dataset[key] for key in used}

    @property
    def user_strings(self) -> list[str]:
        """The user's file of strings, if there is one."""
        return [path] if (path := self.config["dataset"]["strings"]) else []

    def sources(self, configfiles: Sequence[str]) -> list[str]:
        """The files that a study starts from: its configuration, a user's strings and graphs."""
        graphs = [path for files in self.graphs.values() for path in files]
        return [*map(os.path.relpath, configfiles), *self.user_strings, *graphs]

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
        files = self.graphs.get(self.original(family), ())
        return int(self.families[family].get("count", len(files)))

    def shards(self, family: str) -> range:
        """Numbers of a family's shards: shard s holds the graphs from s * shard_size on."""
        return range(-(-self.count(family) // self.config["shard_size"]))

    def graphs_of(self, family: str, shard: str) -> list[int]:
        """Numbers of the graphs of a shard."""
        size = self.config["shard_size"]
        start = int(shard) * size
        return list(range(start, min(start + size, self.count(family))))

    def user_graphs_of(self, family: str, shard: str) -> list[str]:
        """The user's files that the graphs of a shard are read from."""
        files = self.graphs.get(self.original(family), ())
        return [files[index] for index in self.graphs_of(family, shard)] if files else []

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

    # Networks

    @cached_property
    def protocols(self) -> list[str]:
        """The protocols, with the variants of a design in the place of its name."""
        designs = self.config["designs"]
        return [
            protocol
            for name in self.config["protocols"]
            for protocol in (design_variants(name, designs[name]) if name in designs else [name])
        ]

    @property
    def shown_protocols(self) -> list[str]:
        """The protocols that have figures of their own: variants of a design are compared."""
        return [protocol for protocol in self.protocols if not self.design_of(protocol)]

    @cached_property
    def levels(self) -> dict[str, dict[str, int]]:
        """The level of each field, −1 or 1, in each variant of the designs that are used."""
        designs = self.config["designs"].items()
        used = ((name, design) for name, design in designs if name in self.config["protocols"])
        return {
            variant: level
            for name, design in used
            for variant, level in design_variants(name, design).items()
        }

    def design_of(self, protocol: str) -> str | None:
        """The design that a protocol is a variant of, if it is one."""
        return protocol.rpartition("_")[0] if protocol in self.levels else None

    def seeds(self, part: str, protocol: str) -> range:
        """The seeds of a protocol's networks in a part of the study."""
        seeds = self.config[part]["seeds"]
        if part == "pruning":
            dense = self.seeds("dense", protocol)
            named = self.design_of(protocol) or protocol
            return dense if seeds is None else dense[: _of_protocol(seeds, named)]
        return range(_of_protocol(seeds, self.design_of(protocol) or protocol))

    def has(self, part: str) -> bool:
        """Whether the study has networks of a part."""
        return any(self.seeds(part, protocol) for protocol in self.protocols)

    def choices(self, protocol: str, pruning: bool) -> dict[str, Any]:
        """A protocol as the library takes it: a base, and the fields that differ from it.

        Of the fields only those that pruning reads, or only the others, so that a protocol that
        prunes differently doesn't train its networks again.
        """
        if design := self.design_of(protocol):
            high = sorted(name for name, level in self.levels[protocol].items() if level > 0)
            read = [name for name in high if (name in _OF_PRUNING) == pruning]
            settings = self.config["designs"][design]
            return {"base": settings["low"], "like": {settings["high"]: read}}
        fields = self.config["custom_protocols"].get(protocol, {"base": protocol})
        return {k: v for k, v in fields.items() if k == "base" or (k in _OF_PRUNING) == pruning}

    def network(self, network: Mapping[str, str], pruning: bool = False) -> dict[str, Any]:
        """What a network depends on besides its size, training and code, by its wildcards."""
        given = dict(network.items())  # Snakemake's wildcards look like a mapping and are a list
        return {
            **{key: given[key] for key in ("protocol", "cell", "family") if key in given},
            **({"own": True} if "family" in given and self.own(given["family"]) else {}),
            "choices": self.choices(network["protocol"], pruning),
            "seed": int(network["seed"]),
            "root": self.config["seed"],
            "engine": engine_of(self.config["engine"], network["cell"]),
        }

    @property
    def dense_size(self) -> dict[str, int]:
        """The arguments of `Wiring.dense` that are settings."""
        dense = self.config["dense"]
        sizes = {key: dense[key] for key in ("hidden_size", "num_layers")}
        return {"input_size": dense["embedding_size"], **sizes}

    @property
    def network_limits(self) -> dict[str, float | None]:
        """What a network may take; it is no part of what a result depends on."""
        limits = self.config["limits"]
        return {"minutes": limits["network_minutes"], "megabytes": limits["network_mb"]}

    @cached_property
    def rounds(self) -> dict[str, Round]:
        """Every round of pruning of one dense network, by its name; the controls come last."""
        pruning = self.config["pruning"]
        percents, targets, controls = (pruning[k] for k in ("percents", "targets", "controls"))
        smaller = dict(zip(percents[1:], percents, strict=False))
        found = [
            Round(schedule, target, percent, "magnitude", before.get(percent))
            for schedule in pruning["schedules"]
            for before in [smaller if schedule == "iterative" else {}]
            for target in targets
            for percent in percents
        ]
        if "retrained" in controls:
            found.append(Round("retrained", "both", 0, None))
        if "both" in targets:
            others = [control for control in controls if control != "retrained"]
            found += [_control(name, percent) for name in others for percent in percents]
        return {round.name: round for round in found}

    def pruned_from(self, network: Mapping[str, str]) -> str:
        """The file that a round starts from: of the round before it, or of the dense network."""
        this = self.rounds[network["round"]]
        if this.before is None:
            return f"{self.results}/{DENSE}{MODELS}".format(**network)
        before = replace(this, percent=this.before).name
        return f"{self.results}/{ROUND}{MODELS}".format(**{**network, "round": before})

    def sparse_tables(self, table: str) -> list[str]:
        """A table ("networks" or "history") of each shard of sparse networks."""
        path = f"{self.results}/{SHARD}.{table}.csv"
        return [
            path.format(protocol=protocol, cell=cell, family=family, seed=seed, shard=shard)
            for protocol, cell in self._protocols_and_cells
            for family in self.families
            for seed in self.seeds("sparse", protocol)
            for shard in self.shards(family)
        ]

    def dense_tables(self, table: str) -> list[str]:
        """A table of each dense network."""
        return self._of_seeds(f"{self.results}/{DENSE}.{table}.csv", "dense", [""])

    def pruning_tables(self, table: str) -> list[str]:
        """A table of each round of pruning."""
        return self._of_seeds(f"{self.results}/{ROUND}.{table}.csv", "pruning", self.rounds)

    def sweep_tables(self) -> list[str]:
        """The table of each dense network's sweep of pruning; none where there is no sweep."""
        swept = self.config["pruning"]["sweep"] is not None
        return self._of_seeds(f"{self.results}/{SWEEP}.csv", "dense", [""]) if swept else []

    @property
    def sweep(self) -> dict[str, Any]:
        """The settings of the sweep."""
        settings = self.config["pruning"]["sweep"]
        percents = list(range(settings["step"], 101, settings["step"]))
        return {"target": "both", "percents": percents, "draws": settings["draws"]}

    def _of_seeds(self, path: str, part: str, rounds: Iterable[str]) -> list[str]:
        return [
            path.format(protocol=protocol, cell=cell, seed=seed, round=round)
            for protocol, cell in self._protocols_and_cells
            for seed in self.seeds(part, protocol)
            for round in rounds
        ]

    @property
    def _protocols_and_cells(self) -> list[tuple[str, str]]:
        return list(itertools.product(self.protocols, self.config["cells"]))

    def jobs(self) -> dict[str, int]:
        """The number of jobs of each rule that trains networks or generates graphs."""
        seeds = {
            part: sum(len(self.seeds(part, protocol)) for protocol, _ in self._protocols_and_cells)
            for part in PARTS
        }
        shards = sum(len(self.shards(family)) for family in self.families)
        return {
            "graphs": shards,
            "train_sparse": seeds["sparse"] * shards,
            "train_dense": seeds["dense"],
            "prune_round": seeds["pruning"] * len(self.rounds),
            "sweep": seeds["dense"] if self.config["pruning"]["sweep"] is not None else 0,
        }

    def planned(self) -> dict[str, int]:
        """The number of networks of each part."""
        graphs, jobs = sum(map(self.count, self.families)), self.jobs()
        sparse = sum(len(self.seeds("sparse", name)) for name, _ in self._protocols_and_cells)
        counts = (sparse * graphs, jobs["train_dense"], jobs["prune_round"])
        return dict(zip(PARTS, counts, strict=True))

    def networks(self) -> int:
        """The number of networks, pruned ones included."""
        return sum(self.planned().values())

    # What is computed from them

    @cached_property
    def questions(self) -> dict[str, dict[str, str]]:
        """The questions that the study can answer, with the tables that each needs."""
        inputs = {
            name: plugins.literal("questions", name, "INPUTS")
            for name in plugins.names("questions")
        }
        return {
            name: {argument: self.table(path) for argument, path in tables.items()}
            for name, tables in inputs.items()
            if self._meets(plugins.literal("questions", name, "NEEDS"))
            and all(map(self.available, tables.values()))
        }

    @cached_property
    def findings(self) -> dict[str, dict[str, str]]:
        """The findings that the study can have, in the order of their page, with their tables."""
        names = plugins.names("findings")
        ordered = sorted(names, key=lambda name: plugins.literal("findings", name, "ORDER"))
        inputs = {name: plugins.literal("findings", name, "INPUTS") for name in ordered}
        return {
            name: {argument: self.table(path) for argument, path in tables.items()}
            for name, tables in inputs.items()
            if all(map(self.available, tables.values()))
        }

    def _meets(self, need: str | None) -> bool:
        met = {
            None: True,
            "nulls": bool(self.nulls),
            "designs": bool(self.levels),
            "starts": any(len(self.seeds("sparse", name)) > 1 for name in self.protocols),
        }
        return met[need]

    @property
    def is_thesis(self) -> bool:
        """Whether it is the thesis's experiment, so that the thesis's values stand beside it."""
        data, families = self.config["dataset"], self.config["graphs"]["families"]
        own = data["strings"] is not None or data["derive"] is not None
        drawn = {name: families[name].get("generator") for name in self._drawn}
        return (
            not own
            and drawn == {name: name for name in THESIS_FAMILIES}
            and not self.nulls
            and not self.levels
            and all(self.available(f"{part}/networks") for part in PARTS)
            and set(self.config["cells"]) <= set(THESIS_CELLS)
        )

    def available(self, path: str) -> bool:
        """Whether the study has a table of results, by its path without ending."""
        folder, _, name = path.rpartition("/")
        if self.config["tables"] is not None and path in TABLES:
            return path in self.given
        if folder == "analysis":
            if name in plugins.names("questions"):
                return name in self.questions
            pruned, sparse = ("pruning/networks", "dense/history"), ("sparse/networks",)
            return all(map(self.available, pruned if name in _OF_PRUNED else sparse))
        if path == "pruning/sweep":
            return bool(self.sweep_tables())
        if folder == "graphs":
            return self.has("sparse")
        return self.has(folder) if folder in PARTS else folder != "replay" or bool(self.checkout)

    # The thesis's own networks

    @property
    def checkout(self) -> str | None:
        """The folder of the thesis's repository, if its networks are evaluated."""
        return self.config["replay"]["checkout"]

    @property
    def replayed(self) -> dict[str, dict[str, str]]:
        """Which of the thesis's networks one job evaluates, by the path of their table.

        Their cells are those of the thesis, whatever cells the study has.
        """
        return {
            f"{kind}/{cell}": {"checkout": self.checkout or "", "kind": kind, "cell": cell}
            for kind, cell in itertools.product(NETWORK_KINDS, THESIS_CELLS)
        }


def _control(name: str, percent: float) -> Round:
    starts: dict[str, Literal["new", "small"]] = {"started_anew": "new", "small_dense": "small"}
    if name in starts:
        return Round(name, "both", percent, "magnitude", start=starts[name])
    return Round(name, "both", percent, name)


def _of_protocol(seeds: int | Mapping[str, int], protocol: str) -> int:
    return int(seeds[protocol] if isinstance(seeds, Mapping) else seeds)
