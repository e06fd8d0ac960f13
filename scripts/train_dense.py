"""One dense network, the start of pruning."""

import torch

from jobs import job
from sparsernn.checkpoints import save_checkpoint
from sparsernn.dataset import Strings
from sparsernn.files import read_csv, write_csv
from sparsernn.network import SequenceClassifier
from sparsernn.records import history_table, networks_table, progress, record
from sparsernn.seeds import numpy_generator, torch_seed
from sparsernn.training import Training, train
from sparsernn.wiring import Wiring, protocol

with job(snakemake) as say:
    spec = snakemake.params.spec
    name = f"dense/{spec['cell']}/{spec['seed']}"
    wiring = Wiring.dense(
        spec["cell"], **spec["size"], readout_step=protocol(spec["choices"]).readout_step
    )
    generator = torch.Generator().manual_seed(torch_seed(spec["root"], f"{name}/weights"))
    network = SequenceClassifier(wiring, generator=generator, engine=spec["engine"])
    run = train(
        network,
        *Strings.splits(read_csv(snakemake.input.strings)),
        Training(**spec["training"]),
        numpy_generator(spec["root"], f"{name}/order"),
        progress(say, name, spec["training"]["epochs"]),
    )
    say(f"{name}: {run.status} {run.reason}")
    records = [record({key: spec[key] for key in ("protocol", "cell", "seed")}, network, run)]
    save_checkpoint(snakemake.output.model, settings=spec, networks=records)
    write_csv(networks_table(records), snakemake.output.networks)
    write_csv(history_table(records), snakemake.output.history)
