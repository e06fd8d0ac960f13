"""How many numbers of a saved network are not zero: of all of it, embedding and read-out too."""

from os import PathLike
from typing import Any

import torch
from torch import Tensor

from sparsernn.errors import InputError
from sparsernn.networks.checkpoints import entry_of

__all__ = ["counted", "nonzeros"]

_PARTS: dict[str, tuple[str, ...]] = {
    "embedding": ("embedding.",),
    "weight_ih": (".weight_ih",),
    "weight_hh": (".weight_hh",),
    "bias": (".bias_ih", ".bias_hh"),
    "out": ("out.",),
}


def nonzeros(path: str | PathLike[str], index: int | None = None) -> dict[str, int]:
    """The numbers of a network's file that are not zero, by part and in all.

    They are counted from the values, each weight times its mask, and not from what the masks say.

    Args:
        path: a file of networks, as `save` or a study writes it.
        index: which of them, as of `sparsernn.load`.

    Returns:
        The counts of embedding, weight_ih, weight_hh, bias and out, and their total.

    Raises:
        InputError: the file is absent or broken, or holds no such network.

    Example:
        >>> import tempfile, torch
        >>> from sparsernn import SparseRNN, Wiring, prune, save
        >>> path = f"{tempfile.mkdtemp()}/rnn.safetensors"
        >>> save(prune(SparseRNN(Wiring.dense("gru", 4, 8)), 0.5), path)
        >>> counts = nonzeros(path)
        >>> counts["weight_ih"] + counts["weight_hh"], counts["bias"], counts["total"]
        (144, 48, 192)
    """
    state = entry_of(path, index).get("state_dict")
    if not isinstance(state, dict):
        raise InputError(
            f"{path}: its network has no weights, as it could not be built. Give one that has the "
            "status ok."
        )
    return counted(state)


def counted(state: dict[str, Any]) -> dict[str, int]:
    """The counts of `nonzeros`, of a network's tensors."""
    counts = dict.fromkeys([*_PARTS, "total"], 0)
    for name, value in state.items():
        part = next(
            (part for part, marks in _PARTS.items() if any(mark in name for mark in marks)), None
        )
        if part is not None and isinstance(value, Tensor):
            mask = state.get(name.replace(".weight_", ".mask_"))
            used = value if not isinstance(mask, Tensor) or mask is value else value * mask
            counts[part] += int(torch.count_nonzero(used))
    counts["total"] = sum(counts.values())
    return counts
