"""The vertices and edges of a GraphML file from anyone, read by Python's XML parser.

Of what else is in the file (keys, labels, drawings of editors) nothing is read, unless the values
of vertices and edges are asked for. networkx would need all of it to be in order, and yet it
creates vertices that no <node> declares, merges those of one id, takes the first of many graphs,
and passes over ports, nested graphs and an unclear direction. Here each of these is refused, with
its line. So is a document type, where it begins: no entity is expanded and no other file read.
Light to import.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import NamedTuple, NoReturn, TypeAlias
from xml.parsers import expat

from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes

__all__ = [
    "MAX_BYTES",
    "MAX_EDGES",
    "MAX_VERTICES",
    "OWN",
    "GraphmlReader",
    "edges_directed",
    "graph_files",
    "other_files",
]

MAX_BYTES = 64 * 2**20
MAX_VERTICES = 10_000
MAX_EDGES = 1_000_000
_HEAD = 2**16  # bytes of a file in which its graph should begin
OWN = ("graphml", "csv")
"""What files of a user's own graphs may be, and what their names end in."""

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
Value: TypeAlias = bool | int | float | str
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_TYPES: dict[str, Callable[[str], Value]] = {
    "boolean": lambda text: _TRUTH[text.strip().lower()],
    "int": int,
    "long": int,
    "float": float,
    "double": float,
}
_NUMBERS = {"int", "long", "float", "double"}
_FREE = ("key", "data", "desc")  # whatever these hold
_CHILDREN = {
    "": ("graphml",),
    "graphml": ("data", "desc", "graph", "key"),
    "graph": ("data", "desc", "edge", "node"),
    "node": ("data", "desc"),
    "edge": ("data", "desc"),
}
_REQUIRED = {"graph": ("edgedefault",), "node": ("id",), "edge": ("source", "target")}
_REMEDIES = {
    "graph": "Keep one graph in a file, and none in a vertex or edge.",
    "hyperedge": "Replace it by edges of two vertices.",
    "port": "Remove it, and the ports that edges name.",
}


class _Key(NamedTuple):
    """What a <key> says of an attribute, and its <default>."""

    name: str
    type: str
    default: Value | None = None


class GraphmlReader:
    """A GraphML file with one simple graph.

    Args:
        path: the file.
        attributes: whether the values of vertices and edges are read too.

    Attributes:
        directed: whether its edges have a direction.
        vertices: their ids, in the order of the file.
        edges: source and target of each, in the order of the file, with its line.
        vertex_data, edge_data: the attributes of each vertex and edge that has any, by name.

    Raises:
        InputError: absent, too large, or anything else; the message says where and what.
    """

    def __init__(self, path: str | os.PathLike[str], attributes: bool = False) -> None:
        self.directed: bool | None = None  # until its <graph> begins
        self.vertices: dict[str, None] = {}
        self.edges: dict[tuple[str, str], int] = {}
        self.vertex_data: dict[str, dict[str, Value]] = {}
        self.edge_data: dict[tuple[str, str], dict[str, Value]] = {}
        self._reads_data = attributes
        self._keys: dict[tuple[str, str], list[_Key]] = {}  # by what a key is for, and its id
        self._key = ("", "")  # of the <key> or <data> that is open
        self._element: dict[str, Value] = {}  # the attributes of the vertex or edge that is open
        self._text: list[str] | None = None  # of the <data> or <default> that is open
        self._where = str(path)
        self._open: list[str] = []  # the elements around
        self._namespace = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read_text
        try:
            self._parser.Parse(read_bytes(path, MAX_BYTES, "a GraphML file"), True)
        except expat.ExpatError as error:
            place = f"line {error.lineno}, column {error.offset + 1}"
            raise self._foreign(f"{place}: {expat.ErrorString(error.code)}") from None
        except (LookupError, ValueError) as error:  # an encoding that Python lacks, or can't map
            if isinstance(error, InputError):
                raise
            raise self._foreign(f"its encoding can't be read: {cause(error)}") from None
        if self.directed is None:
            raise self._foreign("it has no <graph>")
        for line, end in ((line, end) for ends, line in self.edges.items() for end in ends):
            if end not in self.vertices:
                what = f"vertex {brief(end)} has no <node>; expected one with id={brief(end)}"
                raise InputError(f"{path}, line {line}: {what}. Add it, or correct the name.")
        self._add_defaults("node", self.vertex_data.values())
        self._add_defaults("edge", self.edge_data.values())

    def _doctype(self, *_: object) -> None:
        what = "a document type (<!DOCTYPE ...>), which can hold entities; GraphML needs none"
        self._fail(what, "Remove it.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._open[-1] if self._open else ""
        if parent in _FREE:
            self._open.append(parent)
            reads = self._reads_data and parent == "key" and name.rpartition(" ")[2] == "default"
            self._text = [] if reads else None  # None: a drawing, and no value
            return
        if not parent:
            self._check_root(name)
        local = name.removeprefix(f"{self._namespace} ")
        again = local == "graph" and self.directed is not None and parent == "graphml"
        if local not in _CHILDREN[parent] or again:
            expected = ", ".join(f"<{child}>" for child in _CHILDREN[parent])
            what = f"{'a second ' * again}<{local[:60]}> in <{parent}>; expected {expected}"
            self._fail(what, _REMEDIES.get(local, "Remove it."))
        self._open.append(local)
        if lacking := [key for key in _REQUIRED.get(local, ()) if key not in attributes]:
            self._fail(f"<{local}> has no {lacking[0]}", "Add it.")
        if local == "key":
            self._key = attributes.get("for", "all"), attributes.get("id", "")
            key = _Key(attributes.get("attr.name", self._key[1]), attributes.get("attr.type", ""))
            self._keys.setdefault(self._key, []).append(key)
        elif local == "data" and parent in ("node", "edge") and self._reads_data:
            self._key, self._text = (parent, attributes.get("key", "")), []
        elif local == "graph":
            default = attributes["edgedefault"]
            if default not in ("directed", "undirected"):
                what = f"edgedefault is {brief(default)}; expected directed or undirected"
                self._fail(what, "Write one of these.")
            self.directed = default == "directed"
        elif local == "node":
            self._add_vertex(attributes["id"])
        elif local == "edge":
            self._check_direction(attributes)
            self._add_edge((attributes["source"], attributes["target"]))

    def _read_text(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, _: str) -> None:
        self._open.pop()
        if self._text is None:
            return
        text, self._text = "".join(self._text), None
        if self._open[-1] == "key":
            keys = self._keys[self._key]
            keys[-1] = keys[-1]._replace(default=self._value(keys[-1], text))
        elif (key := self._declared(*self._key)) is not None:
            self._element[key.name] = self._value(key, text)

    def _declared(self, element: str, key: str) -> _Key | None:
        """The key of a value of a vertex or edge.

        Cytoscape declares the columns of its tables of nodes, edges and networks all as those of
        nodes, one of the same name several times.
        """
        places = (element, "all", "node", "edge")
        found = next((self._keys[at, key] for at in places if (at, key) in self._keys), [])
        types = {each.type for each in found}
        if len(types) < 2:
            return found[0] if found else None
        if types <= _NUMBERS:
            return found[0]._replace(type="double")
        what = f"{found[0].name!r} is declared several times, with the types"
        named = " and ".join(sorted(each or "none" for each in types))
        self._fail(f"{what} {named}; expected one", "Rename all but one of these columns.")

    def _value(self, key: _Key, text: str) -> Value:
        try:
            return _TYPES.get(key.type, str)(text)
        except (KeyError, ValueError):
            what = f"{key.name!r} is {brief(text)}, and not of its type, {key.type}"
            self._fail(what, "Correct it.")

    def _add_defaults(self, element: str, data: Iterable[dict[str, Value]]) -> None:
        """Give each vertex, or each edge, the values that it lacks and that have a default."""
        for place, key in ((place, key) for (place, _), of in self._keys.items() for key in of):
            if place in (element, "all") and key.default is not None:
                for values in data:
                    values.setdefault(key.name, key.default)

    def _check_root(self, name: str) -> None:
        self._namespace, _, local = name.rpartition(" ")
        if local != "graphml" or self._namespace not in ("", NAMESPACE):
            raise self._foreign(
                f"it begins with <{local[:40]}> of the namespace {brief(self._namespace)}; "
                f"expected <graphml xmlns='{NAMESPACE}'>"
            )

    def _add_vertex(self, name: str) -> None:
        if name in self.vertices:
            self._fail(f"a second vertex with the id {brief(name)}", "Give each an id of its own.")
        if len(self.vertices) == MAX_VERTICES:
            self._fail(f"more than {MAX_VERTICES:,} vertices", "Take a part of the graph.")
        self.vertices[name] = None
        self._element = self.vertex_data[name] = {}

    def _check_direction(self, edge: Mapping[str, str]) -> None:
        """Refuse a graph of both kinds of edges; Gephi says so by a type of its own."""
        expected = {"directed": str(self.directed).lower()}
        if edge.get("type") in ("directed", "undirected"):
            expected["type"] = "directed" if self.directed else "undirected"
        for name, value in expected.items():
            if edge.get(name, value) != value:
                what = f"{name} is {brief(edge[name])}, unlike the graph's edgedefault"
                self._fail(what, "Make all edges directed, or none.")

    def _add_edge(self, ends: tuple[str, str]) -> None:
        if ends in self.edges or (not self.directed and ends[::-1] in self.edges):
            joined = f"{brief(ends[0])} and {brief(ends[1])}"
            self._fail("parallel edges; expected a simple graph", f"Join {joined} only once.")
        if len(self.edges) == MAX_EDGES:
            self._fail(f"more than {MAX_EDGES:,} edges", "Take a part of the graph.")
        self.edges[ends] = self._parser.CurrentLineNumber
        self._element = self.edge_data[ends] = {}

    def _foreign(self, why: str) -> InputError:
        return InputError(
            f"{self._where}: not a GraphML file ({why}). "
            "Write it with networkx.write_graphml, igraph or Gephi, in UTF-8."
        )

    def _fail(self, what: str, remedy: str) -> NoReturn:
        line = self._parser.CurrentLineNumber
        raise InputError(f"{self._where}, line {line}: {what}. {remedy}")


def edges_directed(path: str) -> bool | None:
    """Whether the edges of a GraphML file have a direction, by its head alone.

    Returns:
        None if that can't be read there. `GraphmlReader` says why.
    """
    found: list[str | None] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "graph":
            found.append(attributes.get("edgedefault"))

    parser.StartElementHandler = start
    try:
        if os.path.isfile(path):  # and no pipe, which would be waited for
            with open(path, "rb") as file:
                parser.Parse(file.read(_HEAD))
    except (OSError, expat.ExpatError, LookupError, ValueError):
        pass  # of a file that breaks off after its graph began, that is known
    return {"directed": True, "undirected": False}.get(found[0] or "") if found else None


def graph_files(folder: str, kind: str = "graphml") -> list[str]:
    """The paths of a folder's files of a kind, hidden ones left out, in the order of their names.

    Numbers in the names count as numbers: 2.graphml comes before 10.graphml.

    Args:
        folder: its path; it need not exist.
        kind: one of `OWN`.
    """
    chosen = [name for name in _visible(folder) if name.lower().endswith(f".{kind}")]
    return [os.path.join(folder, name) for name in sorted(chosen, key=_natural)]


def other_files(folder: str, kind: str = "graphml") -> list[str]:
    """The names of a folder's other files, which are not read, sorted."""
    return sorted(name for name in _visible(folder) if not name.lower().endswith(f".{kind}"))


def _visible(folder: str) -> list[str]:
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return [name for name in names if not name.startswith(".")]


def _natural(name: str) -> list[tuple[int, str, str]]:
    """Numbers before letters, shorter ones (without their leading zeros) first."""
    parts = re.split("([0-9]+)", name)
    numbers = [part.lstrip("0") for part in parts[1::2]]
    keys = [(len(number), number, part) for number, part in zip(numbers, parts[1::2], strict=True)]
    texts = [(0, part, "") for part in parts[::2]]
    return [key for pair in zip_longest(texts, keys, fillvalue=(0, "", "")) for key in pair]
