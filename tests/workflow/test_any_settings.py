"""Settings of any kind, drawn at random: nothing but our own messages, whatever comes."""

import copy
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from configurations import Config, load
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sparsernn.errors import InputError
from sparsernn.graphs.degrees import degree
from sparsernn.workflow.settings import checks
from sparsernn.workflow.settings.problems import Problems
from sparsernn.workflow.settings.validation import validate

CONFIG = load("config.yaml")
patient = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = ["n // 5", "n // 0", "1e-3", "gru", "graphml", "published", "x" * 5000, "\0"]
plain = st.none() | st.booleans() | st.integers(-3, 10**9) | st.floats() | st.dates()
junk = st.recursive(
    plain | st.text(max_size=12) | st.sampled_from(texts),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3),
    max_leaves=4,
)


def places(config: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children: Any = enumerate(config) if isinstance(config, list) else ()
    for name, value in config.items() if isinstance(config, dict) else children:
        yield (*path, name)
        yield from places(value, (*path, name))


@st.composite
def mutated(draw: st.DrawFn) -> Config:
    config = copy.deepcopy(CONFIG)
    config["custom_protocols"] = {"mine": {"base": "corrected", "skips": "cells"}}
    config["graphs"]["families"]["own"] = {"generator": "graphml", "folder": "nowhere"}
    for _ in range(draw(st.integers(1, 4))):
        *path, last = draw(st.sampled_from(list(places(config)) or [("seed",)]))
        parent: Any = reduce(getitem, path, config)
        change = draw(st.sampled_from(["delete", "replace", "add"]))
        if change == "delete" and (isinstance(parent, list) or last in parent):
            del parent[last]
        elif change == "add" and isinstance(parent, dict):
            key = draw(st.text(max_size=5) | st.integers() | st.none() | st.booleans())
            parent[key] = draw(junk)
        else:
            parent[last] = draw(junk)
    return config


@patient
@given(mutated())
def test_only_input_errors(config: Config) -> None:
    try:
        validate(config)
    except InputError as error:
        assert "docs/configuration.md" in str(error)


@patient
@given(junk)
def test_only_input_errors_of_anything(config: Any) -> None:
    with pytest.raises(InputError):
        validate(config)


@patient
@given(st.integers(2, 60), st.integers(0, 40), st.sampled_from(["m", "k"]), st.integers(1, 70))
def test_families_that_pass_fit_every_size(low: int, more: int, name: str, number: int) -> None:
    """The smallest graph decides: checked against all sizes of the range."""
    generator, least = {"m": ("barabasi_albert", 1), "k": ("watts_strogatz", 2)}[name]
    for value in (number, f"n // {number}"):
        family = {"generator": generator, "count": 9, "n": [low, low + more], name: value}
        config = CONFIG | {
            "graphs": {"families": {"x": family | ({"p": 1} if name == "k" else {})}}
        }
        fits = all(least <= degree(value, n) < n for n in range(low, low + more + 1))
        mistakes = Problems()
        checks._families(config, mistakes)
        assert fits == (not mistakes.lines)
