"""Random families of graphs, a file each: a function of the generator's name that draws one graph.

It takes `n`, the number of vertices, any parameters of its own (as keywords), and `rng`, the only
source of randomness; and returns a connected networkx graph, undirected or directed acyclic.
`PARAMETERS` describes its own parameters, for settings: a literal, as it is read without importing
the file.
"""
