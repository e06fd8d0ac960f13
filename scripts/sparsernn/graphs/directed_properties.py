"""Properties of directed graphs that may have cycles, computed by igraph."""

import igraph
import numpy as np

from sparsernn.graphs.property_names import DIRECTED_PROPERTIES

__all__ = ["DIRECTED_PROPERTIES", "directed_properties"]


def directed_properties(graph: igraph.Graph) -> dict[str, float]:
    """What directions and cycles add to the properties of a graph.

    Args:
        graph: directed, of at least 1 vertex; it may have cycles and self-loops.

    Returns:
        `DIRECTED_PROPERTIES`, in this order: the share of edges (without self-loops) whose reverse
        exists, 0 if there are none; 1 if there are cycles, else 0; the number of self-loops; the
        number of strongly connected components; the vertices of the largest, and their share; mean,
        maximum and standard deviation (ddof 0) of the degrees, self-loops counted, where the mean
        of both is one; and the largest absolute eigenvalue of the adjacency.

    Example:
        >>> found = directed_properties(igraph.Graph([(0, 1), (1, 0), (1, 2)], directed=True))
        >>> found["spectral_radius"], found["strong_components"], round(found["reciprocity"], 2)
        (1.0, 2, 0.67)
    """
    n = graph.vcount()
    largest = max(graph.connected_components("strong").sizes())
    ins, outs = np.array(graph.indegree()), np.array(graph.outdegree())
    reciprocity = graph.reciprocity(ignore_loops=True)
    values = (
        0.0 if np.isnan(reciprocity) else reciprocity,
        int(not graph.is_dag()),
        sum(graph.is_loop()),
        len(graph.connected_components("strong")),
        largest,
        largest / n,
        float(ins.mean()),
        int(ins.max()),
        float(ins.std()),
        int(outs.max()),
        float(outs.std()),
        _spectral_radius(graph),
    )
    return dict(zip(DIRECTED_PROPERTIES, values, strict=True))


def _spectral_radius(graph: igraph.Graph) -> float:
    """Exactly 0 without cycles, where rounding makes eigenvalues of about 1e-8 of it."""
    if graph.is_dag():
        return 0.0
    adjacency = np.zeros((graph.vcount(), graph.vcount()))
    sources, targets = np.array(graph.get_edgelist()).T
    adjacency[sources, targets] = 1
    return float(np.abs(np.linalg.eigvals(adjacency)).max())
