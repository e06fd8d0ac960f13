"""How large gradients may be."""

from typing import NamedTuple

__all__ = ["Clip"]


class Clip(NamedTuple):
    """Limits of gradients; None is no limit. Single numbers are cut first, then the whole.

    Attributes:
        norm: the gradient of all parameters together is scaled down to this norm.
        value: every number of the gradient is cut to at most this, and at least minus this.
    """

    norm: float | None = None
    value: float | None = None
