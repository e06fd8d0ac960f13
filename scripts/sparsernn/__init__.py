"""Sparse recurrent networks wired by graphs, and the study of what their sparsity does.

The public names are loaded when first used, so that importing a light module (settings,
fingerprint) does not import torch.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_EXPORTS = {
    "CORRECTED": "sparsernn.wiring.protocol",
    "PUBLISHED": "sparsernn.wiring.protocol",
    "InputError": "sparsernn.errors",
    "Protocol": "sparsernn.wiring.protocol",
    "SequenceClassifier": "sparsernn.networks.classifier",
    "SparseRNN": "sparsernn.networks.recurrent",
    "Wiring": "sparsernn.wiring.wiring",
}
__all__ = [*_EXPORTS, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'sparsernn' has no attribute {name!r}")
    return getattr(import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
