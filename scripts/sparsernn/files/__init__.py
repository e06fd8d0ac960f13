"""Whole files, tables, GraphML, tensors: bytes in and out, and no science."""
