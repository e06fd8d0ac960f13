"""Graphs, their null models, reservoirs, a test: a planted structure is found, and no other is."""

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch

from sparsernn import Protocol, RecurrentEdges, Ridge, SequenceClassifier, Wiring, fit_readout
from sparsernn.analysis.among_nulls import among_nulls
from sparsernn.data.arrays import Arrays
from sparsernn.graphs.null_models import draw_null

NULLS = {"keep_degrees": 19, "same_density": 19}
STEPS = 6  # of a sequence
PROTOCOL = Protocol(
    edges=RecurrentEdges(inputs="hears", outputs="read", weights="fixed", spectral_radius=0.9),
    embedding_size=1,
)


pytestmark = pytest.mark.usefixtures("one_thread")


def ring() -> nx.Graph:
    """Undirected, and so wide that no signal comes from the inputs to the outputs in a sequence."""
    graph = nx.watts_strogatz_graph(32, 4, 0)
    nx.set_edge_attributes(graph, 1.0, "weight")
    for v in graph:
        graph.nodes[v].update(hears=v in (0, 1), read=v in (16, 17))
    return graph


def accuracy(graph: nx.Graph) -> float:
    """Of a reservoir that is asked which sign most numbers of a sequence have."""
    values = np.random.default_rng(0).normal(size=(200, STEPS, 1)).astype(np.float32)
    classes = (values.sum(axis=(1, 2)) > 0).astype(np.int64)
    fitted, held_out = (
        Arrays(values[part], np.full(100, STEPS), classes[part])
        for part in (slice(100), slice(100, 200))
    )
    wiring = Wiring.from_graph(graph, "rnn_tanh", PROTOCOL)
    generator = torch.Generator().manual_seed(0)
    network = SequenceClassifier(
        wiring, num_classes=2, features=1, generator=generator, engine="torch"
    )
    fit_readout(network, fitted, Ridge(1e-6))
    inputs = torch.from_numpy(held_out.values).transpose(0, 1)
    with torch.no_grad():
        chosen = network(inputs, [STEPS] * 100).argmax(dim=1).numpy()
    return float((chosen == held_out.targets).mean())


def placed(graph: nx.Graph, number: int) -> pd.DataFrame:
    """The graph's place among its null models."""
    rows = [("", math.nan, accuracy(graph))]
    for null, copies in NULLS.items():
        for copy in range(copies):
            rng = np.random.default_rng([number, copy])
            rows.append((null, copy, accuracy(draw_null(graph, null, rng, "recurrence"))))
    table = pd.DataFrame(rows, columns=["null", "copy", "test_acc"]).replace({"null": {"": None}})
    table = table.assign(graph=number, seed=0, protocol="reservoir", cell="rnn_tanh")
    table = table.assign(original="ring", status="ok")
    return among_nulls(table, ["test_acc"]).set_index("null")


def test_a_graph_too_wide_for_its_sequences_stands_apart_and_one_of_its_null_model_does_not() -> (
    None
):
    found = placed(ring(), 0)
    assert (found["p_value"] == 1 / 20).all() and (found["p_adjusted"] <= 0.05).all()
    assert (found["high"] < 0).all()
    drawn = draw_null(ring(), "same_density", np.random.default_rng(7), "recurrence")
    found = placed(drawn, 1)
    assert (found["p_value"] > 0.1).all()
