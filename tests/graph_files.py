"""Graphs as other programs export them, value by value and quirk by quirk."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

_TYPES: Mapping[type, str] = {bool: "boolean", int: "long", float: "double", str: "string"}
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'


def brain(n: int = 8) -> nx.DiGraph:
    """A small directed graph with cycles, and a self-loop; a third of its vertices are sensory."""
    graph = nx.DiGraph()
    for i in range(n):
        graph.add_node(f"Nerv {i} ↦ «ü»", sensory=i % 3 == 0, kind="inhibitory" if i == 1 else "")
    names = list(graph)
    for i in range(n):
        for step in (1, 3):
            graph.add_edge(names[i], names[(i + step) % n], weight=0.25 * (i + step))
    graph.add_edge(names[2], names[2], weight=-1.5)
    return graph


def cytoscape(graph: nx.DiGraph) -> str:
    """As the GraphML exporter of Cytoscape 3 (its class GraphMLWriter) writes a network.

    There is no namespace. Vertices are called by numbers (SUID). All edges are directed. Columns of
    the tables of nodes, edges and networks are all declared as those of nodes, so some twice or
    three times. Cells that are empty are left out, and lists are texts.
    """
    suid = {v: 62 + 3 * i for i, v in enumerate(graph)}
    nodes = {
        v: {"SUID": suid[v], "shared name": v, "name": v, "selected": False, "tags": "[a, b]"}
        | data
        for v, data in graph.nodes(data=True)
    }
    edges = {}
    for i, (u, v, data) in enumerate(graph.edges(data=True)):
        name = f"{u} (synapse) {v}"
        edges[u, v] = {"SUID": 500 + i, "shared name": name, "shared interaction": "synapse"}
        edges[u, v] |= {"name": name, "selected": False, "interaction": "synapse"} | data
    network = {"SUID": 52, "shared name": "worm", "name": "worm", "selected": True}
    columns = (next(iter(table.values())) for table in (nodes, edges))
    tables = (*columns, network | {"__Annotations": "[]"})
    keys = [
        f'    <key attr.name={quoteattr(name)} attr.type="{_TYPES[type(value)]}" for="node" '
        f"id={quoteattr(name)}/>"
        for table in tables
        for name, value in table.items()
    ]
    body = [f'        <node id="{suid[v]}">{_data(data)}</node>' for v, data in nodes.items()]
    body += [
        f'        <edge source="{suid[u]}" target="{suid[v]}">{_data(data)}</edge>'
        for (u, v), data in edges.items()
    ]
    lines = ["<graphml>", *keys, '    <graph edgedefault="directed" id="worm &amp; fly">', *body]
    return HEAD + "\n".join([*lines, "    </graph>", "</graphml>\n"])


def gephi(graph: nx.DiGraph) -> str:
    """As Gephi exports a graph with attributes, colours and positions.

    Columns of nodes and of edges may have keys of one id, each its own type. Vertices are called by
    Gephi's ids, and their names are labels.
    """
    ids = {v: f"n {i}" for i, v in enumerate(graph)}
    keys = [
        *(("label", "string", "node", "label"), ("Edge Label", "string", "edge", "edgelabel")),
        *(("weight", "double", "edge", "weight"), ("r", "int", "node", "r")),
        *(("x", "float", "node", "x"), ("sensory", "boolean", "node", "sensory")),
        *(("kind", "string", "node", "kind"), ("kind", "int", "edge", "kind")),
    ]
    body = [
        f'<node id="{ids[v]}">\n{_data({"label": v} | data | {"r": 76, "x": -1.5})}</node>'
        for v, data in graph.nodes(data=True)
    ]
    body += [
        f'<edge id="{i}" source="{ids[u]}" target="{ids[v]}">\n{_data(data | {"kind": 3})}</edge>'
        for i, (u, v, data) in enumerate(graph.edges(data=True))
    ]
    lines = ['<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    lines += [
        f'<key attr.name="{name}" attr.type="{kind}" for="{place}" id="{key}"/>'
        for name, kind, place, key in keys
    ]
    return HEAD + "\n".join(
        [*lines, '<graph edgedefault="directed">', *body, "</graph>\n</graphml>"]
    )


def spreadsheet(graph: nx.DiGraph) -> bytes:
    """The matrix of weights as a spreadsheet program saves it: CSV in UTF-8, with a mark."""
    rows = [["", *graph]]
    rows += [
        [u, *(str(graph.get_edge_data(u, v, {"weight": 0})["weight"]) for v in graph)]
        for u in graph
    ]
    return ("\ufeff" + "\r\n".join(",".join(row) for row in rows) + "\r\n").encode()


def _data(values: Mapping[str, object]) -> str:
    texts = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in values.items()
    }
    return "".join(
        f"<data key={quoteattr(key)}>{escape(text)}</data>\n" for key, text in texts.items() if text
    )
