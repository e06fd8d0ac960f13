"""Pruning criteria, a file each: by the scores that it gives, the lowest weights go.

A file has the criterion's name, and defines a function of that name. It takes the weights that
are compared (one-dimensional; pruned ones are left out) and a source of randomness, and
returns a score for each: a number of at least 0. Weights that are pruned already count as 0. If it
has a parameter `groups`, it also gets the group of each weight: a gate's rows of a weight matrix.
"""
