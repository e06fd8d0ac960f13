"""GraphML that is refused."""

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from malformed_cases import Case, Make, content, nothing, sized

from sparsernn.files import graphml
from sparsernn.graphs.graph_files import read_graph

ROOT = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'
NODES = '<node id="0"/>\n<node id="1"/>\n'
EDGE = '<edge source="0" target="1"/>\n'
KEY = '<key id="k" for="node" attr.name="size" attr.type="int"/>\n'


def document(
    body: str = NODES + EDGE,
    keys: str = "",
    root: str = ROOT,
    graph: str = '<graph edgedefault="undirected">',
) -> str:
    """GraphML, valid unless an argument makes it something else. The body begins in line 4."""
    return f"{DECLARED}{root}\n{keys}{graph}\n{body}</graph>\n</graphml>\n"


def prolog(text: str, body: str = NODES + EDGE) -> str:
    return document(body).replace(DECLARED, f"{DECLARED}{text}\n")


def directed(body: str) -> str:
    return document(body, graph='<graph edgedefault="directed">')


def edges(*pairs: Sequence[object]) -> str:
    return "".join(f'<edge source="{u}" target="{v}"/>\n' for u, v in pairs)


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">\n' for i in range(10))

# Name: content, and words of the message.
TEXTS: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    # Not XML, or not in an encoding that can be read
    "empty file": ("", ("not a GraphML file", "no element found", "Write it with")),
    "CSV": ("vertex,edge\n", ("not a GraphML file", "line 1", "syntax error")),
    "HTML": ("<html><body/></html>", ("begins with <html>", "expected <graphml")),
    "every byte once": (bytes(range(256)), ("not a GraphML file", "line 1")),
    "compressed with gzip": (gzip.compress(b"<graphml/>", mtime=0), ("not a GraphML file",)),
    "cut off within a tag": (document()[:120], ("line 3", "unclosed token", "Write it with")),
    "cut off after a vertex": (document()[:150], ("not a GraphML file", "line ", "Write it with")),
    "two root elements": (document() + "<graphml/>", ("line 9", "junk after document element")),
    "attribute twice in a tag": (
        document('<node id="0" id="1"/>\n'),
        ("line 4", "duplicate attribute"),
    ),
    "prefix of no namespace": (document("<x:node/>\n"), ("line 4", "unbound prefix")),
    "NUL in a name": (document().replace('"0"', '"\0"'), ("line 4", "not well-formed")),
    "control character": (document('<node id="&#1;"/>\n'), ("line 4", "invalid character number")),
    "Latin-1 without a declaration": (
        document('<node id="é"/>\n').encode("latin-1"),
        ("line 4", "not well-formed"),
    ),
    "UTF-16 that declares UTF-8": (
        document().encode("utf-16"),
        ("encoding specified in XML declaration is incorrect",),
    ),
    "unknown encoding": (
        document().replace("utf-8", "klingon"),
        ("unknown encoding", "in UTF-8"),
    ),
    "encoding of several bytes": (
        document().replace("utf-8", "gbk"),
        ("its encoding can't be read", "in UTF-8"),
    ),
    # Entities: nothing is expanded, nothing else is read
    "entities that unfold a billionfold": (
        prolog(f"<!DOCTYPE g [\n{LAUGHS}]>", '<node id="&l9;"/>\n'),
        ("line 2", "document type", "Remove it"),
    ),
    "entity of another file": (
        prolog('<!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "<data>&x;</data>\n"),
        ("line 2", "document type", "Remove it"),
    ),
    "document type of another computer": (
        prolog('<!DOCTYPE graphml SYSTEM "http://localhost:9/graphml.dtd">'),
        ("line 2", "document type", "Remove it"),
    ),
    "parameter entity": (
        prolog('<!DOCTYPE g [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]>'),
        ("line 2", "document type", "Remove it"),
    ),
    "document type without entities": (
        prolog("<!DOCTYPE graphml>"),
        ("line 2", "document type", "GraphML needs none"),
    ),
    "entity that is not declared": (document("&x;\n"), ("line 4", "undefined entity")),
    # XML, but other than GraphML
    "other namespace": (
        document(root='<graphml xmlns="http://example.org">'),
        ("namespace 'http://example.org'", "expected <graphml"),
    ),
    "namespace of GraphML's first draft": (
        document(root='<graphml xmlns="http://graphml.graphdrawing.org/xmlns/graphml">'),
        ("xmlns/graphml'", "expected <graphml"),
    ),
    "vertex of another namespace": (
        document('<node xmlns="http://example.org" id="2"/>\n' + NODES + EDGE),
        ("line 4", "<http://example.org node> in <graph>", "Remove it"),
    ),
    "no graph": (f"{ROOT}</graphml>", ("it has no <graph>", "Write it with")),
    "two graphs": (
        document().replace("</graphml>", '<graph edgedefault="directed"/></graphml>'),
        ("line 8", "a second <graph>", "Keep one graph in a file"),
    ),
    "graph in a vertex": (
        document('<node id="2"><graph edgedefault="directed"/></node>\n'),
        ("line 4", "<graph> in <node>", "none in a vertex"),
    ),
    "edge of many vertices": (
        document(NODES + "<hyperedge/>\n"),
        ("line 6", "<hyperedge> in <graph>", "edges of two vertices"),
    ),
    "port": (
        document('<node id="0"><port name="north"/></node>\n'),
        ("line 4", "<port> in <node>", "expected <data>, <desc>"),
    ),
    "element that GraphML lacks": (
        document('<vertex id="0"/>\n'),
        ("line 4", "<vertex> in <graph>", "expected <data>, <desc>, <edge>, <node>"),
    ),
    "edge outside of the graph": (
        document(keys=EDGE),
        ("line 3", "<edge> in <graphml>", "expected <data>, <desc>, <graph>, <key>"),
    ),
    "vertex in a vertex": (
        document('<node id="0"><node id="1"/></node>\n'),
        ("line 4", "<node> in <node>"),
    ),
    "graph that may be directed or not": (
        document(graph="<graph>"),
        ("line 3", "<graph> has no edgedefault", "Add it"),
    ),
    "edgedefault with a capital": (
        document(graph='<graph edgedefault="Directed">'),
        ("line 3", "edgedefault is 'Directed'", "expected directed or undirected"),
    ),
    "directed edge in an undirected graph": (
        document(NODES + '<edge source="0" target="1" directed="true"/>\n'),
        ("line 6", "directed is 'true'", "Make all edges directed, or none"),
    ),
    "edge that is directed: yes": (
        document(NODES + '<edge source="0" target="1" directed="yes"/>\n'),
        ("line 6", "directed is 'yes'", "Make all edges directed, or none"),
    ),
    # Vertices, edges, keys
    "vertex without id": (document("<node/>\n"), ("line 4", "<node> has no id", "Add it")),
    "edge without target": (
        document(NODES + '<edge source="0"/>\n'),
        ("line 6", "<edge> has no target", "Add it"),
    ),
    "two vertices of one id": (
        document(NODES + '<node id="1"/>\n' + EDGE),
        ("line 6", "a second vertex with the id '1'", "an id of its own"),
    ),
    "edge to a vertex that is not there": (
        document(NODES + EDGE + edges("12")),
        ("line 7", "vertex '2' has no <node>", "expected one with id='2'"),
    ),
    "edge twice": (document(NODES + EDGE * 2), ("line 7", "parallel edges", "only once")),
    "edge back in an undirected graph": (
        document(NODES + edges("01", "10")),
        ("line 7", "parallel edges", "'1' and '0' only once"),
    ),
    # Graphs that no network can be built on
    "no vertex": (document(""), ("graph has 0 vertex(es)", "at least 2", "Add vertices")),
    "one vertex": (document('<node id="0"/>\n'), ("graph has 1 vertex(es)", "at least 2")),
    "edge from a vertex to itself": (
        document(NODES + EDGE + edges("11")),
        ("a self-loop at vertex 1", "Remove"),
    ),
    "two parts": (document(NODES), ("falls into 2 components", "Take the largest")),
    "directed cycle": (
        directed(NODES + edges("01", "10")),
        ("has a cycle, 0 -> 1 -> 0", "Drop an edge"),
    ),
    "cycle of 300 vertices": (
        directed(
            "".join(f'<node id="{i}"/>\n' for i in range(300))
            + edges(*((i, (i + 1) % 300) for i in range(300)))
        ),
        ("has a cycle, 0 -> 1 -> ", " -> ... -> 0; expected", "Drop an edge"),
    ),
    "vertices 1 and 01": (
        document('<node id="1"/>\n<node id="01"/>\n' + edges(("1", "01"))),
        ("'1' and '01' are the same number", "Rename one"),
    ),
    # Bounds
    "id of 100,000 letters": (
        document(f'<node id="{"x" * 100_000}"/>\n'),
        ("line 4", "an id of 100,000 letters", "at most 1,000", "Shorten it"),
    ),
    "cycle of vertices with long names": (
        directed(
            "".join(f'<node id="{v * 900}"/>\n' for v in "ab")
            + edges(("a" * 900, "b" * 900))
            + edges(("b" * 900, "a" * 900))
        ),
        ("has a cycle, aaa", "...aaa", " -> bbb", "Drop an edge"),
    ),
    "10,001 vertices": (
        document("".join(f'<node id="{i}"/>\n' for i in range(10_001))),
        ("line 10004", "more than 10,000 vertices", "Take a part"),
    ),
}


def _lowered(name: str, limit: int) -> Make:
    """Reads with a lower bound; a file beyond the real one would take seconds to make."""

    def read(path: Path) -> object:
        with patch.object(graphml, name, limit):
            return read_graph(path)

    return read


def _case(name: str, make: Make, *words: str, read: Make = read_graph) -> Case:
    return Case("GraphML file", name, make, read, "own.graphml", words)


CASES = [_case(name, content(text), *words) for name, (text, words) in TEXTS.items()]
CASES += [
    _case(
        "more edges than 1,000,000, lowered here to 2",
        content(document(NODES + '<node id="2"/>\n' + edges("01", "12", "02", "21"))),
        *("line 9", "more than 2 edges", "Take a part"),
        read=_lowered("MAX_EDGES", 2),
    ),
    _case("file of 64 MiB and a byte", sized(graphml.MAX_BYTES + 1), "at most 67,108,864"),
    _case("folder", Path.mkdir, "not a regular file", "Give the path of a GraphML file"),
    _case("pipe that nobody writes to", os.mkfifo, "not a regular file"),
    _case("no file", nothing, "no such file", "Give the path of a GraphML file"),
]
