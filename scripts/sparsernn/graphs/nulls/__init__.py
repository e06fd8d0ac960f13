"""Null models of a graph, a file each: random graphs that share some of its structure, and no more.

A file has the null model's name, and defines a function of that name. It takes a connected graph,
undirected or directed acyclic, and a source of randomness, and returns a new connected graph of the
same vertices and the same number of edges. `NAME` is what readers call it. `CYCLES = True` says
that it takes and returns directed graphs with cycles, which only a recurrence can be.
"""
