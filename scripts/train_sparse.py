"""A shard of sparse networks: one for each graph of a shard, all of one cell and protocol."""

from collections.abc import Callable
from pathlib import Path

from sparsernn.data.strings import Strings, read_splits
from sparsernn.graphs.graph_files import read_graph
from sparsernn.training.limits import Limits
from sparsernn.training.outcomes import Record, train_new, write_records
from sparsernn.training.resume import Kept, work_key
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring
from sparsernn.workflow.jobs import job


def train_graph(path: Path, strings: tuple[Strings, Strings], say: Callable[[str], None]) -> Record:
    """Train the network of one graph."""
    index = int(path.stem)
    name = f"sparse/{spec['cell']}/{spec['family']}/{index}/{spec['seed']}"
    names = ("protocol", "cell", "family")
    identity = {key: spec[key] for key in names} | {"graph": index, "seed": spec["seed"]}

    def build() -> Wiring:
        return Wiring.from_graph(read_graph(path), spec["cell"], protocol(spec["choices"]))

    return train_new(name, identity, build, strings, spec, limits, say)


with job(snakemake) as say:
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    strings = read_splits(snakemake.input.strings)
    kept = Kept(snakemake.output.models, limits, say)
    records = []
    for path in sorted(Path(snakemake.input.graphs).glob("*.graphml"), key=lambda p: int(p.stem)):
        # The number too: it decides the seed, and graphs may be alike.
        key = work_key(spec | {"graph": int(path.stem)}, [path, snakemake.input.strings])
        records.append(kept.get(key) or kept.keep(key, train_graph(path, strings, say)))
    write_records(records, spec, snakemake.output)
    kept.finish()
