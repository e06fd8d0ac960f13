"""The thesis's 23 properties of a graph by name. Light to import: settings list them."""

__all__ = ["PROPERTIES"]

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
