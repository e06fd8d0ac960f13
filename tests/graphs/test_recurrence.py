"""Directed graphs with cycles: their layers and properties, files, and null models."""

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pytest
from conftest import cyclic_graphs, dags
from hypothesis import given
from scipy import stats

from sparsernn.errors import InputError
from sparsernn.graphs.directed_properties import DIRECTED_PROPERTIES, directed_properties
from sparsernn.graphs.graphml import read_graph, write_graph
from sparsernn.graphs.orientation import layers, orient
from sparsernn.graphs.properties import properties
from sparsernn.graphs.recurrence import as_directed, component_layers, recurrent_properties
from sparsernn.plugins import function

RNG = np.random.default_rng


def as_igraph(graph: nx.DiGraph) -> igraph.Graph:
    return igraph.Graph(n=len(graph), edges=list(graph.edges), directed=True)


# Properties


@given(cyclic_graphs())
def test_properties_are_networkx_s_and_numpy_s(graph: nx.DiGraph) -> None:
    found = directed_properties(as_igraph(graph))
    simple = graph.copy()
    simple.remove_edges_from(list(nx.selfloop_edges(graph)))
    components = list(nx.strongly_connected_components(graph))
    adjacency = nx.to_numpy_array(graph)
    ins, outs = adjacency.sum(0), adjacency.sum(1)
    expected = {
        "reciprocity": nx.overall_reciprocity(simple),
        "cyclic": 1,
        "self_loops": nx.number_of_selfloops(graph),
        "strong_components": len(components),
        "largest_component": max(map(len, components)),
        "largest_component_share": max(map(len, components)) / len(graph),
        "in_degree_mean": outs.mean(),
        "in_degree_max": ins.max(),
        "in_degree_std": ins.std(),
        "out_degree_max": outs.max(),
        "out_degree_std": outs.std(),
        "spectral_radius": np.abs(np.linalg.eigvals(adjacency)).max(),
    }
    assert list(found) == list(DIRECTED_PROPERTIES)
    assert found == pytest.approx(expected)


@given(dags())
def test_without_cycles_layers_and_properties_are_those_of_any_study(dag: nx.DiGraph) -> None:
    assert component_layers(dag) == layers(dag)
    found = recurrent_properties(dag)
    assert {name: found[name] for name in found if name not in DIRECTED_PROPERTIES} == properties(
        as_igraph(orient(dag)), layers(dag)
    )
    assert found["cyclic"] == found["spectral_radius"] == 0
    assert found["strong_components"] == len(dag)


def test_edges_both_ways_and_self_loops_count_once_or_not_in_undirected_measures() -> None:
    path = nx.path_graph(4)
    both = path.to_directed()
    both.add_edge(2, 2)
    ours, theirs = recurrent_properties(both), recurrent_properties(path)
    names = [name for name in ours if name not in DIRECTED_PROPERTIES]
    assert {name: ours[name] for name in names} == {name: theirs[name] for name in names}
    assert (ours["edges"], ours["self_loops"], ours["reciprocity"]) == (3, 1, 1)


# Files

GEPHI = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key attr.name="label" attr.type="string" for="node" id="label"/>
<key attr.name="weight" attr.type="double" for="edge" id="weight"/>
<key attr.name="Type" attr.type="string" for="node" id="type"/>
<key attr.name="sensory" attr.type="boolean" for="node" id="s"/>
<key attr.name="r" attr.type="int" for="node" id="r"/>
<graph edgedefault="directed">
<node id="n1"><data key="label">AVA</data><data key="type">excitatory</data><data key="r">7</data>
<data key="s">True</data></node>
<node id="n0"><data key="type">inhibitory</data></node>
<edge id="0" source="n0" target="n1"><data key="weight">-2.5</data></edge>
<edge id="1" source="n1" target="n0"><data key="weight">1.0</data></edge>
<edge id="2" source="n1" target="n1"><data key="weight">{weight}</data></edge>
</graph></graphml>"""


def test_weights_and_attributes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "own.graphml"
    path.write_text(GEPHI.format(weight="0.5"), encoding="utf-8")
    graph = read_graph(path, recurrent=True)
    assert list(graph.edges(data="weight")) == [
        ("n1", "n0", 1.0),
        ("n1", "n1", 0.5),
        ("n0", "n1", -2.5),
    ]
    expected = {"label": "AVA", "Type": "excitatory", "r": 7, "sensory": True}
    assert dict(graph.nodes["n1"]) == expected
    write_graph(graph, tmp_path / "again.graphml")
    again = read_graph(tmp_path / "again.graphml", recurrent=True)
    assert list(again.edges(data=True)) == list(graph.edges(data=True))
    assert list(again.nodes(data=True)) == list(graph.nodes(data=True))
    with pytest.raises(InputError, match="self-loop"):
        read_graph(path)


def test_a_matrix_becomes_a_file_as_the_page_says(tmp_path: Path) -> None:
    matrix = np.array([[0.5, -1.0, 0], [0, 0, 2], [1, 0, 0]])
    np.savetxt(tmp_path / "matrix.csv", matrix, delimiter=",")
    loaded = np.loadtxt(tmp_path / "matrix.csv", delimiter=",")
    nx.write_graphml(nx.from_numpy_array(loaded, create_using=nx.DiGraph), tmp_path / "own.graphml")
    again = read_graph(tmp_path / "own.graphml", recurrent=True)
    assert np.array_equal(nx.to_numpy_array(again, nodelist=range(3)), matrix)


def test_a_value_of_another_type_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "own.graphml"
    path.write_text(GEPHI.format(weight="strong"), encoding="utf-8")
    told = "own.graphml, line 14: 'weight' is 'strong', and not of its type, double. Correct it"
    with pytest.raises(InputError, match=told):
        read_graph(path, recurrent=True)


def test_a_graph_in_parts_is_refused(tmp_path: Path) -> None:
    write_graph(nx.DiGraph([(0, 1), (1, 0), (2, 3)]), tmp_path / "own.graphml")
    with pytest.raises(InputError, match="falls into 2 components"):
        read_graph(tmp_path / "own.graphml", recurrent=True)


# Null models


def brain(n: int = 16, seed: int = 0, dale: bool = True) -> nx.DiGraph:
    rng = RNG(seed)
    graph = nx.gnp_random_graph(n, 0.2, seed=seed, directed=True)
    graph.add_edges_from([*nx.path_graph(n).edges, (3, 3), (5, 5)])
    for v in graph:
        graph.nodes[v]["sign"] = -1 if v % 3 == 0 else 1
    for u, _, data in graph.edges(data=True):
        sign = graph.nodes[u]["sign"] if dale else rng.choice([-1, 1])
        data["weight"] = float(sign * rng.uniform(0.1, 1))
    return graph


def null(name: str, graph: Any, seed: int) -> nx.DiGraph:
    return function("nulls", name)(graph, RNG(seed))


REWIRED = ["keep_in_out_degrees", "keep_reciprocity", "same_density", "lattice", "small_world"]


@pytest.mark.parametrize("name", REWIRED)
def test_size_loops_and_signs_are_kept(name: str) -> None:
    before = brain()
    for seed in range(3):
        after = null(name, before, seed)
        assert list(after.nodes(data=True)) == list(before.nodes(data=True))
        assert after.number_of_edges() == before.number_of_edges()
        assert set(nx.selfloop_edges(after)) == set(nx.selfloop_edges(before))
        assert nx.is_weakly_connected(after)
        strengths = [sorted(abs(w) for *_, w in g.edges(data="weight")) for g in (before, after)]
        assert strengths[0] == strengths[1]
        assert all(w * after.nodes[u]["sign"] > 0 for u, _, w in after.edges(data="weight"))
        assert len(set(after.edges) & set(before.edges)) < 0.7 * len(before.edges)
    assert nx.utils.graphs_equal(before, brain()), "the graph itself is changed"


def test_in_and_out_degrees_and_strengths_are_kept() -> None:
    before = brain(dale=False)
    for seed in range(3):
        after = null("keep_in_out_degrees", before, seed)
        assert dict(after.in_degree) == dict(before.in_degree)
        assert dict(after.out_degree) == dict(before.out_degree)
        out = [dict(g.out_degree(weight="weight")) for g in (before, after)]
        assert out[0] == pytest.approx(out[1])


def _mutual(graph: nx.DiGraph) -> dict[Any, int]:
    """How many edges of each vertex lead both ways."""
    return {u: sum(graph.has_edge(v, u) for v in graph.successors(u) if v != u) for u in graph}


def test_edges_that_lead_both_ways_are_kept_for_every_vertex() -> None:
    before = brain(24)
    before.add_edges_from((v, u, {"weight": 1.0}) for u, v in list(before.edges)[::3])
    others = [null("keep_in_out_degrees", before, seed) for seed in range(3)]
    for seed in range(3):
        after = null("keep_reciprocity", before, seed)
        assert _mutual(after) == _mutual(before) and sum(_mutual(before).values()) > 20
        assert dict(after.in_degree) == dict(before.in_degree)
        assert dict(after.out_degree) == dict(before.out_degree)
        out = [dict(g.out_degree(weight="weight")) for g in (before, after)]
        assert out[0] == pytest.approx(out[1])
    assert all(sum(_mutual(each).values()) < sum(_mutual(before).values()) for each in others)


TRIANGLE = [(0, 1), (1, 2), (2, 0)]  # which swaps alone can't turn around


MIXED = [*TRIANGLE, (0, 3), (3, 0), (1, 4), (4, 1)]  # mutual edges, too


@pytest.mark.parametrize(
    ("name", "edges", "graphs"),
    [
        ("keep_in_out_degrees", [*TRIANGLE, (2, 3), (3, 0)], 7),
        ("keep_in_out_degrees", TRIANGLE, 2),
        ("keep_reciprocity", MIXED, 4),
        ("same_density", TRIANGLE, 20),
    ],
)
def test_every_such_graph_is_equally_likely(name: str, edges: Any, graphs: int) -> None:
    start = nx.DiGraph(edges)
    known = _all_graphs(start, degrees=name != "same_density")
    if name == "keep_reciprocity":
        known = {each for each in known if _mutual(_with(start, each)) == _mutual(start)}
    assert len(known) == graphs
    found = Counter(frozenset(null(name, start, i).edges) for i in range(40 * graphs))
    assert set(found) <= known
    assert stats.chisquare([found[each] for each in known]).pvalue > 0.001


def _with(start: nx.DiGraph, edges: Any) -> nx.DiGraph:
    graph = nx.create_empty_copy(start)
    graph.add_edges_from(edges)
    return graph


def _all_graphs(start: nx.DiGraph, degrees: bool) -> set[frozenset[Any]]:
    """Every weakly connected directed graph of this size, or with these degrees."""
    pairs = list(itertools.permutations(start, 2))
    found = set()
    for edges in itertools.combinations(pairs, start.number_of_edges()):
        graph = nx.DiGraph(edges)
        graph.add_nodes_from(start)
        same = all(graph.in_degree(v) == start.in_degree(v) for v in start)
        same = same and all(graph.out_degree(v) == start.out_degree(v) for v in start)
        if nx.is_weakly_connected(graph) and (same or not degrees):
            found.add(frozenset(edges))
    return found


def test_a_lattice_has_the_shortest_edges() -> None:
    lattice, before = null("lattice", brain(), 0), brain()
    others = before.number_of_edges() - nx.number_of_selfloops(before)
    assert nx.average_clustering(lattice.to_undirected()) > 0.4
    world = null("small_world", brain(), 0)
    moved = others - len(set(world.edges) & set(lattice.edges))  # of the same order of vertices
    assert 0 < moved < 0.3 * others


def test_weights_or_signs_are_shuffled_and_the_rest_stays() -> None:
    before = brain(dale=False)
    weights, signs = null("shuffle_weights", before, 0), null("shuffle_signs", before, 0)
    for after in weights, signs:
        assert list(after.edges) == list(before.edges)
    old = np.array([w for *_, w in before.edges(data="weight")])
    new = np.array([w for *_, w in weights.edges(data="weight")])
    assert (np.sign(new) == np.sign(old)).all() and (new != old).any()
    np.testing.assert_array_equal(np.sort(abs(new)), np.sort(abs(old)))
    new = np.array([w for *_, w in signs.edges(data="weight")])
    assert (abs(new) == abs(old)).all() and (new != old).any()
    assert np.sign(new).sum() == np.sign(old).sum()


@pytest.mark.parametrize("name", ["shuffle_weights", "shuffle_signs"])
def test_a_graph_without_weights_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="an edge has no weight"):
        null(name, nx.path_graph(4), 0)


def test_an_undirected_edge_runs_both_ways() -> None:
    assert set(as_directed(nx.Graph([("1", "0"), ("0", "0")])).edges) == {(0, 1), (1, 0), (0, 0)}
