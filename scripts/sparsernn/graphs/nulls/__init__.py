"""Null models of a graph, a file each: random graphs that share some of its structure, and no more.

A file has the null model's name, and defines a function of that name. It takes a connected graph
and a source of randomness, and returns a new connected graph of the same vertices, with their
attributes, and the same number of edges. An undirected graph stays undirected, unless the file says
otherwise. `NAME` is what readers call it. `FEEDFORWARD` and `RECURRENCE` say which graphs it takes,
"undirected" or "directed" ones or both, where edges feed forward and where they are the recurrence;
a file without them takes both. `WEIGHTED = True` says that all edges need a weight.
`sparsernn.graphs.null_models` reads these.
"""
