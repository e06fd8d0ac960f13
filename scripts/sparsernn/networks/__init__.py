"""Recurrent networks as PyTorch modules, and their checkpoints."""
