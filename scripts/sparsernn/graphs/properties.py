"""Properties of a graph, computed by igraph and named like the columns of the thesis."""

from collections.abc import Sequence

import igraph
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.property_names import EXTRA_PROPERTIES
from sparsernn.plugins import function

__all__ = ["properties"]


def properties(graph: igraph.Graph, layers: Sequence[Sequence[int]]) -> dict[str, float]:
    """The 23 properties of the thesis, and those of the files in `sparsernn.graphs.measures`.

    Args:
        graph: connected directed acyclic graph with at least 2 vertices. Measures that aren't
            about layers, sources or sinks take it as undirected.
        layers: the vertices of each layer, from `sparsernn.graphs.orientation.layers`.

    Returns:
        `PROPERTIES`, in this order. As in the thesis, `sink_nodes` is the size of the last layer
        and `density` is edges / (n (n - 1)). Degree and closeness are centralities, betweenness is
        normalised, variances are of the sample (ddof 1). Then `EXTRA_PROPERTIES`.

    Raises:
        InputError: the graph is not connected or has fewer than 2 vertices.
    """
    undirected = graph.as_undirected()
    n, m = undirected.vcount(), undirected.ecount()
    if n < 2 or not undirected.is_connected():
        raise InputError(
            f"properties need a connected graph of at least 2 vertices; got {n} vertices in "
            f"{len(undirected.connected_components())} components. Keep the largest component."
        )
    pairs = n * (n - 1) / 2
    between_pairs = max((n - 1) * (n - 2) / 2, 1.0)
    measures = {
        "eccentricity": np.array(undirected.eccentricity()),
        "degree": np.array(undirected.degree()) / (n - 1),
        "closeness": np.array(undirected.closeness(normalized=True)),
        "nodes_betweenness": np.array(undirected.betweenness(directed=False)) / between_pairs,
        "edge_betweenness": np.array(undirected.edge_betweenness(directed=False)) / pairs,
    }
    result: dict[str, float] = {
        "layers": len(layers),
        "nodes": n,
        "edges": m,
        "source_nodes": len(layers[0]),
        "sink_nodes": len(layers[-1]),
        "diameter": undirected.diameter(directed=False),
        "density": m / (2 * pairs),
        "average_shortest_path_length": undirected.average_path_length(directed=False),
    }
    for measure, values in measures.items():
        # A single edge has no sample variance. Take 0, as nothing varies.
        variance = float(values.var(ddof=1)) if len(values) > 1 else 0.0
        result |= {
            f"{measure}_mean": float(values.mean()),
            f"{measure}_var": variance,
            f"{measure}_std": variance**0.5,
        }
    extra = {name: function("measures", name) for name in EXTRA_PROPERTIES}
    return result | {name: measure(graph, layers) for name, measure in extra.items()}
