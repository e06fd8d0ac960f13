"""Properties of graphs besides the thesis's 23, a file each: a function of the property's name.

It takes the graph, an `igraph.Graph` (connected, directed acyclic), and its layers (lists of
vertices), and returns a number. `NAME`, if there, is what readers call it.
"""
