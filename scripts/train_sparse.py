"""A shard of sparse networks: one for each graph of a shard, all of one cell and protocol.

Networks that an earlier shard file holds already, made from the same inputs by the same code, are
kept: adding a graph trains that graph's network only.
"""

from collections.abc import Callable
from pathlib import Path

from jobs import job
from sparsernn.checkpoints import load_checkpoint, save_checkpoint
from sparsernn.dataset import Strings
from sparsernn.errors import InputError
from sparsernn.files import read_csv, write_csv
from sparsernn.graphs import read_graph
from sparsernn.records import Record, history_table, networks_table, train_new, work_key
from sparsernn.wiring import Wiring, protocol


def kept_from(path: str, say: Callable[[str], None]) -> dict[str, Record]:
    """The networks of an earlier shard file by the key of their work; none if it is not whole."""
    if not Path(path).exists():
        return {}
    try:
        return {entry["key"]: entry for entry in load_checkpoint(path)["networks"]}
    except (InputError, KeyError) as error:
        say(f"training all networks anew, the earlier file is of no use: {error}")
        return {}


def train_graph(path: Path, strings: tuple[Strings, Strings], say: Callable[[str], None]) -> Record:
    """Train the network of one graph."""
    index = int(path.stem)
    name = f"sparse/{spec['cell']}/{spec['family']}/{index}/{spec['seed']}"
    names = ("protocol", "cell", "family")
    identity = {key: spec[key] for key in names} | {"graph": index, "seed": spec["seed"]}
    wiring = Wiring.from_graph(read_graph(path), spec["cell"], protocol(spec["choices"]))
    return train_new(name, identity, wiring, strings, spec, say)


with job(snakemake) as say:
    spec = snakemake.params.spec
    strings = Strings.splits(read_csv(snakemake.input.strings))
    kept = kept_from(snakemake.output.models, say)
    records = []
    for path in sorted(Path(snakemake.input.graphs).glob("*.graphml"), key=lambda p: int(p.stem)):
        # The number too: it decides the seed, and graphs may be alike.
        this = spec | {"graph": int(path.stem)}
        key = work_key(this, [path, snakemake.input.strings])
        records.append(kept.get(key) or train_graph(path, strings, say) | {"key": key})
    save_checkpoint(snakemake.output.models, settings=spec, networks=records)
    write_csv(networks_table(records), snakemake.output.networks)
    write_csv(history_table(records), snakemake.output.history)
