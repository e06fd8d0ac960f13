"""GraphML, and matrices in CSV files, that are refused."""

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from malformed_cases import Case, Content, nothing, sized

from sparsernn import Protocol, RecurrentEdges, Wiring
from sparsernn.files import graphml
from sparsernn.graphs import matrix
from sparsernn.graphs.graphml import read_graph

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


def edge_of(weight: str) -> str:
    return f'<edge source="0" target="1"><data key="w">{weight}</data></edge>\n'


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">\n' for i in range(10))

FILES: dict[str, Content] = {
    # Not XML, or not in an encoding that can be read
    "empty file": "",
    "CSV": "vertex,edge\n",
    "HTML": "<html><body/></html>",
    "every byte once": bytes(range(256)),
    "compressed with gzip": gzip.compress(b"<graphml/>", mtime=0),
    "cut off within a tag": document()[:120],
    "cut off after a vertex": document()[:150],
    "two root elements": document() + "<graphml/>",
    "attribute twice in a tag": document('<node id="0" id="1"/>\n'),
    "prefix of no namespace": document("<x:node/>\n"),
    "NUL in a name": document().replace('"0"', '"\0"'),
    "control character": document('<node id="&#1;"/>\n'),
    "Latin-1 without a declaration": document('<node id="é"/>\n').encode("latin-1"),
    "UTF-16 that declares UTF-8": document().encode("utf-16"),
    "unknown encoding": document().replace("utf-8", "klingon"),
    "encoding of several bytes": document().replace("utf-8", "gbk"),
    # Entities: nothing is expanded, nothing else is read
    "entities that unfold a billionfold": prolog(
        f"<!DOCTYPE g [\n{LAUGHS}]>", '<node id="&l9;"/>\n'
    ),
    "entity of another file": prolog(
        '<!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "<data>&x;</data>\n"
    ),
    "document type of another computer": prolog(
        '<!DOCTYPE graphml SYSTEM "http://localhost:9/graphml.dtd">'
    ),
    "parameter entity": prolog('<!DOCTYPE g [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]>'),
    "document type without entities": prolog("<!DOCTYPE graphml>"),
    "entity that is not declared": document("&x;\n"),
    # XML, but other than GraphML
    "other namespace": document(root='<graphml xmlns="http://example.org">'),
    "namespace of GraphML's first draft": document(
        root='<graphml xmlns="http://graphml.graphdrawing.org/xmlns/graphml">'
    ),
    "vertex of another namespace": document(
        '<node xmlns="http://example.org" id="2"/>\n' + NODES + EDGE
    ),
    "no graph": f"{ROOT}</graphml>",
    "two graphs": document().replace("</graphml>", '<graph edgedefault="directed"/></graphml>'),
    "graph in a vertex": document('<node id="2"><graph edgedefault="directed"/></node>\n'),
    "edge of many vertices": document(NODES + "<hyperedge/>\n"),
    "port": document('<node id="0"><port name="north"/></node>\n'),
    "element that GraphML lacks": document('<vertex id="0"/>\n'),
    "edge outside of the graph": document(keys=EDGE),
    "vertex in a vertex": document('<node id="0"><node id="1"/></node>\n'),
    "graph that may be directed or not": document(graph="<graph>"),
    "edgedefault with a capital": document(graph='<graph edgedefault="Directed">'),
    "directed edge in an undirected graph": document(
        NODES + '<edge source="0" target="1" directed="true"/>\n'
    ),
    "directed edge in an undirected graph, as Gephi writes it": document(
        NODES + '<edge source="0" target="1" type="directed"/>\n'
    ),
    "edge that is directed: yes": document(
        NODES + '<edge source="0" target="1" directed="yes"/>\n'
    ),
    # Vertices, edges, keys
    "vertex without id": document("<node/>\n"),
    "edge without target": document(NODES + '<edge source="0"/>\n'),
    "two vertices of one id": document(NODES + '<node id="1"/>\n' + EDGE),
    "edge to a vertex that is not there": document(NODES + EDGE + edges("12")),
    "edge twice": document(NODES + EDGE * 2),
    "edge back in an undirected graph": document(NODES + edges("01", "10")),
    # Graphs that no network can be built on
    "no vertex": document(""),
    "one vertex": document('<node id="0"/>\n'),
    "edge from a vertex to itself": document(NODES + EDGE + edges("11")),
    "two parts": document(NODES),
    "directed cycle": directed(NODES + edges("01", "10")),
    "cycle of 300 vertices": directed(
        "".join(f'<node id="{i}"/>\n' for i in range(300))
        + edges(*((i, (i + 1) % 300) for i in range(300)))
    ),
    # Bounds
    "cycle of vertices with long names": directed(
        "".join(f'<node id="{v * 900}"/>\n' for v in "ab")
        + edges(("a" * 900, "b" * 900))
        + edges(("b" * 900, "a" * 900))
    ),
    "10,001 vertices": document("".join(f'<node id="{i}"/>\n' for i in range(10_001))),
    "file of 64 MiB and a byte": sized(graphml.MAX_BYTES + 1),
    # Files that can't be read
    "folder": Path.mkdir,
    "pipe that nobody writes to": os.mkfifo,
    "no file": nothing,
}
FOUR_EDGES = document(NODES + '<node id="2"/>\n' + edges("01", "12", "02", "21"))


WEIGHT = '<key id="w" for="edge" attr.name="weight" attr.type="double"/>\n'
RECURRENT: dict[str, Content] = {
    "weight that is no number": document(NODES + edge_of("strong"), WEIGHT),
    "weight that is not finite": document(NODES + edge_of("nan"), WEIGHT),
    "weight of 5,000 digits for a whole number": document(
        NODES + edge_of("9" * 5000), WEIGHT.replace("double", "long")
    ),
    "weight of two types": document(
        NODES + edge_of("0.5"), WEIGHT + WEIGHT.replace("double", "string")
    ),
    "weight that is text": document(NODES + edge_of("0.5"), WEIGHT.replace("double", "string")),
    "default that is no number": document(
        NODES + edges("01"), WEIGHT.replace("/>", "><default>strong</default></key>")
    ),
    "weight that is left out": document(NODES + edges("01"), WEIGHT),
    "weight with an element in it": document(NODES + edge_of("<b>1</b>"), WEIGHT),
    "two parts, both with cycles": directed(NODES + edges("00", "11")),
}


def _recurrent(path: Path) -> object:
    choices = Protocol(edges=RecurrentEdges(weights="fixed"))
    return Wiring.from_graph(read_graph(path, recurrent=True), "gru", choices)


def _lowered(path: Path) -> object:
    """Reads with a lower bound; a file beyond the real one would take seconds to make."""
    with patch.object(graphml, "MAX_EDGES", 2), patch.object(matrix, "MAX_EDGES", 2):
        return read_graph(path)


MATRICES: dict[str, Content] = {
    "empty file": "",
    "blank lines alone": "\n , \n",
    "row that is missing": "0,1,0\n1,0,1\n",
    "column that is missing": "0,1\n1,0\n0,1\n",
    "number that is missing in a row": "0,1,0\n1,0\n0,1,0\n",
    "list of edges": "0,1\n1,2\n2,0\n",
    "list of edges with weights": "source,target,weight\n0,1,0.5\n1,2,2\n",
    "semicolons": "0;1\n1;0\n",
    "semicolons, and commas in numbers": "0;0,5\n0,5;0\n",
    "semicolons, and an empty cell at the end": ";A;B\nA;0;1\nB;2;\n",
    "tabs": "0\t1\n1\t0\n",
    "spaces": "0 1\n1 0\n",
    "word in a row": "0,1\n1,strong\n",
    "word in the first row": "0,o\n1,0\n",
    "empty cell": "0,1\n1,\n",
    "NaN": "0,1\nnan,0\n",
    "infinity": "0,1\n1,-inf\n",
    "1e999": "0,1\n1,1e999\n",
    "name that occurs twice": ",A,A\nA,0,1\nA,1,0\n",
    "control character in a name": ",A,B\x01\nA,0,1\nB\x01,1,0\n",
    "name that is empty": ",A,\nA,0,1\n,1,0\n",
    "names of rows in another order": ",A,B\nB,0,1\nA,1,0\n",
    "names, and a row that is missing": "x,1,2\n1,0,1\n",
    "names of columns that are numbers, without a corner": "1,2\n0,1\n1,0\n",
    "quote that is not closed": '"0,1\n1,0\n',
    "UTF-16": "0,1\n1,0\n".encode("utf-16"),
    "zeros alone": "0,0\n0,0\n",
    "one number": "1\n",
    "cycle": "0,1,0\n0,0,1\n1,0,0\n",
    "GraphML": document(),
    "10,002 rows": "0\n" * 10_002,
    "folder": Path.mkdir,
    "no file": nothing,
}


CASES = [
    Case("GraphML file", name, make, read_graph, "own.graphml") for name, make in FILES.items()
]
KIND = "GraphML file, its edges the recurrence"
CASES += [Case(KIND, name, make, _recurrent, "own.graphml") for name, make in RECURRENT.items()]
LOWERED = "more edges than 1,000,000, lowered here to 2"
CASES += [Case("GraphML file", LOWERED, FOUR_EDGES, _lowered, "own.graphml")]
MATRIX = "matrix in a CSV file"
CASES += [Case(MATRIX, name, make, read_graph, "own.csv") for name, make in MATRICES.items()]
CASES += [Case(MATRIX, LOWERED, "0,1,1\n0,0,1\n0,0,0\n", _lowered, "own.csv")]
