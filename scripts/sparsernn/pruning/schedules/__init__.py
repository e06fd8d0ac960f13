"""Schedules of gradual pruning, a file each: how much is gone at which part of a training.

A file has the schedule's name, and defines a function of that name. It takes the progress, from 0
where pruning begins to 1 where it ends, and returns the share, from 0 to 1, of the weights to be
pruned that are gone by then; at 1 it is 1.
"""
