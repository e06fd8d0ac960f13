"""GraphML from anyone, checked in one pass of the XML parser before networkx builds a graph of it.

networkx creates vertices that no <node> declares, merges those of one id, takes the first of many
graphs, and leaves out what it does not know; here each of these is a mistake with a line. A
document type is refused where it begins, so no entity is expanded and no other file read.
"""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn
from xml.parsers import expat

from sparsernn.errors import InputError, brief, cause

__all__ = ["MAX_BYTES", "MAX_EDGES", "MAX_VERTICES", "check_graphml", "graph_files"]

MAX_BYTES = 64 * 2**20
MAX_VERTICES = 10_000
MAX_EDGES = 1_000_000
MAX_ELEMENTS = 4_000_000  # of all kinds
MAX_DEPTH = 64  # of elements in elements
MAX_LETTERS = 1_000  # of an attribute's value
MAX_ATTRIBUTES = 32  # of an element

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
WRITTEN_BY = "Write it with networkx.write_graphml, igraph or Gephi."

# What may be in what. What <data> and <desc> hold is free, as editors keep drawings there.
_CHILDREN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "": frozenset({"graphml"}),
        "graphml": frozenset({"key", "graph", "data", "desc"}),
        "key": frozenset({"default", "desc"}),
        "graph": frozenset({"node", "edge", "data", "desc"}),
        "node": frozenset({"data", "desc"}),
        "edge": frozenset({"data", "desc"}),
        "default": frozenset(),
    }
)
_REQUIRED = {
    "graph": ("edgedefault",),
    "node": ("id",),
    "edge": ("source", "target"),
    "key": ("id",),
    "data": ("key",),
}
_VALUES = {
    ("graph", "edgedefault"): ("directed", "undirected"),
    ("edge", "directed"): ("true", "false"),
    ("key", "attr.type"): ("boolean", "int", "integer", "long", "float", "double", "string"),
}
_REMEDIES = {
    "graph": "Keep one graph in a file, and none in a vertex or edge.",
    "hyperedge": "Replace it by edges of two vertices.",
    "port": "Remove it, and the ports that edges name.",
}


def check_graphml(content: bytes, where: str) -> None:
    """Check that a file is GraphML with one simple graph within bounds.

    Args:
        content: the file.
        where: its path, for messages.

    Raises:
        InputError: it is not.
    """
    scan = _Scan(where)
    try:
        scan.parser.Parse(content, True)
    except InputError:
        raise
    except expat.ExpatError as error:
        raise InputError(
            f"{where}: not a GraphML file (line {error.lineno}, column {error.offset + 1}: "
            f"{expat.ErrorString(error.code)}). {WRITTEN_BY}"
        ) from None
    except (LookupError, ValueError) as error:  # an encoding that Python lacks, or can't map
        raise InputError(
            f"{where}: not a GraphML file in a known encoding ({cause(error)}). Save it as UTF-8."
        ) from None
    scan.finish()


class _Scan:
    """The parser, with what it has seen of the graph so far."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.open: list[str] = []  # names of the elements around; "?" where they are free
        self.namespace = ""
        self.elements = self.vertices = self.edges = self.graphs = 0
        self.directed = False
        self.numbers: dict[str, int] = {}  # of vertices, in the order of their first mention
        self.declared: set[str] = set()
        self.pairs: set[tuple[int, int]] = set()  # joined by an edge
        self.keys: set[str] = set()
        self.used: dict[tuple[str, str], int] = {}  # vertices and keys: the line that names them
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def fail(self, what: str, remedy: str) -> NoReturn:
        line = self.parser.CurrentLineNumber
        raise InputError(f"{self.where}, line {line}: {what}. {remedy}")

    def doctype(self, *_: object) -> None:
        self.fail(
            "a document type (<!DOCTYPE ...>), which can hold entities; GraphML needs none",
            "Remove it.",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            self.fail(f"more than {MAX_ELEMENTS:,} elements", "Leave out data, or split the graph.")
        if len(self.open) >= MAX_DEPTH:
            self.fail(
                f"elements nested {MAX_DEPTH + 1} deep; at most {MAX_DEPTH} are read", "Flatten it."
            )
        if len(attributes) > MAX_ATTRIBUTES:
            what = f"an element of {len(attributes):,} attributes"
            self.fail(f"{what}; at most {MAX_ATTRIBUTES} are read", "Remove some.")
        for key, value in attributes.items():
            if len(value) > MAX_LETTERS:
                what = f"attribute {brief(key)} of {len(value):,} letters"
                self.fail(f"{what}; at most {MAX_LETTERS:,} are read", "Shorten it.")
        kind = self.kind(name)
        self.open.append(kind)
        if kind != "?":
            self.check(kind, attributes)

    def end(self, name: str) -> None:
        self.open.pop()

    def kind(self, name: str) -> str:
        """The element's name in GraphML where it counts, "?" within what is free."""
        parent = self.open[-1] if self.open else ""
        if parent in ("data", "desc", "?"):
            return "?"
        namespace, _, local = name.rpartition(" ")
        if parent == "" and (local != "graphml" or namespace not in ("", NAMESPACE)):
            raise InputError(
                f"{self.where}: not a GraphML file (it begins with <{local[:40]}> of the namespace "
                f"{brief(namespace)}; expected <graphml xmlns='{NAMESPACE}'>). {WRITTEN_BY}"
            )
        if parent == "":
            self.namespace = namespace
        if namespace != self.namespace:
            what = f"<{local[:40]}> of the namespace {brief(namespace)} in <{parent}>"
            expected = f"expected that of <graphml>, {self.namespace!r}"
            self.fail(f"{what}; {expected}", "Remove it, or move it into a <data>.")
        if local not in _CHILDREN[parent] or (local == "graph" and self.graphs):
            expected = ", ".join(f"<{child}>" for child in sorted(_CHILDREN[parent])) or "text only"
            again = "a second " if local == "graph" and parent == "graphml" else ""
            self.fail(
                f"{again}<{local[:40]}> in <{parent}>; expected {expected}",
                _REMEDIES.get(local, "Remove it."),
            )
        return local

    def check(self, kind: str, attributes: dict[str, str]) -> None:
        for name in _REQUIRED.get(kind, ()):
            if name not in attributes:
                self.fail(f"<{kind}> has no {name}", "Add it.")
        for name, value in attributes.items():
            allowed = _VALUES.get((kind, name))
            if allowed and value not in allowed:
                expected = " or ".join([", ".join(allowed[:-1]), allowed[-1]])
                self.fail(f"{name} is {brief(value)}; expected {expected}", "Write one of these.")
        if kind == "graph":
            self.graphs += 1
            self.directed = attributes["edgedefault"] == "directed"
        elif kind == "key":
            self.keys.add(attributes["id"])
        elif kind == "data":
            self.mention("key", attributes["key"])
        elif kind == "node":
            self.node(attributes["id"])
        elif kind == "edge":
            self.edge(attributes)

    def node(self, name: str) -> None:
        self.vertices += 1
        if name in self.declared:
            self.fail(f"a second vertex with the id {brief(name)}", "Give each an id of its own.")
        if self.vertices <= MAX_VERTICES:  # those beyond are only counted, for the message
            self.declared.add(name)
            self.numbers.setdefault(name, len(self.numbers))

    def edge(self, attributes: dict[str, str]) -> None:
        self.edges += 1
        if self.edges > MAX_EDGES:
            return
        ends = attributes["source"], attributes["target"]
        for end in ends:
            self.numbers.setdefault(end, len(self.numbers))
            if end not in self.declared:
                self.mention("vertex", end)
        source, target = (self.numbers[end] for end in ends)
        directed = {"true": True, "false": False}.get(attributes.get("directed", ""), self.directed)
        if directed != self.directed:
            what = f"directed is {attributes['directed']!r}, unlike the graph's edgedefault"
            self.fail(what, "Make all edges directed, or none.")
        if source > target and not self.directed:
            source, target = target, source
        if (source, target) in self.pairs:
            joined = f"{brief(ends[0])} and {brief(ends[1])}"
            self.fail("parallel edges; expected a simple graph", f"Join {joined} only once.")
        self.pairs.add((source, target))

    def mention(self, kind: str, name: str) -> None:
        self.used.setdefault((kind, name), self.parser.CurrentLineNumber)

    def finish(self) -> None:
        """Check what only the whole file shows."""
        if self.graphs == 0:
            raise InputError(f"{self.where}: not a GraphML file (it has no <graph>). {WRITTEN_BY}")
        counts = ("vertices", self.vertices, MAX_VERTICES), ("edges", self.edges, MAX_EDGES)
        for kind, count, limit in counts:
            if count > limit:
                raise InputError(
                    f"{self.where}: {count:,} {kind}; expected at most {limit:,}. "
                    "Take a part of the graph."
                )
        for (kind, name), line in self.used.items():
            if name not in (self.declared if kind == "vertex" else self.keys):
                element = {"vertex": "node", "key": "key"}[kind]
                raise InputError(
                    f"{self.where}, line {line}: {kind} {brief(name)} has no <{element}>; expected "
                    f'one with id="{name[:40]}". Add it, or correct the name.'
                )


def graph_files(folder: str) -> list[str]:
    """The paths of a folder's GraphML files, hidden ones left out, in their order."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    chosen = [name for name in names if name.endswith(".graphml") and not name.startswith(".")]
    return [os.path.join(folder, name) for name in sorted(chosen)]
