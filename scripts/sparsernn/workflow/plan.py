"""The plan of a study: from its settings to the lists of work that the rules of the workflow do.

Its parts are `graph_plan` and `network_plan`; here is what is computed from the networks. Light to
import, as every parse of the Snakefile does. Only `user_graphs` and `given_tables` look at files,
so that a plan can be tested without running anything.
"""

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sparsernn import plugins
from sparsernn.thesis.repository import CELLS as THESIS_CELLS
from sparsernn.thesis.repository import NETWORK_KINDS
from sparsernn.workflow.network_plan import PARTS
from sparsernn.workflow.rate_plan import RatePlan
from sparsernn.workflow.thesis_settings import same_experiment

__all__ = ["TABLES", "Plan", "given_tables"]

TABLES = (
    "graphs/properties",
    "sparse/networks",
    "dense/networks",
    "dense/history",
    "pruning/networks",
    "pruning/history",
    "pruning/sweep",
    "pruning/costs",
    "pruning/seconds",
    "pruning/rates",
)
"""The tables of trained networks and of graphs, from which all others follow."""

_OF_LOSS = ("networks", "baselines", "ceiling", "variance", "nested", "partial", "among_nulls")
"""The analyses that a study can have in which no accuracy is measured."""
_FINDINGS_OF_LOSS = ("among_nulls",)
"""The findings of such a study."""
_OF_PROPERTIES = (
    "correlations",
    "prediction",
    "feature_sets",
    "feature_importance",
    "ols_coefficients",
    "ols_diagnostics",
)
"""The analyses that relate properties of graphs to accuracy, besides questions."""
_OF_CLAIMS = {
    "strings": "data/strings",
    "dense": "dense/networks",
    "dense_history": "dense/history",
    "pruning": "pruning/networks",
    "pruning_history": "pruning/history",
    "sweep": "pruning/sweep",
    "networks": "analysis/networks",
    "correlations": "analysis/correlations",
    "feature_sets": "analysis/feature_sets",
}
_OF_PRUNED = ("regain", "regain_by_epoch", "safe_percent")  # analyses of pruned networks


def given_tables(config: Mapping[str, Any]) -> list[str]:
    """The tables that a study is given, by their paths without ending; none if it trains."""
    folder = config["tables"]
    return [name for name in TABLES if folder and os.path.exists(f"{folder}/{name}.csv")]


@dataclass(frozen=True)
class Plan(RatePlan):
    """The work of one study.

    Args:
        config: the settings, checked and in canonical form.
        graphs: of `user_graphs`.
        published: folder of the thesis's own numbers.
        given: of `given_tables`.
    """

    published: str = "config/published"
    given: Sequence[str] = ()

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
            "nulls": sorted({null.null for null in self.nulls.values()}),
            "measures": plugins.names("measures"),
            "growth": set(self.config["pruning"]["methods"]) & set(plugins.names("growth")),
            "criteria": [*self.config["pruning"]["controls"], *self.config["pruning"]["methods"]],
        }
        return {
            f"{kind}/{name}": plugins.display_name(kind, name)
            for kind, names in used.items()
            for name in names
        }

    # What is computed from them

    @cached_property
    def questions(self) -> dict[str, dict[str, str]]:
        """The questions that the study can answer, with the tables that each needs."""
        return {
            name: {argument: self.table(path) for argument, path in self._inputs(name).items()}
            for name in plugins.names("questions")
            if self._answers(name)
        }

    @property
    def question_settings(self) -> dict[str, Any]:
        """The fields of `sparsernn.analysis.settings.Settings` that questions depend on."""
        settings = {
            "seed": self.config["seed"],
            "confidence": self.config["analysis"]["confidence"],
            "levels": self.levels,
        }
        used = {"methods": self.config["pruning"]["methods"], "task": self.task}
        return settings | {name: value for name, value in used.items() if value}

    def question_files(self, question: str) -> list[str]:
        """The files of code that a question is answered by: a task's may define baselines."""
        return [
            plugins.file("questions", question),
            *(self.task_files if question == "baselines" else []),
        ]

    def _inputs(self, question: str) -> dict[str, str]:
        return plugins.literal("questions", question, "INPUTS")

    def _answers(self, question: str) -> bool:
        """Whether the study has what a question needs, which may be another one's answer."""
        return (
            (self.has_accuracy or question in _OF_LOSS)
            and self._meets(plugins.literal("questions", question, "NEEDS"))
            and all(map(self.available, self._inputs(question).values()))
        )

    @cached_property
    def findings(self) -> dict[str, dict[str, str]]:
        """The findings that the study can have, in the order of their page, with their tables."""
        names = plugins.names("findings")
        ordered = sorted(names, key=lambda name: plugins.literal("findings", name, "ORDER"))
        inputs = {name: plugins.literal("findings", name, "INPUTS") for name in ordered}
        return {
            name: {argument: self.table(path) for argument, path in tables.items()}
            for name, tables in inputs.items()
            if (self.has_accuracy or name in _FINDINGS_OF_LOSS)
            and all(map(self.available, tables.values()))
        }

    def _meets(self, need: str | None) -> bool:
        met = {
            None: True,
            "nulls": bool(self.nulls),
            "own nulls": any(map(self.own, self.nulls)),
            "designs": bool(self.levels),
            "graphs": self.relates and not set(self.protocols) <= set(self.levels),
            "classes": self.of_task("TARGETS") == "classes",
            "methods": bool(self.config["pruning"]["methods"]),
            "starts": any(len(self.seeds("sparse", name)) > 1 for name in self.protocols),
        }
        return met[need]

    @property
    def relates(self) -> bool:
        """Whether properties of graphs are related to accuracy, which takes many graphs."""
        return self.config["analysis"]["prediction"] is not None

    @property
    def is_thesis(self) -> bool:
        """Whether it is the thesis's experiment, so that the thesis's values stand beside it.

        Settings decide; see `sparsernn.workflow.thesis_settings`. It has sparse, dense and pruned
        networks.
        """
        return self.is_judged and all(self._has_part.values())

    @cached_property
    def is_judged(self) -> bool:
        """Whether all that it has is of the thesis's experiment, so that claims can be judged.

        A part of the experiment is enough. What is not there makes claims not testable.
        """
        parts = self._has_part
        return any(parts.values()) and same_experiment(self.config, self._drawn, parts)

    @property
    def _has_part(self) -> dict[str, bool]:
        """Of each part of the thesis's experiment, whether the study has it.

        A sweep is of dense networks.
        """
        swept = self.available("pruning/sweep")
        has = {part: self.available(f"{part}/networks") for part in PARTS}
        return has | {"dense": has["dense"] or swept}

    @property
    def claim_tables(self) -> dict[str, str]:
        """The study's tables that claims are judged by, by the names that `Study` has for them."""
        return {name: self.table(path) for name, path in _OF_CLAIMS.items() if self.available(path)}

    def available(self, path: str) -> bool:
        """Whether the study has a table of results, by its path without ending."""
        folder, _, name = path.rpartition("/")
        if path == "data/strings":
            return self.of_task("INPUTS") == "letters"
        if folder == "analysis" and not self.has_accuracy and name not in _OF_LOSS:
            return False
        if folder == "analysis" and name in _OF_PROPERTIES and not self.relates:
            return False
        if self.config["tables"] is not None and path in TABLES:
            return path in self.given
        if folder == "analysis":
            if name in plugins.names("questions"):
                return self._answers(name)
            pruned, sparse = ("pruning/networks", "dense/history"), ("sparse/networks",)
            return all(map(self.available, pruned if name in _OF_PRUNED else sparse))
        if path == "pruning/sweep":
            return bool(self.sweep_tables())
        if path == "pruning/rates":
            return bool(self.rate_tables())
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
