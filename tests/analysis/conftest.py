"""What the tests of the analysis share."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def quick_collections() -> Iterator[None]:
    """Keep what is imported out of garbage collections.

    statsmodels' `multipletests` asks for one in every call, which takes longer than the rest of a
    simulated study.
    """
    gc.freeze()
    yield
    gc.unfreeze()
