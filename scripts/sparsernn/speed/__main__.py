"""Time a saved network on each engine, and say which to use.

`python -m sparsernn.speed NETWORK` prints a table.
"""

import argparse
import sys

from sparsernn.errors import InputError
from sparsernn.speed.how_fast import how_fast
from sparsernn.speed.saved import open_network


def main() -> None:
    """Read the command line, measure, print."""
    about = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m sparsernn.speed", description=about)
    parser.add_argument(
        "network",
        help="a file of sparsernn.save (.safetensors), or of torch.save: the state dict of an "
        "nn.RNN, nn.GRU or nn.LSTM, or of a model that has one",
    )
    parser.add_argument("--part", help="the recurrent module's name in that model")
    parser.add_argument("--index", type=int, help="which network of a study's file, from 0")
    parser.add_argument("--batch", type=int, default=32, help="sequences side by side (32)")
    parser.add_argument("--steps", type=int, default=50, help="time steps (50)")
    parser.add_argument("--threads", type=int, default=1, help="of each engine (1)")
    parser.add_argument("--rounds", type=int, default=7, help="measurements of each engine (7)")
    given = parser.parse_args()
    network = open_network(given.network, given.part, given.index)
    print(how_fast(network, given.steps, given.batch, given.threads, given.rounds))


if __name__ == "__main__":
    try:
        main()
    except InputError as problem:
        sys.exit(str(problem))
