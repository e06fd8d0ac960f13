"""What a change of all masks costs: `PYTHONPATH=scripts python benchmarks/masks.py`.

A change makes the wiring and its kernel plan anew. It is compared with a forward and backward pass
of the network (T = 50, B = 32): the least of five measurements of each, in one run, one thread.
"""

import time
from collections.abc import Callable

import networkx as nx
import numpy as np
import torch

from sparsernn import SparseRNN, Wiring
from sparsernn.engine.kernel_plan import make_kernel_plan

NETWORKS: dict[str, Callable[[], Wiring]] = {
    "LSTM 3 x 50": lambda: Wiring.dense("lstm", 50, 50, 3),
    "LSTM 128": lambda: Wiring.dense("lstm", 128, 128),
    "LSTM 512": lambda: Wiring.dense("lstm", 512, 512),
    "GRU 1,024": lambda: Wiring.dense("gru", 1024, 1024),
    "graph of 30": lambda: Wiring.from_graph(
        nx.connected_watts_strogatz_graph(30, 4, 0.5, seed=1), "lstm"
    ),
    "graph of 300": lambda: Wiring.from_graph(nx.barabasi_albert_graph(300, 4, seed=1), "lstm"),
}


def seconds(function: Callable[[], object]) -> float:
    """The least processor time of five runs."""
    found = []
    for _ in range(5):
        began = time.process_time()
        function()
        found.append(time.process_time() - began)
    return min(found)


def line(name: str, density: float) -> str:
    """A network's times, of a share of its weights."""
    wiring, rng = NETWORKS[name](), np.random.default_rng(0)
    masks = [
        (
            block.mask_ih & (rng.random(block.mask_ih.shape) < density),
            block.mask_hh & (rng.random(block.mask_hh.shape) < density),
        )
        for block in wiring.blocks
    ]
    rnn = SparseRNN(wiring.with_masks(masks))
    inputs = torch.randn(50, 32, wiring.input_size)
    rnn(inputs)[0].sum().backward()
    change = seconds(lambda: make_kernel_plan(wiring.with_masks(masks), False))
    run = seconds(lambda: rnn(inputs)[0].sum().backward())
    times = f"{1000 * change:14.1f} ms {1000 * run:19.1f} ms {change / run:7.2f}"
    return f"{name:14} {density:7.1f} {times}"


def main() -> None:
    """Print a line for each network and density."""
    torch.set_num_threads(1)
    print("network        density   change of masks   forward and backward   ratio")
    for name in NETWORKS:
        for density in (1.0,) if "graph" in name else (1.0, 0.1):
            print(line(name, density))


if __name__ == "__main__":
    main()
