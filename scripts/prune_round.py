"""One round of pruning: mask weights of a network, then retrain with the mask held.

The smallest weights go; in the control `random` as many at random, in `retrained` (0 %) none.
"""

import math
from collections.abc import Callable

from sparsernn.data.strings import read_splits
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import prune_network
from sparsernn.seeds import numpy_generator
from sparsernn.training.limits import Limits
from sparsernn.training.loop import Epoch, Run, Training, evaluate, train
from sparsernn.training.outcomes import (
    Record,
    load_network,
    progress,
    record,
    within,
    write_records,
)
from sparsernn.training.resume import Kept, work_key
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring
from sparsernn.workflow.jobs import job

IDENTITY = ("protocol", "cell", "seed", "schedule", "target", "percent")


def prune_and_retrain(say: Callable[[str], None]) -> Record:
    """The network of the round before without the weights of this one, trained on."""
    identity = {key: spec[key] for key in IDENTITY}
    before, network = load_network(snakemake.input.model, spec["cell"], spec["engine"])
    if network is None or before["status"] != "ok":
        run = Run(status=before["status"], reason=f"not pruned: {before['reason']}")
        return record(identity, network, run)
    try:
        with within(limits, spec["cell"], spec["engine"]):
            network, run = retrained(pruned(network), say)
    except MemoryError as error:
        run = Run(status="out_of_memory", reason=f"{error} before training")
    return record(identity, network, run)


def pruned(network: SequenceClassifier) -> SequenceClassifier:
    """The network without the weights that go in this round."""
    if not spec["percent"]:
        return network
    whole = Wiring.dense(spec["cell"], **spec["size"])
    rng = numpy_generator(spec["root"], f"{name}/mask")
    drawn = rng if spec["schedule"] == "random" else None
    choices = protocol(spec["choices"])
    return prune_network(network, spec["percent"], spec["target"], choices, whole, drawn)


def retrained(
    network: SequenceClassifier, say: Callable[[str], None]
) -> tuple[SequenceClassifier, Run]:
    """The network trained on; its history begins with epoch 0, right after pruning."""
    settings = Training(**spec["training"])
    strings = read_splits(snakemake.input.strings)
    loss, accuracy = evaluate(network, strings[1], settings.batch_size)
    say(f"{name}: {network.wiring.weights} weights left, test accuracy {accuracy:.4f}")
    order = numpy_generator(spec["root"], f"{name}/order")
    report = progress(say, name, settings.epochs)
    run = train(network, *strings, settings, order, report, limits.clock())
    run.history.insert(0, Epoch(0, math.nan, math.nan, loss, accuracy))
    return network, run


with job(snakemake) as say:
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    name = "/".join(["pruning", *(str(spec[key]) for key in IDENTITY[1:])])
    kept = Kept(snakemake.output.models, limits, say)
    key = work_key(spec, [snakemake.input.strings, snakemake.input.model])
    entry = kept.get(key)
    if entry is None:
        entry = kept.keep(key, prune_and_retrain(say))
        say(f"{name}: {entry['status']} {entry['reason']}")
    write_records([entry], spec, snakemake.output)
    kept.finish()
