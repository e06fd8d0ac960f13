"""The networks that a study trains from the start: shards of sparse ones, and dense ones."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sparsernn.graphs.graphml import read_graph
from sparsernn.training.finished import work_key
from sparsernn.training.job import TrainingJob
from sparsernn.training.outcomes import Outcome
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["train_dense", "train_shard"]


def train_dense(job: TrainingJob) -> None:
    """Train a dense network, from which pruning starts.

    Args:
        job: its `spec` has the layers' `size` (input_size, hidden_size, num_layers).
    """
    spec = job.spec
    identity = {name: spec[name] for name in ("protocol", "cell", "seed")}

    def build() -> Wiring:
        readout_step = protocol(spec["choices"]).readout_step
        return Wiring.dense(spec["cell"], **spec["size"], readout_step=readout_step)

    train = partial(job.train_new, f"dense/{spec['cell']}/{spec['seed']}", identity, build)
    job.run([(work_key(spec, [job.inputs.strings]), train)])


def train_shard(job: TrainingJob) -> None:
    """Train sparse networks, one for each graph of a shard.

    Args:
        job: its `spec` has the `family`, and `inputs.graphs` is a folder of graphs: the name of
            each file is the graph's number in the family.
    """
    job.run(_sparse_networks(job))


def _sparse_networks(job: TrainingJob) -> Iterator[tuple[str, Callable[[], Outcome]]]:
    for path in sorted(Path(job.inputs.graphs).glob("*.graphml"), key=lambda p: int(p.stem)):
        # The number belongs to the key: it decides the seed, and two graphs may be the same.
        key = work_key({**job.spec, "graph": int(path.stem)}, [path, job.inputs.strings])
        yield key, partial(_train_sparse, job, path)


def _train_sparse(job: TrainingJob, path: Path) -> Outcome:
    """Train the network of one graph."""
    spec, graph = job.spec, int(path.stem)
    name = f"sparse/{spec['cell']}/{spec['family']}/{graph}/{spec['seed']}"
    identity = {key: spec[key] for key in ("protocol", "cell", "family")}

    def build() -> Wiring:
        return Wiring.from_graph(read_graph(path), spec["cell"], protocol(spec["choices"]))

    return job.train_new(name, identity | {"graph": graph, "seed": spec["seed"]}, build)
