"""The fused engine: compiled kernels behind PyTorch's automatic differentiation, on the CPU."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.batch import BatchLayout, pack_letters
from sparsernn.engine.cells import LANES
from sparsernn.engine.choice import check_engine
from sparsernn.engine.kernel_plan import KernelPlan, make_kernel_plan
from sparsernn.engine.layers import Layers
from sparsernn.engine.memory import Pool
from sparsernn.engine.packed import ALL, Parameters, flatten, pack, split
from sparsernn.engine.readout import read_out, read_out_back
from sparsernn.engine.recurrence import Part, Recurrence, run_parts
from sparsernn.engine.run import Run, refuse_second_derivatives
from sparsernn.engine.sequences import Batched, Single
from sparsernn.engine.single_run import SingleLayout, SingleRun
from sparsernn.engine.slices import Sliced, slice_plan
from sparsernn.engine.strategy import is_sparse, mostly_absent, one_by_one
from sparsernn.engine.strips import Stripped, strip_plan
from sparsernn.engine.workers import columns_of
from sparsernn.wiring.block import is_leaky
from sparsernn.wiring.wiring import Wiring

__all__ = ["FusedEngine", "Sizes", "classify", "classify_back", "quiet"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
_Plan: TypeAlias = tuple[KernelPlan, Sliced | None, Parameters]


class Sizes(NamedTuple):
    """The sizes of a classifier.

    Attributes:
        letters: number of letters; if it is linear, the numbers that it reads at a step stand in
            their place.
        features: of the recurrent part's inputs.
        classes: number of logits.
        linear: whether a linear layer makes the features of numbers, not a table of letters.
    """

    letters: int
    features: int
    classes: int
    linear: bool = False


class _Classifier(torch.autograd.Function):
    """The parameters of a whole classifier (embedding, blocks, read-out) → its logits."""

    @staticmethod
    def forward(ctx: Any, run: Run, sizes: Sizes, *parameters: Tensor) -> Tensor:
        flat = flatten(parameters)
        logits, (room, _, output) = classify(run, sizes, flat.numpy())
        ctx.run, *large = run.parted()
        ctx.save_for_backward(room, torch.from_numpy(output), flat, *large)
        ctx.sizes, ctx.shapes = sizes, [parameter.shape for parameter in parameters]
        return torch.from_numpy(logits)

    @staticmethod
    def backward(ctx: Any, d_logits: Tensor) -> Any:
        refuse_second_derivatives()
        room, output, flat, *large = ctx.saved_tensors
        run, gradient = ctx.run.joined(*large), np.zeros_like(flat.numpy())
        saved = room, run.memory(room), output.numpy()
        classify_back(run, ctx.sizes, flat.numpy(), saved, d_logits.numpy(), gradient)
        return None, None, *split(gradient, ctx.shapes)


# A training that diverges is found by its loss; numpy need not warn of it as well.
quiet = np.errstate(invalid="ignore", over="ignore")


@quiet
def classify(
    run: Run, sizes: Sizes, flat: Array, numbers: Array | None = None
) -> tuple[Array, Any]:
    """Logits of a batch, and what the way back needs.

    Args:
        run: the batch.
        sizes: of the classifier.
        flat: its parameters.
        numbers: (present, letters) what a linear layer reads for each of the run's letters, which
            are then steps of sequences; None: letters are looked up.
    """
    embedding, blocks, weight, bias = _parts(run, flat, sizes)
    room = run.take(flat.dtype)
    memory = run.memory(room)
    letters = run.by_letter(memory.letters)
    letters[:, : len(run.present)] = _embedded(run, sizes, embedding, numbers).T
    letters[:, len(run.present) :] = 0
    output = run.forward(memory, blocks, False)
    logits = np.empty((len(output), len(weight)), flat.dtype)
    read_out(flat.dtype, output, weight, bias, logits)
    return logits, (room, memory, output)


@quiet
def classify_back(
    run: Run,
    sizes: Sizes,
    flat: Array,
    saved: Any,
    d_logits: Array,
    gradient: Array,
    numbers: Array | None = None,
) -> None:
    """`gradient`, of zeros, gets that of all parameters; `saved` is what `classify` has saved."""
    _, memory, output = saved
    embedding, blocks, weight, _ = _parts(run, flat, sizes)
    back = run.back(flat.dtype)
    d_embedding, d_blocks, d_weight, d_bias = _parts(run, gradient, sizes)
    d_output = np.empty_like(output)
    d_logits = np.ascontiguousarray(d_logits)
    read_out_back(flat.dtype, output, weight, d_logits, d_output, d_weight, d_bias)
    run.backward(memory, blocks, d_output, back, d_blocks)
    d_letters = run.by_letter(back.d_letters)[:, : len(run.present)].T
    if numbers is None:
        d_embedding.reshape(sizes[:2])[run.present] = d_letters
        return
    linear, d_linear = _linear(embedding, sizes), _linear(d_embedding, sizes)
    d_numbers = np.empty_like(numbers)
    d_letters = np.ascontiguousarray(d_letters)
    read_out_back(flat.dtype, numbers, linear[0], d_letters, d_numbers, *d_linear)


def _embedded(run: Run, sizes: Sizes, embedding: Array, numbers: Array | None) -> Array:
    """The (present, features) inputs of the recurrent part."""
    if numbers is None:
        looked_up: Array = embedding.reshape(sizes[:2])[run.present]
        return looked_up
    made = np.empty((len(numbers), sizes.features), embedding.dtype)
    read_out(embedding.dtype, numbers, *_linear(embedding, sizes), made)
    return made


def _linear(embedding: Array, sizes: Sizes) -> tuple[Array, Array]:
    """Views of the weight and bias of a linear layer."""
    last = sizes.letters * sizes.features
    return embedding[:last].reshape(sizes.features, sizes.letters), embedding[last:]


def _parts(run: Run, flat: Array, sizes: Sizes) -> tuple[Array, Array, Array, Array]:
    """Views of a classifier's parameters: embedding, blocks, and the read-out's weight and bias."""
    letters, features, classes, linear = sizes
    first = (letters + linear) * features
    last = first + run.plan.parameters
    end = len(flat) - classes
    return (
        flat[:first],
        flat[first:last],
        flat[last:end].reshape(classes, run.shape[-1]),
        flat[end:],
    )


class FusedEngine:
    """Runs one wiring on the CPU, with compiled kernels. Any number of threads may use it.

    Its tensors are those that `engine.tensors.check` lets pass.

    Args:
        wiring: with the masks that are in force; none of its blocks runs backward in time.
    """

    def __init__(self, wiring: Wiring) -> None:
        check_engine("fused", wiring.cell, is_leaky(wiring.blocks))
        self.wiring = wiring
        self.pool, self.gradients = Pool(), Pool()
        self._plans: dict[bool, _Plan] = {}
        self._strips: Stripped | None = None
        self.layers = Layers(wiring)
        self._even: dict[Any, list[Part]] = {}
        self.rows = wiring.readout - wiring.input_size

    @property
    def _pools(self) -> tuple[Pool, Pool]:
        return self.pool, self.gradients

    def __reduce__(self) -> Any:
        return FusedEngine, (self.wiring,)

    def _plan(self, letters: bool) -> _Plan:
        if letters not in self._plans:
            plan = make_kernel_plan(self.wiring, letters)
            parameters: Parameters = ALL
            sparse = is_sparse(plan)
            if not letters and (sparse or mostly_absent(plan)):
                plan, parameters = pack(plan, self._sizes())
            self._plans[letters] = plan, slice_plan(plan) if sparse else None, parameters
        return self._plans[letters]

    def _sizes(self) -> list[int]:
        """Of the parameters of each block in order."""
        return [
            size
            for block in self.wiring.blocks
            for size in (block.mask_ih.size, block.mask_hh.size, *2 * [len(block.mask_ih)])
        ]

    def classify(
        self,
        codes: Tensor,
        lengths: Tensor,
        sizes: Sizes,
        *parameters: Tensor,
        every: bool = False,
    ) -> Tensor:
        """Logits of strings, read out at the step that the wiring says, or at every letter.

        Letters are looked up: no block may write, and no read-out read, an input feature.

        Args:
            codes: (T, B) letters.
            lengths: (B,) number of letters.
            sizes: of the classifier, which is not linear.
            parameters: of embedding, blocks and read-out in order, in any number of tensors.
            every: whether strings are read out at every letter, string by string.
        """
        keep = _derives(*parameters)
        run = self.run(codes.numpy(), lengths.numpy(), sizes.letters, keep, every)
        if not keep:
            return torch.from_numpy(classify(run, sizes, flatten(parameters, keep).numpy())[0])
        return _Classifier.apply(run, sizes, *parameters)

    def run(
        self, codes: IntArray, lengths: IntArray, letters: int, keep: bool, every: bool = False
    ) -> Run:
        """A batch of strings laid out; see `classify` and `make_steps`.

        Sequences of numbers are strings each step of which is a letter of its own.
        """
        (plan, slices, _), step = self._plan(True), self.wiring.readout_step
        assert every or step != "mean"  # which `SequenceClassifier` takes of all outputs
        read = "every_letter" if every or step == "mean" else step
        layout, present = pack_letters(
            codes, lengths, letters, self.rows, plan.slot_rows, read, keep
        )
        reads = len(layout.at) // len(self.rows)
        return Run(plan, layout, (reads, len(self.rows)), *self._pools, present, slices)

    def _single_run(self, sequences: Single, readout: IntArray) -> SingleRun:
        plan, slices, parameters = self._plan(False)
        if self._strips is None:
            self._strips = strip_plan(plan)
        at, rows = _NONE, readout.copy()  # which can be written: kernels are compiled for that
        if not sequences.even:
            at, rows = sequences.places(plan.slot_rows, readout).ravel(), _NONE
        numbers = np.arange(np.diff(plan.ih.first).max())
        layout = SingleLayout(sequences.steps, sequences.start, at, rows, numbers)
        read = (*sequences.read, len(readout))
        return SingleRun(plan, slices, self._strips, layout, read, *self._pools, parameters)

    def _batched_run(self, sequences: Batched, readout: IntArray) -> Run:
        plan, slices, parameters = self._plan(False)
        at, rows = _NONE, readout.copy()  # which can be written: kernels are compiled for that
        if not sequences.even:
            at, rows = sequences.places(plan.slot_rows, readout).ravel(), _NONE
        layout = BatchLayout(sequences.steps, _NONE, np.array([LANES]), at, rows)
        read = (*sequences.read, len(readout))
        return Run(plan, layout, read, *self._pools, _NONE, slices, parameters)

    def features(
        self,
        inputs: Tensor,
        first: Tensor | None,
        lengths: IntArray | None,
        readout: IntArray,
        parameters: Sequence[Tensor],
        threads: int | None = None,
        layers: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """The (T, B, readout) outputs at all steps, and the (states, B, units) last states.

        Args:
            inputs: (T, B, input features), of one step and one sequence or more.
            first: (states, B, units) initial states of all blocks' units; None is zeros.
            lengths: (B,) number of steps of each sequence, not all 0; None: all have T.
            readout: the slots to return; they are 0 after a sequence's end.
            parameters: of each block in order, its weight_ih, weight_hh, bias_ih and bias_hh.
            threads: run parts of the batch on so many; None: run it whole.
            layers: whether PyTorch's kernels run it whole where they are faster.
        """
        keep = _derives(inputs, *([] if first is None else [first]), *parameters)
        whole = layers and threads is None and lengths is None
        if whole and self.layers.are_faster(inputs, readout, keep):
            weights = self.layers.filled(parameters, keep)
            return self.layers.run(inputs, first, weights, keep)
        parts = self.parts(inputs.shape[:2], lengths, readout, threads, keep)
        self.pool.keep(2 * len(parts))
        self.gradients.keep(1 + len(parts))
        if not keep:
            _, output, last, _ = run_parts(threads or 1, parts, inputs, first, parameters)
            return output, last
        return Recurrence.apply(threads or 1, parts, inputs, first, *parameters)

    def gathered(self, parameters: Sequence[Tensor]) -> Tensor:
        """The parameters that count for sequences of features, in one new vector."""
        return self._plan(False)[2].gathered(parameters)

    def parts(
        self,
        shape: Sequence[int],
        lengths: IntArray | None,
        readout: IntArray,
        threads: int | None,
        keep: bool,
    ) -> list[Part]:
        """The parts in which a (T, B) batch runs; `keep`: for a way back. See `features`."""
        steps, batch = shape
        columns = [slice(0, batch)] if threads is None else columns_of(batch)
        if lengths is None:
            return self._even_parts(steps, columns, readout, keep)
        if not all(lengths[part].any() for part in columns):
            columns = [slice(0, batch)]  # a part of no steps can't run
        return [self._part(steps, part, lengths, readout, keep) for part in columns]

    def _even_parts(
        self, steps: int, columns: list[slice], readout: IntArray, keep: bool
    ) -> list[Part]:
        """The parts of a batch of even sequences, which are often those of a batch before."""
        key = steps, len(columns), columns[-1].stop, readout.tobytes(), keep
        parts = self._even.pop(key, None)
        if parts is None:
            parts = [self._part(steps, part, None, readout, keep) for part in columns]
        self._even = {**dict(list(self._even.items())[1 - EVEN :]), key: parts}
        return parts

    def _part(
        self,
        steps: int,
        columns: slice,
        lengths: IntArray | None,
        readout: IntArray,
        keep: bool,
    ) -> Part:
        """Columns of a batch, laid out for the kernels that are fastest for so many."""
        shape = steps, columns.stop - columns.start
        own = None if lengths is None else lengths[columns]
        if one_by_one(self._plan(False)[0], *shape):
            single = Single.of(shape, own)
            return Part.of(self._single_run(single, readout), single, columns)
        batched = Batched.of(shape, own, keep)
        return Part.of(self._batched_run(batched, readout), batched, columns)


_NONE = np.zeros(0, np.int64)
EVEN = 4
"""For so many forms of a batch the layout is kept: those of training and of a test, for example."""


def _derives(*tensors: Tensor) -> bool:
    """Whether derivatives may be asked for."""
    return torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
