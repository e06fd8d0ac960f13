"""Tables of networks with a known answer, and how far a rate may be from its nominal value."""

import numpy as np
import pandas as pd
from scipy import stats

FAMILIES = ("ba", "er", "ws")


def networks(
    graphs: int = 30,
    starts: int = 3,
    *,
    seed: int = 0,
    graph_sd: float = 1.0,
    start_sd: float = 1.0,
    families: tuple[str, ...] = FAMILIES,
) -> pd.DataFrame:
    """Networks of graphs of several families; `y` has an effect of the graph and of the start."""
    rng = np.random.default_rng(seed)
    number = np.repeat(np.arange(graphs), starts)
    table = pd.DataFrame({"graph": number, "seed": np.tile(np.arange(starts), graphs)})
    table["family"] = np.array(families)[number % len(families)]
    nodes = rng.integers(10, 51, graphs)
    table["nodes"] = nodes[number]
    table["edges"] = (2 * nodes + rng.integers(0, 40, graphs))[number]
    table["source_nodes"] = rng.integers(1, 6, graphs)[number]
    table["parameters"] = (1000 * nodes * rng.uniform(0.8, 1.2, graphs))[number]
    table["graph_effect"] = (graph_sd * rng.normal(size=graphs))[number]
    table["y"] = table["graph_effect"] + start_sd * rng.normal(size=len(table))
    return table.assign(protocol="corrected", cell="gru", status="ok")


def within_limits(hits: int, trials: int, rate: float) -> bool:
    """Whether a count is in the central 99.9 % of the binomial distribution."""
    low, high = stats.binom.interval(0.999, trials, rate)
    return bool(low <= hits <= high)
