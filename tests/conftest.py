"""What the tests share: the thesis's data where it is at hand, small graphs, strings, networks."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from configurations import ROOT
from hypothesis import settings
from hypothesis import strategies as st

from sparsernn.data.strings import Strings
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.wiring.wiring import Wiring

# The same examples in every run, and none that fails for a slow machine.
settings.register_profile("tests", derandomize=True, deadline=None)
settings.load_profile("tests")


# Modules that run whole studies come first: at the end they would keep one worker busy alone.
LONGEST = ["test_cluster", "test_workflow", "test_studies", "test_interruptions"]
LONGEST += ["test_every_figure", "test_cache", "test_malformed"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; the order of the others, and within a module, stays."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def thesis() -> Path:
    """The folder `data` of the thesis's repository."""
    path = Path(os.environ.get("THESIS_DATA", ROOT.parent / "shared" / "thesis" / "data"))
    if not (path / "Implementations" / "experiments").is_dir():
        pytest.skip(
            f"needs the thesis's data, and {path} has no Implementations/experiments; "
            "set THESIS_DATA to the folder 'data' of its repository"
        )
    return path


@pytest.fixture
def one_thread() -> Iterator[None]:
    """For small networks: threads that wait for each other take ten times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tiny() -> Strings:
    """Forty strings of 2 to 9 letters, valid where they begin with X."""
    return tiny_strings()


def tiny_strings(count: int = 40, seed: int = 0) -> Strings:
    rng = np.random.default_rng(seed)
    texts = ["".join(rng.choice(list("XYZ"), size=int(rng.integers(2, 10)))) for _ in range(count)]
    return Strings.encode(
        pd.DataFrame({"string": texts, "valid": [int(text[0] == "X") for text in texts]})
    )


def tiny_network(cell: str = "gru", seed: int = 0, hidden_size: int = 6) -> SequenceClassifier:
    wiring = Wiring.dense(cell, input_size=4, hidden_size=hidden_size, num_layers=2)
    return SequenceClassifier(wiring, generator=torch.Generator().manual_seed(seed))


@st.composite
def connected_graphs(draw: st.DrawFn, min_vertices: int = 2, max_vertices: int = 9) -> nx.Graph:
    """Undirected connected graphs: a random tree, and random edges on top of it."""
    n = draw(st.integers(min_vertices, max_vertices))
    graph = nx.empty_graph(n)
    graph.add_edges_from((draw(st.integers(0, v - 1)), v) for v in range(1, n))
    pairs = [(u, v) for v in range(n) for u in range(v) if not graph.has_edge(u, v)]
    if pairs:
        graph.add_edges_from(draw(st.lists(st.sampled_from(pairs), max_size=2 * n)))
    return graph


@st.composite
def dags(draw: st.DrawFn, max_vertices: int = 9) -> nx.DiGraph:
    """Weakly connected directed acyclic graphs whose vertex numbers are no topological order."""
    graph = draw(connected_graphs(max_vertices=max_vertices))
    number = draw(st.permutations(range(len(graph))))
    dag = nx.empty_graph(len(graph), create_using=nx.DiGraph)
    dag.add_edges_from((number[min(edge)], number[max(edge)]) for edge in graph.edges)
    return dag


@pytest.fixture(scope="module")
def quick_collections() -> Iterator[None]:
    """Keep what is imported out of garbage collections.

    statsmodels' `multipletests` asks for one in every call, which takes longer than the rest of a
    simulated study.
    """
    gc.freeze()
    yield
    gc.unfreeze()


@st.composite
def cyclic_graphs(draw: st.DrawFn, max_vertices: int = 7) -> nx.DiGraph:
    """Directed graphs with self-loops, with cycles as they come, and at least one of them."""
    n = draw(st.integers(2, max_vertices))
    pairs = [(u, v) for u in range(n) for v in range(n)]
    graph = nx.empty_graph(n, create_using=nx.DiGraph)
    graph.add_edges_from([(0, 1), (1, 0), *draw(st.lists(st.sampled_from(pairs), max_size=3 * n))])
    return graph
