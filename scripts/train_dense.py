"""One dense network, the start of pruning."""

from jobs import job
from sparsernn.dataset import Strings
from sparsernn.files import read_csv
from sparsernn.kept import Kept, work_key
from sparsernn.limits import Limits
from sparsernn.records import train_new, write_records
from sparsernn.wiring import Wiring, protocol


def build() -> Wiring:
    """Its layers."""
    readout_step = protocol(spec["choices"]).readout_step
    return Wiring.dense(spec["cell"], **spec["size"], readout_step=readout_step)


with job(snakemake) as say:
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    name = f"dense/{spec['cell']}/{spec['seed']}"
    identity = {key: spec[key] for key in ("protocol", "cell", "seed")}
    kept = Kept(snakemake.output.models, limits, say)
    key = work_key(spec, [snakemake.input.strings])
    record = kept.get(key)
    if record is None:
        strings = Strings.splits(read_csv(snakemake.input.strings))
        record = kept.keep(key, train_new(name, identity, build, strings, spec, limits, say))
    write_records([record], spec, snakemake.output)
    kept.finish()
