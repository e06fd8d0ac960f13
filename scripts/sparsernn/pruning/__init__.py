"""Pruning: which weights go, and the retraining of what is left."""
