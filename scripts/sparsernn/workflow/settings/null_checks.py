"""Checks of the null models of families: their names, and whether the graphs may have them."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from sparsernn.files.graphml import OWN, edges_directed, graph_files
from sparsernn.graphs.null_models import EDGES, Edges, Kind, null_models
from sparsernn.plugins import literal
from sparsernn.workflow.graph_plan import null_families
from sparsernn.workflow.plan import Plan
from sparsernn.workflow.settings.problems import Problems

__all__ = ["check_null_models", "check_null_names"]

MAX_NAME = 60  # letters of a family's name, with that of its null model


def check_null_names(config: Any, problems: Problems) -> None:
    """Refuse null models with the name of a family, or with a long one."""
    families = config["graphs"]["families"]
    for name, family in families.items():
        nulls = null_families(name, family).items()
        copies = [f"{null}_{copy}" for null, model in nulls for copy in range(model.copies)]
        for derived in (*dict(nulls), *copies):
            if derived in families or len(derived) > MAX_NAME:
                allowed = f"another name: its null models are called {derived}"
                hint = "That is a family too." if derived in families else "That is too long."
                problems.add(("graphs", "families", name), family, allowed, hint)


def check_null_models(config: Any, problems: Problems) -> None:
    """Refuse null models that the graphs of a family can't have, as far as that is known."""
    edges = cast("Edges", Plan(config, {}).edges.get("edges", "feedforward"))
    for name, family in config["graphs"]["families"].items():
        if not (nulls := family.get("nulls", {})):
            continue
        kind, weighted = _kind(family), _weighted(family)
        kinds = get_args(Kind) if kind is None else (kind,)
        fitting = sorted({null for each in kinds for null in null_models(each, edges, weighted)})
        for null in (each for each in nulls if each not in fitting):
            lacking = not weighted and literal("nulls", null, "WEIGHTED")
            about = f"{kind or ''} graphs{' without weights' if lacking else ''}".strip()
            allowed = f"left out for {about} where {EDGES[edges]}"
            key = ("graphs", "families", name, "nulls", null)
            hint = f"They may have {', '.join(fitting)}."
            if edges == "feedforward" and any(
                null in null_models(each, "recurrence", weighted) for each in kinds
            ):
                hint += (
                    " Where all protocols have edges, graphs are the recurrence, and may have it."
                )
            problems.add(key, nulls[null], allowed, hint)


def _kind(family: Mapping[str, Any]) -> Kind | None:
    """The kind of a family's graphs: of files, that of the first; None if it isn't known.

    Whether a matrix is symmetric, which an undirected graph's is, only the job sees that reads it.
    """
    generator = family["generator"]
    directed: bool | None = None
    if generator not in OWN:
        directed = bool(literal("families", generator, "DIRECTED"))
    elif generator == "graphml" and (files := graph_files(family["folder"])):
        directed = edges_directed(files[0])
    return None if directed is None else "directed" if directed else "undirected"


def _weighted(family: Mapping[str, Any]) -> bool:
    """Whether edges may have weights: those of files may, those of a random model if it says so."""
    generator = family["generator"]
    return generator in OWN or bool(literal("families", generator, "WEIGHTED"))
