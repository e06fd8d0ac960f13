"""Families of exact size, and null models: what they keep, and that they draw uniformly."""

import itertools
from collections import Counter
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from sparsernn.errors import InputError
from sparsernn.graphs.exact import with_edges, with_sources
from sparsernn.graphs.nulls.keep_degrees import keep_degrees
from sparsernn.graphs.nulls.keep_layers import keep_layers
from sparsernn.graphs.orientation import layers, orient
from sparsernn.graphs.random import generate
from sparsernn.graphs.variants import variant, variants

RNG = np.random.default_rng
FAMILIES: dict[str, dict[str, Any]] = {
    "barabasi_albert": {"m": "mean_degree // 2"},
    "watts_strogatz": {"k": "mean_degree // 1", "p": 0.1},
    "erdos_renyi": {"p": 0.3},
    "gnm": {},
    "random_geometric": {},
    "stochastic_block": {"blocks": "n // 8", "mixing": 0.2},
    "layered": {"layers": 4},
}
EACH = {"n": {"each": [16, 32]}, "mean_degree": {"each": [4, 6]}, "sources": {"each": [2, 4]}}


@pytest.mark.parametrize("family", FAMILIES)
def test_edges_and_sources_are_exact(family: str) -> None:
    for index, settings in enumerate(variants({"generator": family, **FAMILIES[family], **EACH})):
        graph = generate(settings, RNG(index))
        again = generate(settings, RNG(index))
        assert list(graph.edges) == list(again.edges)
        dag = orient(graph)
        assert len(dag) == settings["n"]
        assert dag.number_of_edges() == settings["n"] * settings["mean_degree"] / 2
        assert sum(degree == 0 for _, degree in dag.in_degree) == settings["sources"]


def test_graphs_take_settings_in_turn() -> None:
    settings = {"n": {"each": [8, 16]}, "k": {"each": [2, 4]}, "p": 0.5}
    taken = [(each["k"], each["n"]) for each in (variant(settings, i) for i in range(5))]
    assert taken == [(2, 8), (2, 16), (4, 8), (4, 16), (2, 8)]
    assert variants({"n": [8, 16]}) == [{"n": [8, 16]}]  # a range is one value


def test_a_block_model_mixes_as_asked() -> None:
    settings = {"generator": "stochastic_block", "n": 40, "blocks": 4, "mixing": 0.25}
    graph = generate({**settings, "mean_degree": 8}, RNG(0))
    between = sum(u // 10 != v // 10 for u, v in graph.edges)
    assert (graph.number_of_edges(), between) == (160, 40)


def test_a_geometric_graph_has_the_shortest_pairs() -> None:
    settings = {"generator": "random_geometric", "n": 30}
    dense, sparse = (generate({**settings, "mean_degree": d}, RNG(0)) for d in (12, 8))
    assert set(sparse.edges) < set(dense.edges)
    assert nx.transitivity(dense) > 0.45  # 0.59 in the plane; 0.41 would be the density


def test_a_layered_graph_joins_successive_layers() -> None:
    settings = {"generator": "layered", "n": 20, "layers": 4, "sources": 2, "mean_degree": 4}
    dag = generate(settings, RNG(0))
    found = layers(orient(dag))
    assert [len(layer) for layer in found] == [2, 6, 6, 6]
    number = {vertex: i for i, layer in enumerate(found) for vertex in layer}
    assert all(number[v] - number[u] == 1 for u, v in dag.edges)


@pytest.mark.parametrize("edges", [3, 11])
def test_too_few_or_too_many_edges_are_refused(edges: int) -> None:
    with pytest.raises(InputError, match="expected 4 to 10"):
        with_edges(nx.cycle_graph(5), edges, RNG(0))


def test_edges_are_changed_at_random_and_the_graph_stays_connected() -> None:
    trees = Counter(frozenset(with_edges(nx.cycle_graph(5), 4, RNG(i)).edges) for i in range(500))
    assert stats.chisquare(list(trees.values())).pvalue > 0.001 and len(trees) == 5
    assert all(nx.is_connected(nx.Graph(tree)) for tree in trees)


def test_impossible_sources_are_refused() -> None:
    with pytest.raises(InputError, match="found no 2 vertices"):
        with_sources(nx.complete_graph(4), 2, RNG(0))


def test_a_directed_family_is_not_made_undirected(monkeypatch: pytest.MonkeyPatch) -> None:
    def path(n: int, rng: np.random.Generator) -> nx.DiGraph:
        return nx.path_graph(n, create_using=nx.DiGraph)

    monkeypatch.setattr("sparsernn.graphs.random.function", lambda kind, name: path)
    monkeypatch.setattr("sparsernn.graphs.random.parameters", lambda kind, name: ("n", "rng"))
    with pytest.raises(InputError, match="sources for a directed graph; expected an undirected"):
        generate({"generator": "path", "n": 5, "sources": 1}, RNG(0))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (None, "is directed; .* Add it in families/path.py"),
        (True, "is undirected; .* Remove it in"),
    ],
)
def test_the_file_of_a_family_says_whether_graphs_are_directed(
    said: bool | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def path(n: int, rng: np.random.Generator) -> nx.Graph:
        return nx.path_graph(n, create_using=nx.Graph if said else nx.DiGraph)

    monkeypatch.setattr("sparsernn.graphs.random.function", lambda kind, name: path)
    monkeypatch.setattr("sparsernn.graphs.random.parameters", lambda kind, name: ("n", "rng"))
    monkeypatch.setattr("sparsernn.graphs.random.literal", lambda kind, name, constant: said)
    with pytest.raises(InputError, match=told):
        generate({"generator": "path", "n": 5}, RNG(0))


def drawn(directed: bool, seed: int) -> nx.Graph:
    family = "layered" if directed else "gnm"
    settings = {"n": 20, "mean_degree": 5, "sources": 3, **FAMILIES[family]}
    return generate({"generator": family, **settings}, RNG(seed))


@pytest.mark.parametrize("directed", [False, True])
def test_layers_sources_and_sinks_are_kept(directed: bool) -> None:
    for seed in range(5):
        before = orient(drawn(directed, seed))
        after = orient(keep_layers(drawn(directed, seed), RNG(seed)))
        assert [set(x) for x in layers(after)] == [set(x) for x in layers(before)]
        assert after.number_of_edges() == before.number_of_edges()
        ends = [{v for v in dag if dag.out_degree(v) == 0} for dag in (before, after)]
        assert ends[0] == ends[1]
        assert len(set(after.edges) & set(before.edges)) < 0.7 * len(before.edges)


@pytest.mark.parametrize("directed", [False, True])
def test_degrees_are_kept(directed: bool) -> None:
    for seed in range(5):
        before, after = drawn(directed, seed), keep_degrees(drawn(directed, seed), RNG(seed))
        assert dict(after.degree) == dict(before.degree)
        assert nx.is_connected(after.to_undirected())
        if directed:
            assert dict(after.in_degree) == dict(before.in_degree)
        assert len(set(after.edges) & set(before.edges)) < 0.7 * len(before.edges)


def test_every_graph_of_the_same_degrees_is_equally_likely() -> None:
    start = nx.Graph([(0, 1), (0, 2), (0, 3), (1, 2), (3, 5), (5, 4)])
    wanted = dict(start.degree)
    known = _all_graphs(wanted)
    found = Counter(frozenset(keep_degrees(start, RNG(i)).edges) for i in range(30 * len(known)))
    assert set(found) == known
    assert stats.chisquare([found[each] for each in known]).pvalue > 0.001


def _all_graphs(degrees: dict[int, int]) -> set[frozenset[tuple[int, int]]]:
    """Every connected simple graph with these degrees, by trying all sets of edges."""
    pairs = list(itertools.combinations(sorted(degrees), 2))
    found = set()
    for edges in itertools.combinations(pairs, sum(degrees.values()) // 2):
        graph = nx.Graph(edges)
        if dict(graph.degree) == degrees and nx.is_connected(graph):
            found.add(frozenset(edges))
    return found


def test_every_graph_of_the_same_layers_is_equally_likely() -> None:
    # Sources 0, 1; second layer 2, 3; the sink 4 in the third. 6 of the 8 possible edges.
    start = nx.DiGraph([(0, 2), (0, 3), (1, 3), (2, 4), (3, 4), (1, 4)])
    found = Counter(frozenset(keep_layers(start, RNG(i)).edges) for i in range(1500))
    assert stats.chisquare(list(found.values())).pvalue > 0.001
    assert len(found) > 5
