"""Graphs: drawn from random families, read from files, measured, and sorted into layers."""
