"""Pruning criteria, a file each: by the scores that it gives, the lowest weights go.

A file has the criterion's name, and defines a function of that name. It scores pools of weights, or
a network; the names of its parameters say which. A score is a number of at least 0. Weights that
are pruned already count as 0.

(weights, rng) or (weights, rng, groups): it takes the weights that are compared (one-dimensional;
pruned ones are left out) and a source of randomness, and returns a score for each. `groups` is the
group of each weight: a gate's rows of a weight matrix.

(network, batches): it takes a copy of the network, which it may train, and training strings, and
returns the scores of all weights, a tensor for each of `sparsernn.pruning.loss.matrices`. A file
with `ROUNDS = n` prunes in n rounds that each leave the same share, and scores anew before each. A
file with `EPOCHS = n` trains the copy for so many epochs, which counts among the steps of its way.
"""
