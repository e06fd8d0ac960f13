"""Seeds: they depend on the root and on what a thing is, and never change between versions."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sparsernn.seeds import numpy_generator, seed_sequence, torch_seed


def test_values_are_pinned() -> None:
    """A change here changes every result of every study."""
    assert torch_seed(2021, "sparse/gru/watts_strogatz/17/0/weights") == 4951664211428297122
    draws = numpy_generator(2021, "graph/watts_strogatz/0").integers(2**32, size=3)
    assert draws.tolist() == [3828625473, 1634482472, 2113113580]


def test_nothing_but_root_and_identity_counts() -> None:
    first = numpy_generator(1, "a/b").random(5)
    random.seed(9)
    np.random.seed(9)
    torch.manual_seed(9)
    numpy_generator(1, "a/c").random(100)
    assert np.array_equal(first, numpy_generator(1, "a/b").random(5))


@given(st.integers(0, 2**63), st.text(), st.integers(0, 2**63), st.text())
def test_different_things_have_different_seeds(root: int, a: str, other: int, b: str) -> None:
    same = (root, a) == (other, b)
    assert (torch_seed(root, a) == torch_seed(other, b)) == same
    words = [seed_sequence(*thing).generate_state(8).tolist() for thing in ((root, a), (other, b))]
    assert (words[0] == words[1]) == same


@given(st.integers(0, 2**63), st.text())
def test_torch_takes_its_seed(root: int, identity: str) -> None:
    seed = torch_seed(root, identity)
    assert 0 <= seed < 2**63
    assert torch.Generator().manual_seed(seed).initial_seed() == seed


def test_numbers_of_neighbours_are_not_correlated() -> None:
    draws = [numpy_generator(0, f"graph/{i}").random(1000) for i in range(10)]
    off_diagonal = np.corrcoef(draws)[~np.eye(10, dtype=bool)]
    assert np.abs(off_diagonal).max() < 0.15


def test_a_negative_root_is_refused() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        seed_sequence(-1, "a")
