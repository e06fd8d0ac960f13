"""One dense network, the start of pruning."""

from jobs import job
from sparsernn.checkpoints import save_checkpoint
from sparsernn.dataset import Strings
from sparsernn.files import read_csv, write_csv
from sparsernn.records import history_table, networks_table, train_new
from sparsernn.wiring import Wiring, protocol

with job(snakemake) as say:
    spec = snakemake.params.spec
    name = f"dense/{spec['cell']}/{spec['seed']}"
    identity = {key: spec[key] for key in ("protocol", "cell", "seed")}
    readout_step = protocol(spec["choices"]).readout_step
    wiring = Wiring.dense(spec["cell"], **spec["size"], readout_step=readout_step)
    strings = Strings.splits(read_csv(snakemake.input.strings))
    records = [train_new(name, identity, wiring, strings, spec, say)]
    save_checkpoint(snakemake.output.model, settings=spec, networks=records)
    write_csv(networks_table(records), snakemake.output.networks)
    write_csv(history_table(records), snakemake.output.history)
