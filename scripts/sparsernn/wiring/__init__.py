"""Wirings: who hears whom, how a graph becomes one, and the cells."""
