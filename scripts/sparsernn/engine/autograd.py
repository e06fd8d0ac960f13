"""The fused engine: compiled kernels behind PyTorch's automatic differentiation, on the CPU."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.batch import Back, BatchLayout, Memory, even_steps, pack_letters
from sparsernn.engine.cells import LANES
from sparsernn.engine.kernel_plan import KernelPlan, make_kernel_plan
from sparsernn.engine.kernels import backward, forward
from sparsernn.engine.memory import Lease, Pool
from sparsernn.errors import InputError
from sparsernn.wiring.wiring import Wiring

__all__ = ["FusedEngine", "Sizes", "check", "classify", "classify_back", "quiet"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
Sizes = tuple[int, int, int]  # number of letters, of input features, of classes


@dataclass
class _Run:
    """One batch on its way through a network.

    Attributes:
        plan: the wiring.
        layout: the batch.
        shape: of what is read out; the last but one is the number of strings.
        pool: of memory.
        present: the letters that occur.
    """

    plan: KernelPlan
    layout: BatchLayout
    shape: tuple[int, ...]
    pool: Pool
    present: IntArray

    def lease(self, dtype: Any) -> Lease:
        """Memory for the forward pass; it has to live until the way back is done."""
        return Memory.take(self.pool, self.plan, self.layout, dtype)

    def forward(self, memory: Memory, flat: Array, given: bool) -> Array:
        """What is read out."""
        output = np.empty(self.shape, flat.dtype)
        forward(flat.dtype, self.plan, self.layout, flat, given, memory, output.ravel())
        return output

    def backward(
        self, memory: Memory, flat: Array, d_output: Array, back: Back, gradient: Array
    ) -> None:
        """`gradient` gains that of the parameters; `back` gets the others."""
        backward(flat.dtype, self.plan, self.layout, flat, memory, back, d_output.ravel(), gradient)

    def by_letter(self, array: Array) -> Array:
        """An array of the letters' features as (features, columns)."""
        return array.reshape(self.plan.features, -1)

    def parts(self, array: Array, columns: int) -> Iterator[Array]:
        """Each block's flat part of an array of states with so many columns."""
        units = self.plan.units.tolist()
        for first, last in pairwise(units):
            yield array[first * columns : last * columns]

    def states(self, array: Array, columns: int, at: int, width: int) -> list[Array]:
        """Views of (strings, H) states, block by block: h, for an LSTM h and c."""
        parts = [list(self.parts(one, columns)) for one in np.split(array, self.plan.states)]
        return [
            part[size * at : size * (at + width)].reshape(size, width)[:, : self.shape[-2]].T
            for block in zip(*parts, strict=True)
            for part in block
            for size in [part.size // columns]
        ]


def _refuse_second_derivatives() -> None:
    if torch.is_grad_enabled():
        raise InputError(
            "the fused engine has no second derivatives. Build the network with engine='torch', "
            "or leave out create_graph."
        )


def _flatten(parameters: Sequence[Tensor], copy: bool = True) -> Array:
    """All parameters in one array; with `copy` a new one, which later steps don't change."""
    if len(parameters) == 1 and not copy:
        return parameters[0].detach().reshape(-1).numpy()
    return torch.cat([parameter.reshape(-1) for parameter in parameters]).numpy()


def _split(gradient: Array, shapes: Sequence[torch.Size]) -> list[Tensor]:
    if len(shapes) == 1:
        return [torch.from_numpy(gradient).view(shapes[0])]
    parts = torch.from_numpy(gradient).split([shape.numel() for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]


class _Recurrence(torch.autograd.Function):
    """(T, B, features), initial states and parameters → outputs and last states."""

    @staticmethod
    def forward(ctx: Any, run: _Run, inputs: Tensor, states: int, *tensors: Tensor) -> Any:
        plan, steps = run.plan, run.layout.steps
        given, parameters = tensors[:states], tensors[states:]
        flat, full = _flatten([*parameters, inputs.new_empty(0)]), int(steps.width[0])
        lease = run.lease(flat.dtype)
        memory: Memory = lease.value
        slots = memory.slots.reshape(len(steps.width), plan.slot_rows, full)
        slots[:, : plan.input_rows] = 0
        slots[:, : plan.input_rows, : inputs.shape[1]] = inputs.numpy().transpose(0, 2, 1)
        columns = steps.state_columns
        if given:
            for kind in np.split(memory.states, plan.states):
                for part in run.parts(kind, columns):
                    part[: part.size // columns * full] = 0
            for part, tensor in zip(
                run.states(memory.states, columns, 0, full), given, strict=True
            ):
                part[:] = tensor.numpy()
        output = run.forward(memory, flat, bool(given))
        ctx.saved = run, lease, flat, states, [p.shape for p in parameters]
        ctx.set_materialize_grads(False)
        last = run.states(memory.states, columns, int(steps.state_at[-1]), full)
        return (torch.from_numpy(output), *(torch.from_numpy(part.copy()) for part in last))

    @staticmethod
    def backward(ctx: Any, d_output: Tensor | None, *d_states: Tensor | None) -> Any:
        _refuse_second_derivatives()
        run, lease, flat, states, shapes = ctx.saved
        plan, steps = run.plan, run.layout.steps
        room = Back.take(run.pool, plan, run.layout, flat.dtype)
        back: Back = room.value
        full = int(steps.width[0])
        back.carry.fill(0)
        carried = run.states(back.carry, full, 0, full)
        for part, d in zip(carried, d_states, strict=True):
            part[:] = 0 if d is None else d.numpy()
        d_out = np.zeros(run.shape, flat.dtype) if d_output is None else d_output.numpy()
        gradient = np.zeros_like(flat)
        run.backward(lease.value, flat, d_out, back, gradient)
        slots = back.d_slots.reshape(len(steps.width), plan.slot_rows, full)
        d_inputs = slots[:, : plan.input_rows, : run.shape[-2]].transpose(0, 2, 1).copy()
        d_tensors = (torch.from_numpy(d.copy()) for d in (d_inputs, *(carried if states else ())))
        d_first, *others = d_tensors
        return None, d_first, None, *others, *_split(gradient, shapes)


class _Classifier(torch.autograd.Function):
    """The parameters of a whole classifier (embedding, blocks, read-out) → its logits."""

    @staticmethod
    def forward(ctx: Any, run: _Run, sizes: Sizes, *parameters: Tensor) -> Tensor:
        flat = _flatten(parameters)
        logits, saved = classify(run, sizes, flat)
        ctx.saved = run, sizes, flat, saved, [p.shape for p in parameters]
        return torch.from_numpy(logits)

    @staticmethod
    def backward(ctx: Any, d_logits: Tensor) -> Any:
        _refuse_second_derivatives()
        run, sizes, flat, saved, shapes = ctx.saved
        gradient = np.zeros_like(flat)
        classify_back(run, sizes, flat, saved, d_logits.numpy(), gradient)
        return None, None, *_split(gradient, shapes)


# A training that diverges is found by its loss; numpy need not warn of it as well.
quiet = np.errstate(invalid="ignore", over="ignore")


@quiet
def classify(run: _Run, sizes: Sizes, flat: Array) -> tuple[Array, Any]:
    """Logits of a batch, and what the way back needs."""
    embedding, blocks, weight, bias = _parts(run, flat, sizes)
    lease = run.lease(flat.dtype)
    letters = run.by_letter(lease.value.letters)
    letters[:, : len(run.present)] = embedding[run.present].T
    letters[:, len(run.present) :] = 0
    output = run.forward(lease.value, blocks, False)
    return output @ weight.T + bias, (lease, output)


@quiet
def classify_back(
    run: _Run, sizes: Sizes, flat: Array, saved: Any, d_logits: Array, gradient: Array
) -> None:
    """`gradient`, of zeros, gets that of all parameters; `saved` is what `classify` has saved."""
    lease, output = saved
    _, blocks, weight, _ = _parts(run, flat, sizes)
    room = Back.take(run.pool, run.plan, run.layout, flat.dtype)
    back: Back = room.value
    back.carry.fill(0)
    d_embedding, d_blocks, d_weight, d_bias = _parts(run, gradient, sizes)
    d_output = np.ascontiguousarray(d_logits @ weight)
    run.backward(lease.value, blocks, d_output, back, d_blocks)
    d_embedding[run.present] = run.by_letter(back.d_letters)[:, : len(run.present)].T
    d_weight[:], d_bias[:] = d_logits.T @ output, d_logits.sum(0)


def _parts(run: _Run, flat: Array, sizes: Sizes) -> tuple[Array, Array, Array, Array]:
    """Views of a classifier's parameters: embedding, blocks, and the read-out's weight and bias."""
    letters, features, classes = sizes
    first = letters * features
    last = first + run.plan.parameters
    end = len(flat) - classes
    return (
        flat[:first].reshape(letters, features),
        flat[first:last],
        flat[last:end].reshape(classes, run.shape[-1]),
        flat[end:],
    )


class FusedEngine:
    """Runs one wiring on the CPU, with compiled kernels.

    Args:
        wiring: with the masks that are in force.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.pool = Pool()
        self._plans: dict[bool, KernelPlan] = {}
        self.rows = wiring.readout - wiring.input_size
        touched = [wiring.readout, *(block.adds_to for block in wiring.blocks)]
        self.looks_up = all((slots >= wiring.input_size).all() for slots in touched)
        """Whether letters can be looked up: no block writes, and no read-out reads, a feature."""

    def _plan(self, letters: bool) -> KernelPlan:
        if letters not in self._plans:
            self._plans[letters] = make_kernel_plan(self.wiring, letters)
        return self._plans[letters]

    def classify(self, codes: Tensor, lengths: Tensor, sizes: Sizes, *parameters: Tensor) -> Tensor:
        """Logits of strings, read out at the step that the wiring says.

        Args:
            codes: (T, B) letters.
            lengths: (B,) number of letters.
            sizes: number of letters, of input features and of classes.
            parameters: of embedding, blocks and read-out in order, in any number of tensors.
        """
        check(*parameters)
        keep = torch.is_grad_enabled()
        run = self.run(codes.numpy(), lengths.numpy(), sizes, keep)
        if not keep:
            return torch.from_numpy(classify(run, sizes, _flatten(parameters, keep))[0])
        return _Classifier.apply(run, sizes, *parameters)

    def run(self, codes: IntArray, lengths: IntArray, sizes: Sizes, keep: bool) -> _Run:
        """A batch of strings laid out; see `classify` and `make_steps`."""
        plan, last_letter = self._plan(True), self.wiring.readout_step == "last_letter"
        layout, present = pack_letters(
            codes, lengths, sizes[0], self.rows, plan.slot_rows, last_letter, keep
        )
        return _Run(plan, layout, (codes.shape[1], len(self.rows)), self.pool, present)

    def features(
        self,
        inputs: Tensor,
        state: Sequence[Sequence[Tensor]] | None,
        readout: IntArray,
        parameters: Sequence[Tensor],
    ) -> tuple[Tensor, tuple[tuple[Tensor, ...], ...]]:
        """The (T, B, readout) outputs at all steps, and each block's last state.

        Args:
            inputs: (T, B, input features).
            state: each block's initial state, or zeros.
            readout: the slots to return.
            parameters: of the blocks, in order.
        """
        given = [tensor for block in state or () for tensor in block]
        check(inputs, *given, *parameters)
        length, batch, _ = inputs.shape
        plan = self._plan(False)
        steps = even_steps(length, batch, torch.is_grad_enabled())
        at = plan.slot_rows * steps.token_at[:, None, None] + np.arange(batch)[:, None]
        at = at + readout * steps.width[0]
        none = np.zeros(0, np.int64)
        layout = BatchLayout(steps, none, np.array([LANES]), at.ravel())
        run = _Run(plan, layout, at.shape, self.pool, none)
        output, *flat = _Recurrence.apply(run, inputs, len(given), *given, *parameters)
        each = plan.states
        return output, tuple(tuple(flat[i : i + each]) for i in range(0, len(flat), each))


def check(*tensors: Tensor) -> None:
    """Refuse what the kernels can't run.

    Raises:
        InputError: not on the CPU, not float32 or float64, or of mixed types.
    """
    dtype = tensors[0].dtype
    wrong = next((t for t in tensors if t.device.type != "cpu" or t.dtype != dtype), None)
    if wrong is not None or dtype not in (torch.float32, torch.float64):
        wrong = tensors[0] if wrong is None else wrong
        raise InputError(
            f"the fused engine runs tensors of one type, float32 or float64, on the CPU; got "
            f"{wrong.dtype} on {wrong.device} beside {dtype} on {tensors[0].device}. Convert "
            "them, or build the network with engine='torch'."
        )
    if torch.is_autocast_enabled("cpu"):
        raise InputError(
            "the fused engine doesn't run under autocast. Leave it, or build the network with "
            "engine='torch'."
        )
