"""The kernel plan is what its plain version gives, number by number: bits of results follow it."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
from plain_plan import plain_kernel_plan

from sparsernn.engine.choice import fused_cells
from sparsernn.engine.kernel_plan import make_kernel_plan
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED
from sparsernn.wiring.wiring import Block, Wiring, gates_of


def flat(value: Any) -> list[Any]:
    return [part for each in value for part in flat(each)] if isinstance(value, tuple) else [value]


def unordered(cell: str) -> Wiring:
    """Blocks whose slots do not ascend."""
    gates = gates_of(cell)
    first = Block("a", 0, [3, 0, 2], [5, 4], np.ones((2 * gates, 3)), np.ones((2 * gates, 2)))
    ones = np.ones((3 * gates, 3))
    second = Block("b", 1, [5, 1, 4], [6, 8, 7], ones, ones)
    return Wiring(cell, 4, 5, (first, second), [6, 8])


@pytest.mark.parametrize("letters", [False, True])
@pytest.mark.parametrize("share", [1.0, 0.6, 0.2, 0.0])
@pytest.mark.parametrize("cell", fused_cells())
def test_it_is_what_the_plain_version_gives(cell: str, share: float, letters: bool) -> None:
    rng = np.random.default_rng(0)
    wirings = [unordered(cell), Wiring.dense(cell, 7, 9, 2), Wiring.dense(cell, 3, 40)]
    for protocol in (CORRECTED, PUBLISHED):
        for seed in range(3):
            graph = nx.connected_watts_strogatz_graph(int(rng.integers(6, 30)), 4, 0.5, seed=seed)
            wirings.append(Wiring.from_graph(graph, cell, protocol))
    for wiring in wirings:
        masks = [
            [mask & (rng.random(mask.shape) < share) for mask in (block.mask_ih, block.mask_hh)]
            for block in wiring.blocks
        ]
        pruned = wiring.with_masks([(ih, hh) for ih, hh in masks])
        found, expected = (flat(f(pruned, letters)) for f in (make_kernel_plan, plain_kernel_plan))
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert np.array_equal(one, other) and np.asarray(one).dtype == np.asarray(other).dtype
