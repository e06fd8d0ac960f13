"""Graphs: the families, orientation and layers, GraphML, and graphs no network can have."""

import hashlib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pytest
from conftest import connected_graphs, dags
from hypothesis import given
from hypothesis import strategies as st

from sparsernn.errors import InputError
from sparsernn.files.graphml import graph_files, other_files
from sparsernn.graphs.degrees import degree
from sparsernn.graphs.families.barabasi_albert import barabasi_albert
from sparsernn.graphs.families.erdos_renyi import erdos_renyi
from sparsernn.graphs.families.watts_strogatz import watts_strogatz
from sparsernn.graphs.graphml import read_graph, write_graph
from sparsernn.graphs.orientation import _edge_list_order, layers, orient
from sparsernn.graphs.random import generate


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# Families


@pytest.mark.parametrize("m", [1, 2, 3, 5])
def test_a_barabasi_albert_graph_has_m_sources(m: int) -> None:
    for seed in range(20):
        graph = barabasi_albert(25, m, rng(seed))
        dag = orient(graph)
        assert [v for v in dag if dag.in_degree(v) == 0] == list(range(m))
        assert set(dag.predecessors(m)) == set(range(m)), "the first new vertex joins all of them"
        assert graph.number_of_edges() == m * (25 - m)


def test_later_vertices_of_a_barabasi_albert_graph_prefer_those_of_high_degree() -> None:
    graph = barabasi_albert(2000, 2, rng())
    assert max(degree for _, degree in graph.degree) > 40  # a uniform choice gives about 20


def test_a_watts_strogatz_graph_is_connected_with_half_n_k_edges() -> None:
    for seed in range(20):
        graph = watts_strogatz(20, 4, 1.0, rng(seed))
        assert nx.is_connected(graph)
        assert (len(graph), graph.number_of_edges()) == (20, 40)


def test_an_unrewired_watts_strogatz_graph_is_a_ring() -> None:
    graph = watts_strogatz(10, 3, 0.0, rng())  # an odd k counts as k - 1
    assert nx.utils.graphs_equal(graph, nx.cycle_graph(10))


def test_an_erdos_renyi_graph_is_connected_with_edges_as_probable_as_asked() -> None:
    graphs = [erdos_renyi(30, 0.3, rng(seed)) for seed in range(60)]
    assert all(nx.is_connected(graph) and len(graph) == 30 for graph in graphs)
    edges = [graph.number_of_edges() for graph in graphs]
    pairs = 30 * 29 / 2
    assert np.mean(edges) / pairs == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / pairs / 60) ** 0.5)
    assert np.std(edges) == pytest.approx((pairs * 0.3 * 0.7) ** 0.5, rel=0.4)


def test_a_sparse_erdos_renyi_graph_is_drawn_until_it_is_connected() -> None:
    graphs = [erdos_renyi(12, 0.15, rng(seed)) for seed in range(20)]  # one in six is connected
    assert all(nx.is_connected(graph) for graph in graphs)


FAMILIES = {
    "barabasi_albert": {"generator": "barabasi_albert", "n": [10, 20], "m": "n // 10"},
    "watts_strogatz": {"generator": "watts_strogatz", "n": [10, 20], "k": "n // 5", "p": 1.0},
    "erdos_renyi": {"generator": "erdos_renyi", "n": [10, 20], "p": 0.5},
}


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_vertices_are_drawn_evenly_from_the_bounds(family: dict) -> None:
    sizes = [len(generate(family, rng(i))) for i in range(300)]
    counts = np.bincount(sizes)[10:]
    assert len(counts) == 11
    assert counts.min() > 10


def test_the_degree_follows_the_number_of_vertices() -> None:
    family = {"generator": "barabasi_albert", "n": 30, "m": "n // 10"}
    assert generate(family, rng()).number_of_edges() == 3 * 27
    assert generate({**family, "m": 2}, rng()).number_of_edges() == 2 * 28


def test_graphs_of_one_s_own_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.graphml", "a.graphml", ".hidden.graphml", "c.xml"):
        write_graph(nx.path_graph(3), tmp_path / name)
    names = [Path(path).name for path in graph_files(str(tmp_path))]
    assert names == ["a.graphml", "b.graphml"]
    assert other_files(str(tmp_path)) == ["c.xml"]
    assert graph_files(str(tmp_path / "absent")) == other_files(str(tmp_path / "absent")) == []


def test_numbers_in_the_names_of_files_count_as_numbers(tmp_path: Path) -> None:
    expected = ["0", "00", "01", "1", "2", "10", "a2-b10", "a10-b2", "ladder02", "ladder10"]
    paths = [tmp_path / f"{name}.{'GraphML' if name == '2' else 'graphml'}" for name in expected]
    for path in reversed(paths):
        path.touch()
    assert graph_files(str(tmp_path)) == [str(path) for path in paths]


@pytest.mark.parametrize(("n", "m"), [(5, 0), (5, 5), (2, 3)])
def test_an_impossible_barabasi_albert_graph_is_refused(n: int, m: int) -> None:
    with pytest.raises(InputError, match=rf"barabasi_albert\(n={n}, m={m}\): expected 1 <= m < n"):
        barabasi_albert(n, m, rng())


@pytest.mark.parametrize(("n", "k", "remedy"), [(5, 6, "Lower k"), (4, 0, "Raise k")])
def test_an_impossible_watts_strogatz_graph_is_refused(n: int, k: int, remedy: str) -> None:
    with pytest.raises(InputError, match=rf"watts_strogatz\(n={n}, k={k}, p=0.5\): .*{remedy}"):
        watts_strogatz(n, k, 0.5, rng())


@pytest.mark.parametrize("p", [0, 0.001])
def test_an_impossible_erdos_renyi_graph_is_refused(p: float) -> None:
    message = r"none of 1000 .*Raise p or n; .*= 0.30 on"
    with pytest.raises(InputError, match=rf"erdos_renyi\(n=20, p={p}\): {message}"):
        erdos_renyi(20, p, rng())


@pytest.mark.parametrize(
    ("name", "digest"),
    [("barabasi_albert", "93a0fe"), ("watts_strogatz", "08cc3b"), ("erdos_renyi", "1ddfb8")],
)
def test_a_seed_gives_the_same_graphs_as_when_the_project_began(name: str, digest: str) -> None:
    edges = repr([list(generate(FAMILIES[name], rng(seed)).edges) for seed in range(10)])
    assert hashlib.sha256(edges.encode()).hexdigest()[:6] == digest


def test_a_family_s_graph_that_no_network_can_have_is_refused_with_its_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    family = "sparsernn.graphs.families.erdos_renyi.erdos_renyi"
    monkeypatch.setattr(family, lambda n, p, rng: nx.empty_graph(n))
    with pytest.raises(InputError, match=r"erdos_renyi\(n=5, p=0.1\): graph falls into 5 comp"):
        generate({"generator": "erdos_renyi", "n": 5, "p": 0.1}, rng())


def test_a_family_s_graph_of_too_many_edges_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sparsernn.graphs.random.MAX_EDGES", 9)
    with pytest.raises(InputError, match=r"erdos_renyi\(n=5, p=1\): 10 edges; .* at most 9\."):
        generate({"generator": "erdos_renyi", "n": 5, "p": 1}, rng())


# Degrees


@pytest.mark.parametrize(
    ("expression", "n", "expected"),
    [(3, 50, 3), ("n // 5", 50, 10), ("n//10", 19, 1), (" n // 7 ", 50, 7)],
)
def test_a_degree_is_a_number_or_a_share_of_n(expression: int | str, n: int, expected: int) -> None:
    assert degree(expression, n) == expected


@pytest.mark.parametrize("bad", ["n / 5", "n // 0", "5 // n", "2 * n", "", 2.5, None, True])
def test_any_other_degree_is_refused(bad: Any) -> None:
    with pytest.raises(InputError, match=r"neither a whole number nor of the form 'n // 5'"):
        degree(bad, 50)


# Orientation and layers


@given(connected_graphs(), st.randoms(use_true_random=False))
def test_undirected_edges_point_to_the_higher_number(graph: nx.Graph, random: Any) -> None:
    shuffled = nx.Graph()
    shuffled.add_nodes_from(random.sample(list(graph), len(graph)))
    shuffled.add_edges_from((v, u) for u, v in random.sample(list(graph.edges), graph.size()))
    dag = orient(shuffled)
    assert list(dag) == list(range(len(graph)))
    assert set(map(frozenset, dag.edges)) == set(map(frozenset, graph.edges))
    assert all(u < v for u, v in dag.edges)


def test_whole_numbers_with_gaps_keep_their_order_and_names_theirs() -> None:
    assert set(orient(nx.Graph([(30, 7), (7, 12)])).edges) == {(0, 2), (0, 1)}
    assert set(orient(nx.Graph([("z", "a"), ("a", "m")])).edges) == {(0, 1), (1, 2)}


@given(dags())
def test_directed_edges_keep_their_direction(dag: nx.DiGraph) -> None:
    assert set(orient(dag).edges) == set(dag.edges)


@given(st.one_of(dags(), connected_graphs().map(orient)))
def test_a_vertex_s_layer_is_its_longest_path_from_a_source(dag: nx.DiGraph) -> None:
    by_layer = layers(dag)
    assert sorted(v for vertices in by_layer for v in vertices) == sorted(dag)
    for i, vertices in enumerate(by_layer):
        assert vertices == sorted(vertices) and vertices
        for v in vertices:
            behind = dag.subgraph({v} | nx.ancestors(dag, v))
            assert nx.dag_longest_path_length(behind) == i


@given(dags())
def test_the_edge_list_order_permutes_the_vertices_of_a_layer(dag: nx.DiGraph) -> None:
    published = layers(orient(dag), "edge_list")
    assert [sorted(vertices) for vertices in published] == layers(dag)


def test_the_edge_list_order_is_that_of_first_mention_after_all_ancestors() -> None:
    dag = orient(nx.DiGraph([(0, 4), (1, 2), (3, 4), (4, 5), (1, 5)]))
    # 0 4 (after its ancestors 0 3) 1 2 5
    assert layers(dag, "edge_list") == [[0, 3, 1], [4, 2], [5]]
    assert layers(dag) == [[0, 1, 3], [2, 4], [5]]


def test_the_edge_list_order_of_a_long_path() -> None:
    dag = orient(nx.DiGraph([(v + 1, v) for v in range(1500)]))
    assert layers(dag, "edge_list") == [[v] for v in range(1500, -1, -1)]


def networkx_2_5_ancestors(dag: nx.DiGraph, source: int) -> set[int]:
    """Ancestors in the order of the set that networkx 2.5 built; the thesis used it."""
    seen: dict[int, None] = {}
    waiting = {source}
    while waiting:
        level, waiting = waiting, set()
        for vertex in level:
            if vertex not in seen:
                seen[vertex] = None
                waiting.update(dag.pred[vertex])
    return set(vertex for vertex, _ in seen.items()) - {source}  # noqa: C401


def thesis_graphs() -> st.SearchStrategy[nx.DiGraph]:
    """Graphs of the thesis's size: only in those does an order depend on how a set was built."""
    seeds = st.integers(0, 10_000)
    return seeds.map(lambda seed: orient(nx.barabasi_albert_graph(48, 4, seed=seed)))


@given(st.one_of(dags(), connected_graphs().map(orient), thesis_graphs()))
def test_the_edge_list_order_is_that_of_the_thesis_s_recursion(dag: nx.DiGraph) -> None:
    seen: dict[int, None] = {}

    def visit(vertices: Iterable[int]) -> None:
        for vertex in vertices:
            if vertex not in seen:
                visit(networkx_2_5_ancestors(dag, vertex))
                seen[vertex] = None

    visit(chain(*dag.edges))
    assert _edge_list_order(dag) == list(seen)


# Files


@given(graph=st.one_of(connected_graphs(max_vertices=14), dags()))
def test_graphml_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, graph: nx.Graph
) -> None:
    path = tmp_path_factory.mktemp("graphs") / "0.graphml"
    write_graph(graph, path)
    again = read_graph(path)
    assert list(again) == list(graph)
    assert list(again.edges) == list(graph.edges)
    assert again.is_directed() == graph.is_directed()


def test_igraph_opens_our_graphml(tmp_path: Path) -> None:
    graph = barabasi_albert(20, 2, rng())
    write_graph(graph, tmp_path / "0.graphml")
    theirs = igraph.Graph.Read_GraphML(str(tmp_path / "0.graphml"))
    assert list(map(int, theirs.vs["id"])) == list(graph) == list(range(20))
    assert set(map(frozenset, theirs.get_edgelist())) == set(map(frozenset, graph.edges))


def test_igraph_s_graphml_is_read(tmp_path: Path) -> None:
    theirs = igraph.Graph(n=12, edges=[(v, v + 1) for v in range(11)] + [(0, 11)], directed=True)
    theirs.write_graphml(str(tmp_path / "0.graphml"))
    assert set(orient(read_graph(tmp_path / "0.graphml")).edges) == set(theirs.get_edgelist())


YED = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
    xmlns:y="http://www.yworks.com/xml/graphml">
<key id="d0" for="node" yfiles.type="nodegraphics"/>
<key id="d1" for="edge" yfiles.type="edgegraphics"/>
<key id="d2" for="graph" attr.name="name" attr.type="string"/>
<graph id="G" edgedefault="undirected">
<data key="d2"/>
<node id="n1"><data key="d0"><y:ShapeNode>{node}</y:ShapeNode></data></node>
<node id="n0"/>
<edge id="e0" source="n0" target="n1">
<data key="d1"><y:PolyLineEdge>{edge}</y:PolyLineEdge></data></edge>
</graph></graphml>"""


@pytest.mark.parametrize(
    ("node", "edge"),
    [
        ('<y:Geometry x="1" y="2"/><y:NodeLabel>a</y:NodeLabel>', "<y:EdgeLabel>b</y:EdgeLabel>"),
        ('<y:Geometry x="1" y="2"/><y:NodeLabel hasText="false"/>', ""),
        ("<y:Geometry/>", ""),
        ("", "<y:EdgeLabel/>"),
        ('<y:Geometry x="3"/><node id="n0"/>', ""),  # an element of GraphML within the drawing
    ],
)
def test_a_drawing_of_yed_s_is_left_out(tmp_path: Path, node: str, edge: str) -> None:
    (tmp_path / "0.graphml").write_text(YED.format(node=node, edge=edge), encoding="utf-8")
    write_graph(read_graph(tmp_path / "0.graphml"), tmp_path / "1.graphml")
    write_graph(nx.Graph([("n1", "n0")]), tmp_path / "plain.graphml")
    assert (tmp_path / "1.graphml").read_bytes() == (tmp_path / "plain.graphml").read_bytes()


def test_the_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_graph(watts_strogatz(20, 4, 1.0, rng()), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_names_that_are_all_numbers_become_integers_whatever_their_size(tmp_path: Path) -> None:
    ids = ["7", "720575940621039145", "9" * 1000]
    for last, kind in ((ids[2], int), ("9" * 5000, str), ("1" + "x" * 10**5, str)):
        write_graph(nx.path_graph([*ids[:2], last]), tmp_path / "0.graphml")
        again = read_graph(tmp_path / "0.graphml")
        assert list(again) == list(map(kind, [*ids[:2], last]))


# What no network can be built on; as files, such graphs are in tests/hostile/malformed_graphs.py

BAD_GRAPHS = {
    "cycle": (
        nx.DiGraph([(5, 6), (6, 7), (7, 5), (4, 5)]),
        r"directed graph has a cycle, 5 -> 6 -> 7 -> 5; .*Drop an edge",
    ),
    "disconnected": (
        nx.Graph([(0, 1), (2, 3), (4, 5)]),
        r"falls into 3 components; expected a connected one\. Take the largest",
    ),
    "disconnected directed": (nx.DiGraph([(0, 1), (2, 3)]), "falls into 2 components"),
    "one vertex": (nx.empty_graph(1), r"graph has 1 vertex\(es\); a network needs at least 2"),
    "self-loop": (nx.Graph([(0, 1), (1, 1)]), r"a self-loop at vertex 1; expected a simple graph"),
    "parallel edges": (nx.MultiGraph([(0, 1), (0, 1)]), "parallel edges; expected a simple graph"),
}


@pytest.mark.parametrize(("graph", "message"), BAD_GRAPHS.values(), ids=BAD_GRAPHS)
def test_a_bad_graph_is_refused(graph: nx.Graph, message: str) -> None:
    with pytest.raises(InputError, match=message):
        orient(graph)
