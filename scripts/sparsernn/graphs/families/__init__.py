"""Random families of graphs, a file each: a function of the generator's name that draws one graph.

It takes `n`, the number of vertices, any parameters of its own (as keywords), and `rng`, the only
source of randomness; and returns a connected networkx graph, undirected or directed acyclic.
`NAME` is what readers call the family, and `PARAMETERS` describes its own parameters for settings.
Both are literals, because they are read without importing the file.
"""
