"""The plan of a study, its second part: which networks there are, and the jobs that train them.

Light to import, as every parse of the Snakefile does.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sparsernn import plugins
from sparsernn.analysis.designs import ONE_AT_A_TIME, levels, one_at_a_time, runs_of
from sparsernn.engine.choice import engine_of
from sparsernn.workflow.graph_plan import GraphPlan
from sparsernn.workflow.ways import Way, ways_of

__all__ = ["DENSE", "MODELS", "PARTS", "SHARD", "SWEEP", "WAY", "NetworkPlan", "design_variants"]
__all__ += ["leaky", "seeds_of"]

# Where a file of networks is below the results, without ending. In braces, Snakemake's wildcards.
SHARD = "sparse/{protocol}/{cell}/{family}/seed{seed}/shard{shard}"
DENSE = "dense/{protocol}/{cell}/seed{seed}/dense"
WAY = "pruning/{protocol}/{cell}/seed{seed}/{way}"

SWEEP = "pruning/{protocol}/{cell}/seed{seed}/sweep"

MODELS = ".safetensors"
"""The ending of the files that hold trained networks."""

PARTS = ("sparse", "dense", "pruning")
"""The parts of a study that train networks."""

_OF_PRUNING = ("prune_scope", "largest_survives")  # fields of a protocol


def design_variants(name: str, design: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The variants of a design: their names, and the level of each field in them."""
    fields, runs = design["fields"], design["runs"]
    if runs == ONE_AT_A_TIME:
        known = one_at_a_time(fields)
    else:
        known = levels(fields, runs) if runs in runs_of(len(fields)) else []
    return {f"{name}_{number}": level for number, level in enumerate(known, start=1)}


@dataclass(frozen=True)
class NetworkPlan(GraphPlan):
    """The networks of a study: on graphs, dense, and pruned."""

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
            return dense if seeds is None else dense[: seeds_of(seeds, named)]
        return range(seeds_of(seeds, self.design_of(protocol) or protocol))

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

    @cached_property
    def edges(self) -> dict[str, str]:
        """What edges are in the networks, for the jobs of graphs; nothing where they feed forward.

        "recurrence" if they are for all protocols, so that graphs may have cycles; or "both".
        """
        kinds = {
            self.choices(name, False).get("edges", "feedforward") != "feedforward"
            for name in self.protocols
        }
        if kinds == {False}:
            return {}
        return {"edges": "both" if False in kinds else "recurrence"}

    def network(self, network: Mapping[str, str], pruning: bool = False) -> dict[str, Any]:
        """What a network depends on besides its size, training and code, by its wildcards."""
        given = dict(network.items())  # Snakemake's wildcards look like a mapping and are a list
        choices = self.choices(network["protocol"], pruning)
        leaks = "family" in given and leaky(choices.get("edges"))
        return {
            **{key: given[key] for key in ("protocol", "cell", "family") if key in given},
            **({"own": True} if "family" in given and self.own(given["family"]) else {}),
            "choices": choices,
            "seed": int(network["seed"]),
            "root": self.config["seed"],
            **({"one_side": True} if self.config["dataset"]["duplicates"] == "one_side" else {}),
            **({"metrics_of": self.task} if self.metric_files else {}),
            "engine": engine_of(self.config["engine"], network["cell"], leaks),
        }

    def network_files(self, cell: str) -> list[str]:
        """The files of plug-ins that networks of a cell are made and measured by."""
        return [plugins.file("cells", cell), *self.metric_files]

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
    def ways(self) -> dict[str, Way]:
        """Every way to prune one dense network, by its name; controls and methods come last."""
        return ways_of(self.config["pruning"])

    def way_spec(self, name: str) -> dict[str, Any]:
        """What the networks of a way depend on besides the dense one, its size and the code."""
        this, training = self.ways[name], self.config["pruning"]["training"]
        spec = {**this.settings, "training": {**training, **this.training}}
        dense = {"dense_training": self.config["dense"]["training"]}
        return spec if this.method is None else spec | dense

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
        """A table of each way to prune each dense network."""
        return self._of_seeds(f"{self.results}/{WAY}.{table}.csv", "pruning", self.ways)

    def network_tables(self) -> dict[str, list[str]]:
        """The tables of networks that jobs write, by the parts that the study has."""
        tables = (self.sparse_tables, self.dense_tables, self.pruning_tables)
        return {
            part: paths
            for part, paths_of in zip(PARTS, tables, strict=True)
            if (paths := paths_of("networks"))
        }

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

    def _of_seeds(self, path: str, part: str, ways: Iterable[str]) -> list[str]:
        return [
            path.format(protocol=protocol, cell=cell, seed=seed, way=way)
            for protocol, cell in self._protocols_and_cells
            for seed in self.seeds(part, protocol)
            for way in ways
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
            "prune": seeds["pruning"] * len(self.ways),
            "sweep": seeds["dense"] if self.config["pruning"]["sweep"] is not None else 0,
        }

    def planned(self) -> dict[str, int]:
        """The number of networks of each part."""
        graphs, jobs = sum(map(self.count, self.families)), self.jobs()
        sparse = sum(len(self.seeds("sparse", name)) for name, _ in self._protocols_and_cells)
        rounds = sum(len(way.percents) for way in self.ways.values())
        pruned = rounds * sum(len(self.seeds("pruning", p)) for p, _ in self._protocols_and_cells)
        counts = (sparse * graphs, jobs["train_dense"], pruned)
        return dict(zip(PARTS, counts, strict=True))

    def networks(self) -> int:
        """The number of networks, pruned ones included."""
        return sum(self.planned().values())


def leaky(edges: Any) -> bool:
    """Whether the setting `edges` of a protocol has a leak below 1."""
    return isinstance(edges, Mapping) and edges.get("leak", 1) < 1


def seeds_of(seeds: int | Mapping[str, int], protocol: str) -> int:
    """The number of seeds that settings have for a protocol."""
    return int(seeds[protocol] if isinstance(seeds, Mapping) else seeds)
