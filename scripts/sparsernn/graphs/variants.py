"""Settings of a family that its graphs take in turn, written as `{each: [...]}`.

Light to import, as the workflow checks settings whenever it is parsed.
"""

import itertools
from collections.abc import Mapping
from typing import Any

__all__ = ["variant", "variants"]


def variants(family: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All combinations of a family's settings, those of the last name changing fastest.

    Args:
        family: its settings by name; `{"each": values}` in the place of a value.

    Example:
        >>> variants({"n": {"each": [8, 16]}, "k": 4})
        [{'k': 4, 'n': 8}, {'k': 4, 'n': 16}]
    """
    values = {name: _values(family[name]) for name in sorted(family)}
    return [
        dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values())
    ]


def variant(family: Mapping[str, Any], index: int) -> dict[str, Any]:
    """The settings of one graph of a family: its combinations are taken in turn.

    Args:
        family: as for `variants`.
        index: the number of the graph in its family, from 0 on.
    """
    known = variants(family)
    return known[index % len(known)]


def _values(value: Any) -> list[Any]:
    return list(value["each"]) if isinstance(value, Mapping) else [value]
