"""One dense network, the start of pruning."""

from sparsernn.data.strings import read_splits
from sparsernn.training.limits import Limits
from sparsernn.training.outcomes import train_new, write_records
from sparsernn.training.resume import Kept, work_key
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring
from sparsernn.workflow.jobs import job


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
        strings = read_splits(snakemake.input.strings)
        record = kept.keep(key, train_new(name, identity, build, strings, spec, limits, say))
    write_records([record], spec, snakemake.output)
    kept.finish()
