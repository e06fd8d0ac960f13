"""Which null models a graph may have, and drawing one.

Light to import, as the workflow asks whenever it is parsed.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from sparsernn.errors import InputError
from sparsernn.plugins import function, literal, names

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np

__all__ = ["EDGES", "Edges", "Kind", "draw_null", "null_models"]

Kind: TypeAlias = Literal["undirected", "directed"]
Edges: TypeAlias = Literal["feedforward", "recurrence", "both"]
EDGES: dict[Edges, str] = {
    "feedforward": "edges feed forward",
    "recurrence": "edges are the recurrence",
    "both": "edges feed forward in one protocol, and are the recurrence in another",
}
"""What edges are in the networks of a study, in words."""


def null_models(kind: Kind, edges: Edges, weighted: bool = True) -> list[str]:
    """The names of the null models that a graph may have.

    Args:
        kind: of the graph.
        edges: what its edges are in networks.
        weighted: whether they have, or may have, weights.

    Example:
        >>> null_models("directed", "feedforward")
        ['keep_degrees', 'keep_layers']
    """
    uses = [use for use in ("FEEDFORWARD", "RECURRENCE") if edges in ("both", use.lower())]
    return [
        null
        for null in names("nulls")
        if all(kind in _kinds(null, use) for use in uses)
        and (weighted or not literal("nulls", null, "WEIGHTED"))
    ]


def _kinds(null: str, use: str) -> tuple[str, ...]:
    """The kinds of graphs that a null model takes for a use; both if its file doesn't say."""
    kinds = literal("nulls", null, use)
    return ("undirected", "directed") if kinds is None else tuple(kinds)


def draw_null(graph: "nx.Graph", null: str, rng: "np.random.Generator", edges: Edges) -> "nx.Graph":
    """Draw a null model of a graph.

    Args:
        graph: connected.
        null: the name of a file in `nulls`.
        rng: source of randomness.
        edges: what the graph's edges are in networks.

    Raises:
        InputError: graphs of this kind have no such null model.
    """
    kind: Kind = "directed" if graph.is_directed() else "undirected"
    if null not in (fitting := null_models(kind, edges)):
        raise InputError(
            f"the null model {null} of a graph that is {kind}, where {EDGES[edges]}; expected one "
            f"of {', '.join(fitting)}. Name one of these in the family's nulls instead."
        )
    drawn: nx.Graph = function("nulls", null)(graph, rng)
    return drawn
