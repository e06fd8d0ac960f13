"""Figures, by the part of the study that they show."""
