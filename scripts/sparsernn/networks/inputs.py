"""The forms in which sequences are given to a network, checked, and given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from sparsernn.errors import InputError, brief

__all__ = ["Batch", "Lengths", "as_batch", "as_lengths", "as_numbers", "as_strings"]
__all__ += ["check_alike"]

Lengths: TypeAlias = Tensor | Sequence[int] | np.ndarray


@dataclass(frozen=True)
class Batch:
    """Sequences as the engines take them.

    Attributes:
        inputs: (T, B, F).
        lengths: (B,) number of steps of each sequence; None: all have T.
        packed: what they were given as, if that; the columns are in its sorted order.
        unbatched: whether they were one (T, F) sequence.
        batch_first: whether they were (B, T, F).
    """

    inputs: Tensor
    lengths: Tensor | None
    packed: PackedSequence | None = None
    unbatched: bool = False
    batch_first: bool = False

    @property
    def size(self) -> int:
        """Number of sequences."""
        return self.inputs.shape[1]

    @property
    def numbers(self) -> npt.NDArray[np.int64] | None:
        """The lengths for the fused engine."""
        return None if self.lengths is None else self.lengths.numpy()

    @property
    def some(self) -> bool:
        """Whether any sequence has a step."""
        return self.size > 0 and (self.lengths is None or bool(self.lengths.any()))

    def outputs(self, outputs: Tensor) -> Tensor | PackedSequence:
        """(T, B, ...) outputs in the form of the inputs."""
        if self.packed is not None:
            assert self.lengths is not None
            return self.packed._replace(data=pack_padded_sequence(outputs, self.lengths).data)
        if self.unbatched:
            return outputs.squeeze(1)
        return outputs.transpose(0, 1) if self.batch_first else outputs


def as_batch(
    inputs: Tensor | PackedSequence, lengths: Lengths | None, features: int, batch_first: bool
) -> Batch:
    """Sequences in any of the forms that `torch.nn.GRU` takes.

    Raises:
        InputError: another form, or lengths that don't fit.
    """
    if isinstance(inputs, PackedSequence):
        if lengths is not None:
            raise InputError("lengths are given beside a PackedSequence, which has its own.")
        plain = PackedSequence(inputs.data, inputs.batch_sizes)
        padded, steps = pad_packed_sequence(plain)
        _check_features(inputs.data, padded, features, f"data of {features} features")
        return Batch(padded, steps, packed=inputs)
    form = f"({'B, T' if batch_first else 'T, B'}, {features})"
    expected = f"a {form} tensor, or one sequence as (T, {features})"
    _check_tensor(inputs, "inputs", expected)
    if inputs.ndim == 2:
        if lengths is not None:
            raise InputError("lengths are given for one sequence without a batch. Leave them out.")
        _check_features(inputs, inputs, features, expected)
        return Batch(inputs.unsqueeze(1), None, unbatched=True)
    ours = inputs.transpose(0, 1) if batch_first and inputs.ndim == 3 else inputs
    _check_features(inputs, ours, features, expected)
    known = None if lengths is None else as_lengths(lengths, ours.shape[1], 0, len(ours))
    return Batch(ours, known, batch_first=batch_first)


def _check_tensor(value: object, name: str, expected: str) -> None:
    if not isinstance(value, Tensor):
        remedy = "Convert them with torch.as_tensor."
        if isinstance(value, np.ndarray):
            remedy = f"Convert them: torch.from_numpy({name})."
        what = f"a {type(value).__name__}"
        raise InputError(f"{name} are {what}; expected a tensor, {expected}. {remedy}")
    if value.layout != torch.strided:
        raise InputError(
            f"{name} are a sparse tensor; expected a dense one. Use {name}.to_dense()."
        )


def _check_features(given: Tensor, inputs: Tensor, features: int, expected: str) -> None:
    if inputs.ndim not in (2, 3) or inputs.shape[-1] != features or len(inputs) == 0:
        raise InputError(
            f"inputs have the shape {tuple(given.shape)}; this network takes {features} features "
            f"and one step or more. Pass {expected}."
        )


def as_lengths(lengths: Lengths, count: int, least: int, most: int) -> Tensor:
    """(count,) lengths as int64 on the CPU.

    Raises:
        InputError: another number of them, not whole numbers, or out of range.
    """
    expected = f"expected {count} whole numbers from {least} to {most}, one for each sequence"
    try:
        found = lengths if isinstance(lengths, Tensor) else torch.as_tensor(np.asarray(lengths))
    except (TypeError, ValueError):
        raise InputError(f"lengths are {brief(lengths)}; {expected}.") from None
    if found.is_floating_point() or found.is_complex() or found.dtype == torch.bool:
        raise InputError(f"lengths are of {found.dtype}; {expected}. Convert them: lengths.long().")
    if found.shape != (count,):
        raise InputError(f"lengths have the shape {tuple(found.shape)}; {expected}.")
    found = found.to("cpu", torch.int64)
    if count and not least <= int(found.min()) <= int(found.max()) <= most:
        raise InputError(f"lengths from {int(found.min())} to {int(found.max())}; {expected}.")
    return found


def as_numbers(inputs: Tensor, lengths: Lengths, features: int) -> tuple[Tensor, Tensor]:
    """(T, B, F) numbers and (B,) lengths, as a classifier of sequences of numbers takes them.

    Raises:
        InputError: of another form, or lengths out of range.
    """
    expected = f"a (T, B, {features}) tensor"
    _check_tensor(inputs, "inputs", expected)
    if inputs.ndim != 3 or not inputs.is_floating_point():
        raise InputError(
            f"inputs have the shape {tuple(inputs.shape)} and are of {inputs.dtype}; expected "
            f"{expected} of floating-point numbers. Convert them: inputs.float()."
        )
    _check_features(inputs, inputs, features, expected)
    return inputs, as_lengths(lengths, inputs.shape[1], 1, len(inputs))


def as_strings(
    codes: Tensor, lengths: Lengths, letters: int, last_step: bool
) -> tuple[Tensor, Tensor]:
    """(T, B) letter codes and (B,) lengths, as int64.

    Args:
        codes: (T, B) letter codes.
        lengths: (B,) number of letters of each string.
        letters: number of letters that exist.
        last_step: whether what follows a string is read too; else it becomes 0.

    Raises:
        InputError: of another form, or out of range.
    """
    expected = f"whole numbers from 0 to {letters - 1}"
    _check_tensor(codes, "codes", f"(T, B) letter codes, {expected}")
    if codes.ndim != 2 or codes.numel() == 0:
        raise InputError(
            f"codes have the shape {tuple(codes.shape)}; expected (T, B) letter codes of one step "
            "and one string or more."
        )
    if codes.is_floating_point() or codes.is_complex() or codes.dtype == torch.bool:
        raise InputError(
            f"codes are of {codes.dtype}; expected {expected}. Convert them: codes.long()."
        )
    codes, known = codes.long(), as_lengths(lengths, codes.shape[1], 1, len(codes))
    if not last_step:
        steps = torch.arange(len(codes), device=codes.device)[:, None]
        codes = codes.masked_fill(steps >= known.to(codes.device), 0)
    least, most = (int(value) for value in codes.aminmax())
    if least < 0 or most >= letters:
        raise InputError(
            f"letter codes from {least} to {most}: expected {expected}. "
            "Encode the strings by the network's alphabet."
        )
    return codes, known


def check_alike(what: str, tensors: Sequence[Tensor]) -> None:
    """Refuse tensors of several types or devices.

    Raises:
        InputError: that, or not of floating-point numbers.
    """
    *others, weight = tensors
    if torch.is_autocast_enabled(weight.device.type):  # PyTorch converts them
        return
    for tensor in others:
        if (tensor.dtype, tensor.device) != (weight.dtype, weight.device):
            raise InputError(
                f"{what} are of {tensor.dtype} on {tensor.device}, the network's weights of "
                f"{weight.dtype} on {weight.device}. Convert one of them, as with "
                f".to({weight.dtype})."
            )
