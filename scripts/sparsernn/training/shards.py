"""The networks that a study trains from the start: shards of sparse ones, and dense ones."""

from collections.abc import Iterator
from functools import partial

from sparsernn.errors import InputError
from sparsernn.graphs.graphml import ShardGraph, graph_name, read_graph, shard_graphs
from sparsernn.training.finished import FinishedNetworks, work_key
from sparsernn.training.job import TrainingJob
from sparsernn.training.outcomes import Outcome
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["train_dense", "train_shard", "trained_dense"]


def train_dense(job: TrainingJob) -> None:
    """Train a dense network, from which pruning starts.

    Args:
        job: its `spec` has the layers' `size` (input_size, hidden_size, num_layers).
    """
    key = work_key({**job.spec, **job.chosen}, [job.inputs.strings])
    job.run(lambda finished: [finished.once(key, partial(trained_dense, job))])


def trained_dense(job: TrainingJob) -> Outcome:
    """What comes of the dense network of a job; see `train_dense`."""
    spec = job.spec
    identity = {name: spec[name] for name in ("protocol", "cell", "seed")}

    def build() -> Wiring:
        readout_step = protocol(spec["choices"]).readout_step
        return Wiring.dense(spec["cell"], **spec["size"], readout_step=readout_step)

    return job.train_new(f"dense/{spec['cell']}/{spec['seed']}", identity, build)


def train_shard(job: TrainingJob) -> None:
    """Train sparse networks, one for each graph of a shard.

    Args:
        job: its `spec` has the `family`, and `own` if the graphs are a user's files;
            `inputs.graphs` is a folder of graphs, see `sparsernn.graphs.graphml.shard_graphs`.
    """
    job.run(partial(_sparse_networks, job))


def _sparse_networks(job: TrainingJob, finished: FinishedNetworks) -> Iterator[Outcome]:
    for graph in shard_graphs(job.inputs.graphs, job.spec["family"]):
        # The name belongs to the key: it decides the seed, and two graphs may be the same.
        name = graph_name(graph.path, job.spec.get("own", False))
        about = {**job.spec, "family": graph.family, "graph": name}
        key = work_key(about, [graph.path, job.inputs.strings])
        yield finished.once(key, partial(_train_sparse, job, graph, name))


def _train_sparse(job: TrainingJob, graph: ShardGraph, number: int | str) -> Outcome:
    """Train the network of one graph."""
    spec, path = job.spec, graph.path
    name = f"sparse/{spec['cell']}/{graph.family}/{number}/{spec['seed']}"
    identity = {key: spec[key] for key in ("protocol", "cell")} | {"family": graph.family}

    def build() -> Wiring:
        choices = protocol(spec["choices"])
        graph = read_graph(path, recurrent=choices.edges != "feedforward")
        try:
            return Wiring.from_graph(graph, spec["cell"], choices)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None

    return job.train_new(name, identity | {"graph": number, "seed": spec["seed"]}, build)
