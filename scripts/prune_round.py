"""One round of pruning: mask weights of a network, then retrain with the mask held.

The smallest weights go; in the control `random` as many at random, in `retrained` (0 %) none.
"""

import math

from jobs import job
from sparsernn.checkpoints import save_checkpoint
from sparsernn.dataset import Strings
from sparsernn.files import read_csv, write_csv
from sparsernn.pruning import prune_network
from sparsernn.records import history_table, load_network, networks_table, progress, record
from sparsernn.seeds import numpy_generator
from sparsernn.training import Epoch, Run, Training, evaluate, train
from sparsernn.wiring import Wiring, protocol

IDENTITY = ("protocol", "cell", "seed", "schedule", "target", "percent")

with job(snakemake) as say:
    spec = snakemake.params.spec
    name = "/".join(["pruning", *(str(spec[key]) for key in IDENTITY[1:])])
    before, network = load_network(snakemake.input.model, spec["cell"], spec["engine"])
    if before["status"] != "ok":
        run = Run(status=before["status"], reason=f"not pruned: {before['reason']}")
    else:
        train_strings, test_strings = Strings.splits(read_csv(snakemake.input.strings))
        settings, choices = Training(**spec["training"]), protocol(spec["choices"])
        if spec["percent"]:
            dense = Wiring.dense(spec["cell"], **spec["size"])
            rng = numpy_generator(spec["root"], f"{name}/mask")
            drawn = rng if spec["schedule"] == "random" else None
            network = prune_network(network, spec["percent"], spec["target"], choices, dense, drawn)
        loss, accuracy = evaluate(network, test_strings, settings.batch_size)
        say(f"{name}: {network.wiring.weights} weights left, test accuracy {accuracy:.4f}")
        run = train(
            network,
            train_strings,
            test_strings,
            settings,
            numpy_generator(spec["root"], f"{name}/order"),
            progress(say, name, settings.epochs),
        )
        run.history.insert(0, Epoch(0, math.nan, math.nan, loss, accuracy))
    say(f"{name}: {run.status} {run.reason}")
    records = [record({key: spec[key] for key in IDENTITY}, network, run)]
    save_checkpoint(snakemake.output.model, settings=spec, networks=records)
    write_csv(networks_table(records), snakemake.output.networks)
    write_csv(history_table(records), snakemake.output.history)
