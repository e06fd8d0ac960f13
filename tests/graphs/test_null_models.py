"""Null models of any graph: what they keep of undirected ones and of data; who may have them."""

import hashlib
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from sparsernn.errors import InputError
from sparsernn.files.graphml import edges_directed
from sparsernn.graphs.graphml import write_graph
from sparsernn.graphs.null_models import draw_null, null_models
from sparsernn.graphs.orientation import layers, orient
from sparsernn.graphs.random import generate
from sparsernn.plugins import function

RNG = np.random.default_rng
UNDIRECTED = ["keep_degrees", "same_density", "lattice", "small_world"]


def null(name: str, graph: nx.Graph, seed: int = 0) -> nx.Graph:
    return function("nulls", name)(graph, RNG(seed))


def tissue(n: int = 18) -> nx.Graph:
    """An undirected graph with names, two self-loops, weights of both signs and an attribute."""
    graph = nx.relabel_nodes(nx.newman_watts_strogatz_graph(n, 4, 0.2, seed=1), "v{}".format)
    graph.add_edges_from([("v3", "v3"), ("v5", "v5")])
    return with_data(graph)


def cascade() -> nx.DiGraph:
    """A directed acyclic graph, but for a self-loop, with names and data."""
    family = {"generator": "layered", "n": 18, "layers": 4, "mean_degree": 5, "sources": 3}
    graph = nx.relabel_nodes(generate(family, RNG(0)), "v{}".format)
    graph.add_edge("v4", "v4")
    return with_data(graph)


def with_data(graph: Any) -> Any:
    for v in graph:
        graph.nodes[v]["sensory"] = v in ("v0", "v1")
    for number, (*_, data) in enumerate(graph.edges(data=True)):
        data |= {"weight": (-1.0) ** (number // 3) * (1 + number), "kind": f"synapse{number}"}
    return graph


def check_kept(before: nx.Graph, after: nx.Graph) -> None:
    """What every null model keeps."""
    assert list(after.nodes(data=True)) == list(before.nodes(data=True))
    assert after.number_of_edges() == before.number_of_edges()
    assert set(nx.selfloop_edges(after)) == set(nx.selfloop_edges(before))
    data = [
        sorted((d["kind"], d["weight"]) for *_, d in g.edges(data=True)) for g in (before, after)
    ]
    assert data[0] == data[1]
    assert nx.is_connected(after.to_undirected())


@pytest.mark.parametrize("name", UNDIRECTED)
def test_undirected_graphs_stay_so_and_keep_size_loops_and_data(name: str) -> None:
    before = tissue()
    for seed in range(3):
        after = null(name, before, seed)
        assert not after.is_directed()
        check_kept(before, after)
        assert nx.utils.graphs_equal(after, null(name, before, seed))
        assert set(map(frozenset, after.edges)) != set(map(frozenset, before.edges))
        assert len({data["kind"] for *_, data in after.edges(data=True)}) == len(after.edges)
    assert nx.utils.graphs_equal(before, tissue()), "the graph itself is changed"


@pytest.mark.parametrize("name", ["keep_degrees", "keep_layers"])
def test_acyclic_graphs_keep_loops_and_data_besides(name: str) -> None:
    before = cascade()
    for seed in range(3):
        after = null(name, before, seed)
        check_kept(before, after)
        plain = [nx.DiGraph([e for e in g.edges if e[0] != e[1]]) for g in (before, after)]
        assert set(plain[0].edges) != set(plain[1].edges)
        if name == "keep_degrees":
            assert dict(after.in_degree) == dict(before.in_degree)
            assert dict(after.out_degree) == dict(before.out_degree)
        else:
            for graph, other in zip(plain, (before, after), strict=True):
                graph.add_nodes_from(other)
            assert [len(x) for x in layers(orient(plain[0]))] == [
                len(x) for x in layers(orient(plain[1]))
            ]


def test_degrees_of_an_undirected_graph_are_kept_with_its_self_loops() -> None:
    assert dict(null("keep_degrees", tissue()).degree) == dict(tissue().degree)


def test_layers_of_an_undirected_graph_take_its_data_along() -> None:
    before = tissue()
    before.remove_edges_from(list(nx.selfloop_edges(before)))
    after = null("keep_layers", before)
    assert after.is_directed()
    check_kept(before, after)


@pytest.mark.parametrize(("edges", "graphs"), [(3, 16), (4, 15)])
def test_every_undirected_graph_of_a_size_is_equally_likely(edges: int, graphs: int) -> None:
    pairs = list(itertools.combinations(range(4), 2))
    known = {
        frozenset(map(frozenset, some))
        for some in itertools.combinations(pairs, edges)
        if len(nx.Graph(some)) == 4 and nx.is_connected(nx.Graph(some))
    }
    start = nx.Graph(sorted(map(sorted, sorted(known, key=repr)[0])))
    start.add_nodes_from(range(4))
    found = Counter(
        frozenset(map(frozenset, null("same_density", start, i).edges)) for i in range(20 * graphs)
    )
    assert len(known) == graphs and set(found) == known
    assert stats.chisquare([found[each] for each in known]).pvalue > 0.001


def test_an_undirected_lattice_is_the_ring_of_watts_and_strogatz() -> None:
    ring = nx.watts_strogatz_graph(14, 4, 0)
    lattice, world = null("lattice", ring), null("small_world", ring)
    assert nx.is_isomorphic(lattice, ring)
    moved = len(set(map(frozenset, lattice.edges)) - set(map(frozenset, world.edges)))
    assert 0 < moved < 0.3 * 28 and world.number_of_edges() == 28
    whole = nx.complete_graph(6)
    assert nx.utils.graphs_equal(nx.Graph(null("lattice", whole).edges), whole)


GOLDEN = {"keep_degrees": "55d95ea7e9a2", "keep_layers": "d3ba47078681"}
PLAIN: list[dict[str, Any]] = [
    {"generator": "barabasi_albert", "n": [10, 30], "m": 3},
    {"generator": "watts_strogatz", "n": 24, "k": 4, "p": 0.3, "sources": 3},
    {"generator": "layered", "n": 20, "layers": 4, "mean_degree": 5, "sources": 3},
]


@pytest.mark.parametrize("name", GOLDEN)
def test_graphs_without_data_are_drawn_as_ever(name: str) -> None:
    """So that studies that were made before give the same graphs, vertex by vertex."""
    drawn = [null(name, generate(each, RNG(i)), i) for i, each in enumerate(PLAIN)]
    text = "".join(str((list(g.nodes(data=True)), list(g.edges(data=True)))) for g in drawn)
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == GOLDEN[name]


def test_who_may_have_which_null_models() -> None:
    assert null_models("undirected", "feedforward") == sorted([*UNDIRECTED, "keep_layers"])
    assert null_models("undirected", "recurrence", weighted=False) == sorted(UNDIRECTED)
    assert null_models("directed", "both") == ["keep_degrees", "keep_layers"]
    assert len(null_models("directed", "recurrence")) == 9


@pytest.mark.parametrize("name", ["keep_in_out_degrees", "keep_layers"])
def test_a_job_names_the_null_models_that_work(name: str) -> None:
    told = (
        f"null model {name} of a graph that is undirected.* one of keep_degrees, lattice, .* nulls"
    )
    with pytest.raises(InputError, match=told):
        draw_null(nx.path_graph(4), name, RNG(0), "recurrence")
    for works in null_models("undirected", "recurrence", weighted=False):
        draw_null(nx.path_graph(4), works, RNG(0), "recurrence")


@pytest.mark.parametrize("name", ["keep_degrees", "keep_layers"])
def test_a_graph_with_cycles_is_refused_with_what_works(name: str) -> None:
    ring = nx.cycle_graph(4, create_using=nx.DiGraph)
    with pytest.raises(
        InputError, match=rf"nulls/{name}\.py: the directed graph has cycles"
    ) as told:
        null(name, ring)
    for works in str(told.value).rpartition("Use ")[2].rstrip(".").replace(" or", ",").split(", "):
        assert null(works, ring).number_of_edges() == 4
    with pytest.raises(InputError, match="Use keep_degrees"):
        null("keep_in_out_degrees", nx.cycle_graph(4))


def test_the_head_of_a_file_says_whether_edges_are_directed(tmp_path: Path) -> None:
    for graph in nx.path_graph(3), nx.path_graph(3, create_using=nx.DiGraph):
        write_graph(graph, tmp_path / "own.graphml")
        assert edges_directed(str(tmp_path / "own.graphml")) is graph.is_directed()
    text = (tmp_path / "own.graphml").read_text(encoding="utf-8")
    (tmp_path / "own.graphml").write_text(text[: text.index("<node")] + "<", encoding="utf-8")
    assert edges_directed(str(tmp_path / "own.graphml")) is True
    for broken in "", "vertex,edge", "<graphml><graph/></graphml>":
        (tmp_path / "own.graphml").write_text(broken, encoding="utf-8")
        assert edges_directed(str(tmp_path / "own.graphml")) is None
    assert edges_directed(str(tmp_path / "none.graphml")) is None
