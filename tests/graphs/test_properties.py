"""Graph properties: igraph's values are networkx's, and the thesis's."""

from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from conftest import connected_graphs
from hypothesis import given

from sparsernn.errors import InputError
from sparsernn.graphs.orientation import layers, orient
from sparsernn.graphs.properties import properties
from sparsernn.graphs.property_names import EXTRA_PROPERTIES, PROPERTIES
from sparsernn.thesis.pickles import read_pickled_graph
from sparsernn.thesis.repository import CELLS


def measure(graph: nx.Graph) -> dict[str, float]:
    """As the workflow does: igraph's properties of a networkx graph."""
    dag = orient(graph)
    return properties(igraph.Graph(n=len(dag), edges=list(dag.edges), directed=True), layers(dag))


def by_networkx(graph: nx.Graph) -> dict[str, float]:
    """The 23 properties, each by its networkx function."""
    dag = orient(graph)
    expected = {
        "layers": nx.dag_longest_path_length(dag) + 1,
        "nodes": graph.number_of_nodes(),
        "edges": graph.number_of_edges(),
        "source_nodes": sum(degree == 0 for _, degree in dag.in_degree),
        "sink_nodes": len([*nx.topological_generations(dag)][-1]),
        "diameter": nx.diameter(graph),
        "density": nx.density(dag),
        "average_shortest_path_length": nx.average_shortest_path_length(graph),
    }
    for name, values in {
        "eccentricity": nx.eccentricity(graph),
        "degree": nx.degree_centrality(graph),
        "closeness": nx.closeness_centrality(graph),
        "nodes_betweenness": nx.betweenness_centrality(graph),
        "edge_betweenness": nx.edge_betweenness_centrality(graph),
    }.items():
        series = pd.Series(values)
        moments = {"mean": series.mean(), "var": series.var(), "std": series.std()}
        expected |= {f"{name}_{moment}": value for moment, value in moments.items()}
    return expected


@given(connected_graphs(min_vertices=3, max_vertices=16))
def test_all_properties_equal_networkx(graph: nx.Graph) -> None:
    ours, expected = measure(graph), by_networkx(graph)
    assert tuple(expected) == PROPERTIES
    assert {name: ours[name] for name in PROPERTIES} == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_there_are_23_columns_and_two_more_in_order() -> None:
    assert len(PROPERTIES) == 23
    assert tuple(measure(nx.path_graph(4))) == PROPERTIES + EXTRA_PROPERTIES


def test_a_single_edge_has_no_variance() -> None:
    ours = measure(nx.path_graph(2))
    assert (ours["edge_betweenness_mean"], ours["edge_betweenness_var"]) == (1, 0)
    assert np.isfinite(list(ours.values())).all()


def test_the_thesis_s_two_misnomers_stand_beside_what_they_meant() -> None:
    # 0 -> 1 -> 2 and 0 -> 3: two sinks, one of them in the last layer.
    ours = measure(nx.DiGraph([(0, 1), (1, 2), (0, 3)]))
    assert (ours["sink_nodes"], ours["true_sinks"]) == (1, 2)
    assert (ours["density"], ours["density_undirected"]) == (3 / 12, 3 / 6)


@given(connected_graphs(min_vertices=3))
def test_directions_change_only_layers_sources_and_sinks(graph: nx.Graph) -> None:
    ours, other = measure(graph), measure(orient(graph).reverse())
    known = (*PROPERTIES, "true_sinks", "density_undirected")
    changed = {name for name in known if ours[name] != pytest.approx(other[name])}
    assert changed <= {"source_nodes", "sink_nodes", "true_sinks"}
    assert other["true_sinks"] == ours["source_nodes"]


def test_graphs_without_properties_are_refused() -> None:
    for graph, parts in ((igraph.Graph(n=1), 1), (igraph.Graph(n=3, edges=[(0, 1)]), 2)):
        with pytest.raises(InputError, match=rf"connected graph .* in {parts} components"):
            properties(graph, [[0]])


@pytest.mark.parametrize("cell", CELLS)
def test_the_thesis_s_columns_come_back(thesis: Path, cell: str) -> None:
    experiments = thesis / "Implementations" / "experiments"
    table = pd.read_csv(experiments / "results" / "structure" / f"{cell}.csv")
    table = table.set_index(["graph", "graph_nr"])
    paths = sorted((experiments / "graphs" / cell.upper()).glob("*.gpickle"))
    assert len(paths) >= 6
    for path in paths:
        family, _, number = path.stem.rpartition("_")
        expected = table.loc[(family, int(number)), list(PROPERTIES)].to_dict()
        measured = measure(read_pickled_graph(path))
        assert {name: measured[name] for name in PROPERTIES} == pytest.approx(
            expected, rel=1e-9, abs=1e-12
        )
