"""Ways to a sparse network: of which kind each is, and which two of them a claim compares.

Both follow from the settings of the ways, not from their names.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sparsernn import plugins

__all__ = ["CLAIMS", "KINDS", "REFERENCE", "contrasts", "kind_of"]

Way = Mapping[str, Any]
REFERENCE = "one_shot"
"""The way that all others are compared with: magnitude pruning within layers, after training."""

KINDS = (
    "pruned after training",
    "rewound",
    "pruned before training",
    "pruned or rewired in training",
    "sparse or small from the start",
    "controls of masks",
)

CLAIMS = {
    "reference": "each way against magnitude pruning",
    "foresight": "criteria that prune before training against a random mask",
    "growth": "weights that come by the gradient against weights that come at random",
    "mask": "a mask that is shuffled or rewired against the mask that was found",
    "labels": "a mask found with shuffled labels against one found with the true ones",
    "weights": "new weights against those that the mask was found with",
    "small": "a large network that was pruned against a small dense one",
    "scope": "the same share of each matrix or gate against the smallest of all",
    "nulls": "random masks, and those made of a mask at random, against one another",
    "chance": "a way under another name, which has other random numbers, against itself",
}


def kind_of(way: Way) -> str:
    """One of `KINDS`.

    Args:
        way: its settings, of `pruning.methods`; none are those of magnitude pruning.

    Example:
        >>> kind_of({}), kind_of({"criterion": "snip", "find": 0, "start": 0})
        ('pruned after training', 'pruned before training')
    """
    if _is_control(way):
        return KINDS[5]
    if "gradual" in way or "growth" in way:
        return KINDS[3]
    if way.get("start") == "small" or "graph" in way or _is_random(way):
        return KINDS[4]
    if way.get("find", "trained") != "trained":
        return KINDS[2]
    return KINDS[0] if way.get("start", "trained") == "trained" else KINDS[1]


def _is_control(way: Way) -> bool:
    shuffled = way.get("mask", "found") != "found" or way.get("labels", "true") != "true"
    return shuffled or way.get("start") == "new"


def _is_random(way: Way) -> bool:
    """Whether it has a random mask from the start that stays."""
    found_first = way.get("find", "trained") != "trained"
    changes = "growth" in way or "gradual" in way
    return way.get("criterion") == "random" and found_first and not changes


def contrasts(ways: Mapping[str, Way]) -> list[tuple[str, str, str]]:
    """The comparisons of some ways: an arm, what it is compared with, and the key of `CLAIMS`.

    A way with the settings of one before it is compared with that one alone.

    Args:
        ways: settings by name; `REFERENCE` may be among them.

    Example:
        >>> ways = {"one_shot": {}, "a": {"start": 0}, "b": {"start": 0, "mask": "shuffled"}}
        >>> contrasts(ways)
        [('a', 'one_shot', 'reference'), ('b', 'one_shot', 'reference'), ('b', 'a', 'mask')]
    """
    alike = {name: _first_alike(ways, way) for name, way in ways.items()}
    again = [(name, first, "chance") for name, first in alike.items() if name != first]
    names = [name for name, first in alike.items() if name == first]
    of_reference = [
        (name, REFERENCE, "reference") for name in names if REFERENCE in ways and name != REFERENCE
    ]
    others = [
        (one, other, claim)
        for one in names
        for other in names
        if one != other
        for claim in _claims(ways[one], ways[other])
    ]
    return of_reference + others + again


def _first_alike(ways: Mapping[str, Way], wanted: Way) -> str:
    """The first way with some settings."""
    return next(name for name, way in ways.items() if way == wanted)


def _claims(one: Way, other: Way) -> Iterator[str]:
    """The claims that compare two ways."""
    if kind_of(one) == KINDS[2] and _is_random(other) and "graph" not in other:
        yield "foresight"
    if _grows(one, steep=True) and _grows(other, steep=False):
        yield "growth"
    masks = one.get("mask", "found"), other.get("mask", "found")
    if masks[1] == "found" and _same(one, other, ["mask"]):
        yield "mask"
    if masks == ("rewired", "shuffled") and _same(one, other, ["mask"]):
        yield "nulls"
    if one.get("labels") == "shuffled" and _same(one, other, ["labels"]):
        yield "labels"
    if one.get("start") == "new" and _same(one, other, ["start"]) and other.get("start") == 0:
        yield "weights"
    if not one and other.get("start") == "small":
        yield "small"
    if _is_random(one) and _is_random(other) and "graph" in one:
        yield "nulls"
    scopes = one.get("scope"), other.get("scope")
    if scopes in (("uniform", "global"), ("gate", "global")) and _same(one, other, ["scope"]):
        yield "scope"


def _grows(way: Way, steep: bool) -> bool:
    """Whether weights come by the gradient, or at random without a walk."""
    rule = way.get("growth", {}).get("rule")
    if rule is None or plugins.defines("growth", rule, "move"):
        return False
    return ("gradients" in plugins.parameters("growth", rule)) == steep


def _same(one: Way, other: Way, but: Sequence[str]) -> bool:
    """Whether two ways differ in these settings alone, and in the length of their training."""
    apart = {*but, "training"}
    rest = [{key: value for key, value in way.items() if key not in apart} for way in (one, other)]
    return rest[0] == rest[1] and all(one.get(key) != other.get(key) for key in but)
