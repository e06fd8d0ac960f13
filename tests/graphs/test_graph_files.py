"""Graphs that other programs have exported: they are read as they are, or refused."""

from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from graph_files import brain, cytoscape, gephi, spreadsheet

from sparsernn import Protocol, RecurrentEdges, Wiring
from sparsernn.errors import InputError
from sparsernn.graphs.graphml import read_graph, write_graph

EXPORTS = {"own.graphml": cytoscape, "gephi.graphml": gephi, "own.csv": spreadsheet}


def exported(folder: Path, name: str, change: Callable[[str], str] = lambda text: text) -> Path:
    content = EXPORTS[name](brain())
    text = content if isinstance(content, str) else content.decode()
    path = folder / name
    path.write_bytes(change(text).encode())
    return path


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_the_graph_that_it_was(tmp_path: Path, name: str) -> None:
    original, graph = brain(), read_graph(exported(tmp_path, name), recurrent=True)
    assert graph.is_directed() and len(graph) == len(original)
    weights = [nx.to_numpy_array(each, nodelist=list(each)) for each in (original, graph)]
    np.testing.assert_array_equal(*weights)
    write_graph(graph, tmp_path / "again.graphml")
    again = read_graph(tmp_path / "again.graphml", recurrent=True)
    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))
    assert list(again.edges(data=True)) == list(graph.edges(data=True))


@pytest.mark.parametrize("name", ["own.graphml", "gephi.graphml"])
def test_a_column_of_an_export_says_which_vertices_hear(tmp_path: Path, name: str) -> None:
    graph = read_graph(exported(tmp_path, name), recurrent=True)
    protocol = Protocol(edges=RecurrentEdges(inputs="sensory", weights="fixed"))
    mask = Wiring.from_graph(graph, "rnn_tanh", protocol).blocks[0].mask_ih
    assert mask.any(1).tolist() == [i % 3 == 0 for i in range(8)]


def test_names_of_a_spreadsheet_are_those_of_the_vertices(tmp_path: Path) -> None:
    assert list(read_graph(exported(tmp_path, "own.csv"), recurrent=True)) == list(brain())


def test_columns_of_one_name_have_the_type_of_their_own_table(tmp_path: Path) -> None:
    """Gephi's column `kind` of vertices is text, that of edges a whole number."""
    graph = read_graph(exported(tmp_path, "gephi.graphml"), recurrent=True)
    assert graph.nodes["n 1"]["kind"] == "inhibitory"
    assert {kind for *_, kind in graph.edges(data="kind")} == {3}


KEY = '<key attr.name="weight" attr.type="{}" for="node" id="weight"/>\n    <graph'


def test_cytoscape_s_columns_of_one_name_agree_in_their_type(tmp_path: Path) -> None:
    """It declares those of nodes, edges and networks alike, so which is which can't be told."""

    def path(kind: str) -> Path:
        return exported(
            tmp_path, "own.graphml", lambda t: t.replace("<graph ", KEY.format(kind) + " ")
        )

    graph = read_graph(path("int"), recurrent=True)
    assert {type(weight) for *_, weight in graph.edges(data="weight")} == {float}
    told = "line 87: 'weight' is declared several times, with the types double and string; expected"
    with pytest.raises(InputError, match=told):
        read_graph(path("string"), recurrent=True)


def test_a_default_holds_where_there_is_no_value(tmp_path: Path) -> None:
    def defaults(text: str) -> str:
        text = text.replace(
            'for="edge" id="weight"/>', 'for="edge" id="weight"><default>2.5</default></key>'
        )
        return text.replace('<data key="weight">0.25</data>', "").replace(
            'for="node" id="sensory"/>', 'for="node" id="sensory"><default>true</default></key>'
        )

    graph = read_graph(exported(tmp_path, "gephi.graphml", defaults), recurrent=True)
    assert graph.edges["n 0", "n 1"]["weight"] == 2.5 and graph.edges["n 1", "n 2"]["weight"] == 0.5
    assert graph.nodes["n 1"]["sensory"] is False


def test_edges_of_both_kinds_are_refused_as_gephi_writes_them(tmp_path: Path) -> None:
    path = exported(
        tmp_path, "gephi.graphml", lambda t: t.replace('id="3"', 'id="3" type="undirected"')
    )
    with pytest.raises(InputError, match="type is 'undirected', unlike the graph's edgedefault"):
        read_graph(path)


def test_weights_that_are_text_are_refused(tmp_path: Path) -> None:
    path = exported(tmp_path, "own.graphml", lambda t: t.replace('"double"', '"string"'))
    protocol = Protocol(edges=RecurrentEdges(weights="fixed"))
    with pytest.raises(
        InputError, match=r"has the weight '0\.25', which is text; expected a finite"
    ):
        Wiring.from_graph(read_graph(path, recurrent=True), "rnn_tanh", protocol)


def test_an_isolated_vertex_is_refused_and_the_remedy_works(tmp_path: Path) -> None:
    alone = '<node id="999"><data key="sensory">false</data></node></graph>'
    path = exported(tmp_path, "own.graphml", lambda t: t.replace("</graph>", alone))
    with pytest.raises(InputError, match="falls into 2 components"):
        read_graph(path, recurrent=True)
    graph = nx.read_graphml(path)
    largest = graph.subgraph(max(nx.weakly_connected_components(graph), key=len))
    nx.write_graphml(largest, path)
    assert len(read_graph(path, recurrent=True)) == 8
