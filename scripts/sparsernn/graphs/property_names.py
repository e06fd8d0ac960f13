"""The properties of a graph by name: the thesis's 23, further ones, and those of directed graphs.

Light to import: settings list them.
"""

from sparsernn.plugins import names

__all__ = ["DIRECTED_PROPERTIES", "EXTRA_PROPERTIES", "PROPERTIES"]

_MEASURES = ("eccentricity", "degree", "closeness", "nodes_betweenness", "edge_betweenness")

PROPERTIES: tuple[str, ...] = (
    "layers",
    "nodes",
    "edges",
    "source_nodes",
    "sink_nodes",
    "diameter",
    "density",
    "average_shortest_path_length",
    *(f"{measure}_{moment}" for measure in _MEASURES for moment in ("mean", "var", "std")),
)

EXTRA_PROPERTIES = names("measures", first=("true_sinks", "density_undirected"))
"""Of the files in `sparsernn.graphs.measures`."""

DIRECTED_PROPERTIES: tuple[str, ...] = (
    "reciprocity",
    "cyclic",
    "self_loops",
    "strong_components",
    "largest_component",
    "largest_component_share",
    "in_degree_mean",
    "in_degree_max",
    "in_degree_std",
    "out_degree_max",
    "out_degree_std",
    "spectral_radius",
)
"""Of studies in which edges are the recurrence."""
