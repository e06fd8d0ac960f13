"""Ways to a sparse network: which mask, found when, and trained from which weights.

They name the dense network's states by its epochs, from 0. A state is trained again when it is
needed, by the same seeds, and has the same bits; so nothing but the trained network is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import torch

from sparsernn.data.strings import Strings, is_of_steps
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.controls import MASKS
from sparsernn.pruning.dynamic import Dynamic, DynamicSparsity
from sparsernn.pruning.gradual import Gradual, GradualPruning
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.pruning.sparse_by_birth import on_graphs, small_network
from sparsernn.seeds import numpy_generator, torch_seed
from sparsernn.training.job import TrainingJob
from sparsernn.training.loop import STATUSES, Hooks, train
from sparsernn.training.settings import Examples
from sparsernn.training.steps import Changing
from sparsernn.wiring.protocol import Scope, protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["Method", "dense_at", "sparse_start"]


@dataclass(frozen=True)
class Method:
    """A way to a sparse network.

    Attributes:
        criterion: which weights go; a name of `sparsernn.pruning.criteria`.
        scope: the weights that are compared; None: as the protocol says.
        find: the state of the dense network in which the mask is found: "trained", or an epoch.
        start: the state that is trained with the mask: "trained", an epoch (rewinding), or "new"
            weights; or a "small" dense network of as many parameters, which needs no mask.
        mask: the mask that is trained, a key of `MASKS`.
        graph: the `generator` of a family of graphs and its parameters, where the mask of recurrent
            weights is a random graph.
        labels: "true" ones, or "shuffled" ones for all that the mask is found by.
        gradual: fields of `Gradual`, where weights go during the training from `start`.
        growth: fields of `Dynamic`, where weights come and go during that training.
    """

    criterion: str = "magnitude"
    scope: Scope | None = None
    find: int | Literal["trained"] = "trained"
    start: int | Literal["trained", "new", "small"] = "trained"
    mask: str = "found"
    graph: Mapping[str, Any] = field(default_factory=dict)
    labels: Literal["true", "shuffled"] = "true"
    gradual: Mapping[str, Any] = field(default_factory=dict)
    growth: Mapping[str, Any] = field(default_factory=dict)


def dense_at(
    job: TrainingJob, wiring: Wiring, epoch: int, examples: tuple[Examples, Examples]
) -> SequenceClassifier:
    """The dense network of a job's seed after so many epochs; 0: its initial weights.

    Args:
        job: its `spec` has the `dense_training`.
        wiring: the dense one.
        epoch: up to the number of epochs of that training.
        examples: to train and to test on.

    Raises:
        FloatingPointError, TimeoutError, MemoryError: the training ended early.
    """
    spec, name = job.spec, f"dense/{job.spec['cell']}/{job.spec['seed']}"
    generator = torch.Generator().manual_seed(torch_seed(spec["root"], f"{name}/weights"))
    network = job.new_network(wiring, generator)
    order = numpy_generator(spec["root"], f"{name}/order")
    run = train(
        network,
        *examples,
        job.dense_training.until(epoch),
        order,
        Hooks(clock=job.limits.clock()),
    )
    if run.status != "ok":
        failure = next(error for error, status in STATUSES.items() if status == run.status)
        raise failure(f"dense network of epoch {epoch}: {run.reason}")
    return network


def sparse_start(
    job: TrainingJob, name: str, trained: SequenceClassifier
) -> tuple[SequenceClassifier, Changing | None]:
    """The network to train by a job's method, and what changes its masks meanwhile.

    Args:
        job: its `spec` has the `method`, the fields of `Method`, and what `dense_at` needs.
        name: the seeds follow from this.
        trained: the network that the job starts from.
    """
    method, examples = Method(**job.spec["method"]), job.examples
    if method.start == "small":
        return small_network(job, name, trained, _dense(job, trained)), None
    root, training = job.spec["root"], job.training
    found_by = examples if method.labels == "true" else _shuffled(examples, root, name)
    sample = numpy_generator(root, f"{name}/sample")
    batches = list(training.divided(found_by[0])[0].batches(training.batch_size, sample))
    pruning, original = _pruning(job, method), _dense(job, trained)
    network = trained
    if method.start == "new":
        generator = torch.Generator().manual_seed(torch_seed(root, f"{name}/weights"))
        network = job.new_network(original, generator)
    elif method.start != "trained":
        network = dense_at(job, original, method.start, examples)
    steps = training.steps(job.learned_from)
    rng = numpy_generator(root, f"{name}/mask")
    if method.gradual:
        how = Gradual(**method.gradual)
        return network, GradualPruning(network, pruning, how, steps, rng, batches)
    source, find = trained, method.find
    if method.labels == "shuffled" and find == "trained":
        find = job.dense_training.epochs
    if find != "trained":
        source = dense_at(job, original, find, found_by)
    wiring = prune_network(source, pruning, original, rng, batches).wiring
    control = numpy_generator(root, f"{name}/control")
    wiring = MASKS[method.mask](wiring, original, control)
    if method.graph:
        wiring = on_graphs(wiring, method.graph, control)
    for block, now in zip(network.recurrent.own_blocks(), wiring.blocks, strict=True):
        block.exclude(~torch.tensor(now.mask_ih), ~torch.tensor(now.mask_hh))
    if not method.growth:
        return network, None
    growing = numpy_generator(root, f"{name}/growth")
    return network, DynamicSparsity(network, Dynamic(**method.growth), steps, original, growing)


def _pruning(job: TrainingJob, method: Method) -> Pruning:
    spec, choices = job.spec, protocol(job.spec["choices"])
    scope = method.scope or choices.prune_scope
    largest = choices.largest_survives and spec["target"] != "units"
    choices = replace(choices, prune_scope=scope, largest_survives=largest)
    return Pruning(spec["percent"], spec["target"], choices, method.criterion)


def _dense(job: TrainingJob, trained: SequenceClassifier) -> Wiring:
    step = trained.wiring.readout_step
    return Wiring.dense(job.spec["cell"], **job.spec["size"], readout_step=step)


def _shuffled(
    examples: tuple[Examples, Examples], root: int, name: str
) -> tuple[Examples, Examples]:
    """The examples with the targets of the training set dealt out at random."""
    train_set, test_set = examples
    if is_of_steps(train_set.targets):
        raise InputError(
            "pruning.methods: labels are shuffled; expected a task with one target for each "
            "sequence, as those of steps belong to their steps. Leave labels out."
        )
    targets = np.asarray(numpy_generator(root, f"{name}/labels").permutation(train_set.targets))
    if isinstance(train_set, Strings):
        return replace(train_set, labels=targets), test_set
    return replace(train_set, targets=targets), test_set
