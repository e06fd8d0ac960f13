"""Vertices of a graph that are chosen: by their names, or by an attribute of theirs."""

from collections.abc import Hashable, Sequence
from typing import Any

import networkx as nx

from sparsernn.errors import InputError, brief
from sparsernn.graphs.orientation import vertex_names

__all__ = ["attribute", "chosen", "listed"]

# The numbers 1 and 0 are equal to True and False.
_TRUTH = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}


def chosen(graph: nx.Graph, which: str | Sequence[Any], argument: str) -> list[int]:
    """The numbers of some vertices.

    Args:
        graph: any; vertices are numbered as in `vertex_names`.
        which: "all"; "sinks", those without successors; the name of an attribute that is true of
            them; or a list of vertices, in its order.
        argument: what the choice is called, for messages.

    Raises:
        InputError: there are none, or something else.

    Example:
        >>> graph = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c")])
        >>> chosen(graph, "sinks", "outputs"), chosen(graph, ["c", "a"], "outputs")
        ([2], [2, 0])
    """
    if not isinstance(which, str):
        return listed(graph, which, argument)
    names = vertex_names(graph)
    if which == "all":
        return list(range(len(names)))
    if which == "sinks":
        directed = graph.to_directed(as_view=True)
        found = [i for i, name in enumerate(names) if not directed.out_degree(name)]
        told = "every vertex of the graph has successors"
    else:
        values = attribute(graph, which, argument, required=False)
        found = [i for i, value in enumerate(values) if _holds(value, which, names[i], argument)]
        told = f"the attribute {which!r} is true of no vertex"
    if not found:
        raise InputError(
            f"{argument} is {which!r}, but {told}; expected one or more. Choose others: a list of "
            "vertices, or 'all'."
        )
    return found


def _holds(value: Any, name: str, vertex: Hashable, argument: str) -> bool:
    text = value.strip().lower() if isinstance(value, str) else value
    if text is None:
        return False
    if not isinstance(text, Hashable) or text not in _TRUTH:
        raise InputError(
            f"{argument}: the attribute {name!r} of vertex {brief(vertex)} is {brief(value)}; "
            "expected true or false (1 or 0). Correct it, or give a list of vertices."
        )
    return _TRUTH[text]


def attribute(graph: nx.Graph, name: str, argument: str, required: bool = True) -> list[Any]:
    """A vertex attribute, one value a vertex, None where a vertex lacks it.

    Args:
        graph: with vertices that have the attribute.
        name: of the attribute.
        argument: what asks for it, for messages.
        required: whether every vertex must have it.

    Raises:
        InputError: no vertex has it, or one lacks it that must have it.
    """
    values = dict(graph.nodes(data=name))
    ordered = [values[vertex] for vertex in vertex_names(graph)]
    lacking = [vertex for vertex, value in values.items() if value is None]
    if len(lacking) == len(values):
        known = sorted({str(key) for _, data in graph.nodes(data=True) for key in data})
        told = f"they have {', '.join(known)}" if known else "they have none"
        raise InputError(
            f"{argument} is {name!r}, but the graph's vertices have no attribute of this name; "
            f"{told}. Correct the name, or add it with networkx.set_node_attributes."
        )
    if required and lacking:
        raise InputError(
            f"{argument}: vertex {brief(lacking[0])} has no attribute {name!r}, and {len(lacking)} "
            f"of {len(values)} vertices lack it; expected one of each. Add it."
        )
    return ordered


def listed(graph: nx.Graph, which: Sequence[Any], argument: str) -> list[int]:
    """The numbers of vertices that are given by name, in their order.

    Raises:
        InputError: one is no vertex of the graph or occurs twice, or there are none.
    """
    number = {name: i for i, name in enumerate(vertex_names(graph))}
    named = list(which)
    wrong = [name for name in named if not isinstance(name, Hashable) or name not in number]
    if wrong or not named or len(set(named)) < len(named):
        what = f"{brief(wrong[0])} is no vertex of the graph" if wrong else "it is empty"
        what = what if wrong or not named else "a vertex occurs twice"
        raise InputError(
            f"{argument} is {brief(named)}, and {what}; expected some of its {len(number)} "
            f"vertices, each once, as {', '.join(brief(name) for name in list(number)[:3])}."
        )
    return [number[name] for name in named]
