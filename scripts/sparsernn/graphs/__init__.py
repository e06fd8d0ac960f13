"""Graphs: drawn from random families, read from files, measured, and put into layers."""
