"""A shard of sparse networks: one for each graph, all of one cell and protocol."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sparsernn.graphs.graph_files import read_graph
from sparsernn.training.job import TrainingJob
from sparsernn.training.outcomes import Outcome
from sparsernn.training.resume import work_key
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["train_shard"]


def train_shard(job: TrainingJob) -> None:
    """Train the networks of a job.

    Args:
        job: its `spec` has the `family`, and `inputs.graphs` is a folder of graphs: the name of
            each file is the graph's number in the family.
    """
    job.run(_tasks(job))


def _tasks(job: TrainingJob) -> Iterator[tuple[str, Callable[[], Outcome]]]:
    for path in sorted(Path(job.inputs.graphs).glob("*.graphml"), key=lambda p: int(p.stem)):
        # The number belongs to the key: it decides the seed, and two graphs may be the same.
        key = work_key({**job.spec, "graph": int(path.stem)}, [path, job.inputs.strings])
        yield key, partial(_train, job, path)


def _train(job: TrainingJob, path: Path) -> Outcome:
    """Train the network of one graph."""
    spec, graph = job.spec, int(path.stem)
    name = f"sparse/{spec['cell']}/{spec['family']}/{graph}/{spec['seed']}"
    identity = job.identity("protocol", "cell", "family") | {"graph": graph, "seed": spec["seed"]}

    def build() -> Wiring:
        return Wiring.from_graph(read_graph(path), spec["cell"], protocol(spec["choices"]))

    return job.train_new(name, identity, build)
