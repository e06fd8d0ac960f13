"""Sparse recurrent networks wired by graphs, and the study of what their sparsity does.

The public names are loaded when they are first used, so that light modules (settings, fingerprint)
can be imported without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the same names as below, for type checkers
    from sparsernn.errors import InputError as InputError
    from sparsernn.graphs.matrix import read_matrix as read_matrix
    from sparsernn.networks.checkpoints import load as load
    from sparsernn.networks.checkpoints import save as save
    from sparsernn.networks.classifier import SequenceClassifier as SequenceClassifier
    from sparsernn.networks.recurrent import SparseRNN as SparseRNN
    from sparsernn.networks.torch_modules import from_torch as from_torch
    from sparsernn.pruning.masking import prune as prune
    from sparsernn.speed.how_fast import how_fast as how_fast
    from sparsernn.training.ridge import fit_readout as fit_readout
    from sparsernn.wiring.protocol import CORRECTED as CORRECTED
    from sparsernn.wiring.protocol import PUBLISHED as PUBLISHED
    from sparsernn.wiring.protocol import Protocol as Protocol
    from sparsernn.wiring.protocol import RecurrentEdges as RecurrentEdges
    from sparsernn.wiring.protocol import Ridge as Ridge
    from sparsernn.wiring.wiring import Wiring as Wiring

__version__ = "0.2.0"

_MODULES = {
    "CORRECTED": "sparsernn.wiring.protocol",
    "PUBLISHED": "sparsernn.wiring.protocol",
    "InputError": "sparsernn.errors",
    "Protocol": "sparsernn.wiring.protocol",
    "RecurrentEdges": "sparsernn.wiring.protocol",
    "Ridge": "sparsernn.wiring.protocol",
    "SequenceClassifier": "sparsernn.networks.classifier",
    "SparseRNN": "sparsernn.networks.recurrent",
    "Wiring": "sparsernn.wiring.wiring",
    "fit_readout": "sparsernn.training.ridge",
    "from_torch": "sparsernn.networks.torch_modules",
    "how_fast": "sparsernn.speed.how_fast",
    "load": "sparsernn.networks.checkpoints",
    "prune": "sparsernn.pruning.masking",
    "read_matrix": "sparsernn.graphs.matrix",
    "save": "sparsernn.networks.checkpoints",
}
__all__ = [*_MODULES, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'sparsernn' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
