"""A batch laid out for the kernels, and the memory that a network needs to run it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cache import kernel
from sparsernn.engine.cells import LANES
from sparsernn.engine.kernel_plan import KernelPlan, Weights
from sparsernn.errors import InputError

__all__ = [
    "Back",
    "BatchLayout",
    "Memory",
    "ReadOut",
    "Steps",
    "even_steps",
    "make_steps",
    "pack_letters",
]

IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
ReadOut: TypeAlias = Literal["last_letter", "last_step", "every_letter"]


class Steps(NamedTuple):
    """The shape of a batch: T steps, each with the strings that are still read, longest first.

    Step t of an array with R rows a step is the (R, width[t]) part that begins at R * at[t].

    Attributes:
        width: (T,) strings at each step, rounded up to whole vectors.
        before: (T,) width of the step before; of the first step, its own.
        token_at: (T,) first token of each step.
        saved_at: (T,) `token_at`, or zeros if the gates of a step needn't outlive it.
        state_at: (T + 1,) places of the states, of the initial one and after each step.
        tokens: number of tokens, padding lanes included.
        saved_columns: columns of arrays laid out by `saved_at`.
        state_columns: columns of arrays laid out by `state_at`.
        active: (T + 1,) strings at each step, and 0 at last; lanes beyond them are padding.
    """

    width: IntArray
    before: IntArray
    token_at: IntArray
    saved_at: IntArray
    state_at: IntArray
    tokens: int
    saved_columns: int
    state_columns: int
    active: IntArray


@lru_cache(maxsize=512)
def even_steps(length: int, batch: int, keep: bool) -> Steps:
    """`make_steps` of as many strings at every step."""
    return make_steps(np.full(length, batch), keep)


def make_steps(active: IntArray, keep: bool) -> Steps:
    """Lay out a batch.

    Args:
        active: (T,) number of strings at each step, falling.
        keep: whether to save everything for a way back, or only one step at a time.
    """
    length = len(active)
    rows = np.empty((6, length + 1), np.int64)
    tokens = lay_out(np.int64, active, keep, rows)
    width, before, token_at, saved_at = rows[:4, :length]
    full = int(width[0])
    saved, states = (tokens, full + tokens) if keep else (full, 2 * full)
    return Steps(width, before, token_at, saved_at, rows[4], tokens, saved, states, rows[5])


@kernel
def lay_out(active: IntArray, keep: bool, rows: IntArray) -> int:
    """Fill the arrays of `Steps`, one a row; the number of tokens."""
    width, before, token_at, saved_at, state_at = rows[0], rows[1], rows[2], rows[3], rows[4]
    tokens = 0
    state_at[0] = 0
    rows[5, len(active)] = 0
    for t in range(len(active)):
        rows[5, t] = active[t]
        width[t] = (active[t] + LANES - 1) // LANES * LANES
        before[t] = width[max(t - 1, 0)]
        token_at[t] = tokens
        saved_at[t] = tokens if keep else 0
        state_at[t + 1] = width[0] + tokens if keep else (t + 1) % 2 * width[0]
        tokens += width[t]
    return tokens


class BatchLayout(NamedTuple):
    """A batch, laid out for the kernels.

    Attributes:
        steps: its shape.
        codes: (tokens,) each token's letter, as its place among those that occur.
        columns: (1,) number of letters that occur, rounded up to whole vectors.
        at: places in the slots that are read out, string by string.
        rows: of the slots, that are read out for all strings at all steps, step by step; or none.
    """

    steps: Steps
    codes: IntArray
    columns: IntArray
    at: IntArray
    rows: IntArray


class Memory(NamedTuple):
    """What a forward pass computes; each array holds one part for each block, step by step.

    Attributes:
        states: all outputs h, then further states (LSTM: c).
        act: sums; and after a step, what the cell saves for the way back.
        slots: the slots of each step.
        bias: what each row's sum starts from.
        letters: (features, columns) the embeddings of the letters that occur.
        table: one block's sums over the letters' features, (rows, columns).
        weights: of all edges.
    """

    states: Array
    act: Array
    slots: Array
    bias: Array
    letters: Array
    table: Array
    weights: Weights

    @staticmethod
    def sizes(
        plan: KernelPlan, steps: Steps, columns: int, edges: Sequence[int]
    ) -> tuple[int, ...]:
        """Numbers in each array, for a batch of so many letters (see `BatchLayout`).

        `edges` are those of each kind.
        """
        units, rows = int(plan.units[-1]), plan.bias.shape[1]
        return (
            plan.states * units * steps.state_columns,
            plan.saved_rows * units * steps.saved_columns,
            plan.slot_rows * steps.tokens,
            rows,
            plan.features * columns,
            plan.largest * (rows // units) * columns,
            *edges,
        )

    @classmethod
    def of(cls, arrays: Sequence[Array]) -> "Memory":
        """Of arrays of these sizes."""
        return cls._make([*arrays[:-3], Weights(*arrays[-3:])])


class Back(NamedTuple):
    """Room for the way back.

    Attributes:
        carry: (states, units, strings) gradient of the states, of the step at hand.
        last: that of each string's last states, in the same order.
        d_slots: of the slots of each step.
        d_letters: of the letters' embeddings.
        d: of one block's sums, at all tokens.
        room: for a tile of sums, or for the gradient of each edge of one kind.
        weights: of all edges, from their other end.
    """

    carry: Array
    last: Array
    d_slots: Array
    d_letters: Array
    d: Array
    room: Array
    weights: Weights

    @staticmethod
    def sizes(
        plan: KernelPlan, steps: Steps, columns: int, edges: Sequence[int], dots: int
    ) -> tuple[int, ...]:
        """Numbers in each array, for a batch of so many letters (see `BatchLayout`).

        `edges` are those of each kind, and `dots` the most whose gradients are summed at once.
        """
        units = int(plan.units[-1])
        return (
            plan.states * units * int(steps.width[0]),
            plan.states * units * int(steps.width[0]),
            plan.slot_rows * steps.tokens,
            plan.features * columns,
            plan.bias.shape[1] // units * plan.largest * steps.tokens,
            max(LANES, dots),
            *edges,
        )

    @classmethod
    def of(cls, arrays: Sequence[Array]) -> "Back":
        """Of arrays of these sizes."""
        return cls._make([*arrays[:-3], Weights(*arrays[-3:])])


@kernel
def count_going(lengths: IntArray, going: IntArray) -> int:
    """The longest length, or -1 if one is below 1 or above what `going` has room for.

    `going[t]` gets the number of strings of more than t letters.
    """
    going[:] = 0
    longest = 0
    for b in range(len(lengths)):
        length = lengths[b]
        if length < 1 or length >= len(going):
            return -1
        going[length - 1] += 1
        longest = max(longest, length)
    for t in range(longest - 2, -1, -1):
        going[t] += going[t + 1]
    return longest


@kernel
def pack(
    codes: IntArray,
    lengths: IntArray,
    places: IntArray,
    readout: IntArray,
    slot_rows: int,
    every: bool,
    letters: IntArray,
    layout: BatchLayout,
) -> int:
    """Put letters in the order of tokens; the number of different ones, or -1 if one is unknown.

    Args:
        codes, lengths, readout, slot_rows: see `pack_letters`.
        every: whether strings are read out at all of their letters, or at the last.
        places: of the first string of each length: after all that are longer.
        letters: (2, letters) gets each letter's place among those that occur, or -1; and those.
        layout: gets everything but its steps.
    """
    steps, column, present = layout.steps, letters[0], letters[1]
    seen, read = 0, 0
    column[:] = -1
    layout.codes[:] = 0
    for b in range(len(lengths)):
        length = lengths[b]
        place = places[length]
        places[length] += 1
        for t in range(length):
            letter = codes[t, b]
            if letter < 0 or letter >= len(column):
                return -1
            if column[letter] < 0:
                column[letter] = seen
                present[seen] = letter
                seen += 1
            layout.codes[steps.token_at[t] + place] = column[letter]
        for t in range(0 if every else length - 1, length):
            first, width = slot_rows * steps.token_at[t], steps.width[t]
            for r in range(len(readout)):
                layout.at[read] = first + readout[r] * width + place
                read += 1
    layout.columns[0] = (seen + LANES - 1) // LANES * LANES
    return seen


def pack_letters(
    codes: IntArray,
    lengths: IntArray,
    letters: int,
    readout: IntArray,
    slot_rows: int,
    read: ReadOut,
    keep: bool,
) -> tuple[BatchLayout, IntArray]:
    """Lay out a batch of strings; and the letters that occur.

    Args:
        codes: (T, B) letters, padded.
        lengths: (B,) number of letters of each.
        letters: number of letters that exist.
        readout: rows of the slots that are read out.
        slot_rows: rows of the slots.
        read: where strings are read out: at their last letter, or at every letter, one after the
            other, and left at the last; or all at the last step.
        keep: see `make_steps`.

    Raises:
        InputError: a letter or a length out of range.
    """
    longest, count = codes.shape
    if codes.size == 0:
        raise InputError(f"letter codes of shape {codes.shape}: expected one or more.")
    if read != "last_step":
        going = np.empty(longest + 1, np.int64)
        last = count_going(np.int64, lengths, going) if len(lengths) == count else -1
        if last < 0:
            raise InputError(
                f"{len(lengths)} lengths from {lengths.min()} to {lengths.max()}; expected "
                f"{count} lengths from 1 to {longest}, the number of letters of each string."
            )
        steps = make_steps(going[:last], keep)
    else:
        lengths, going = np.full(count, longest), np.zeros(longest + 1, np.int64)
        steps = even_steps(longest, count, keep)
    every = read == "every_letter"
    reads = int(lengths.sum()) if every else count
    tokens, columns, at = (
        np.empty(size, np.int64) for size in (steps.tokens, 1, reads * len(readout))
    )
    layout, found = (
        BatchLayout(steps, tokens, columns, at, at[:0]),
        np.empty((2, letters), np.int64),
    )
    codes = np.ascontiguousarray(codes)
    seen = pack(np.int64, codes, lengths, going, readout, slot_rows, every, found, layout)
    if seen < 0:
        raise InputError(
            f"letter codes from {codes.min()} to {codes.max()}: expected 0 to {letters - 1}. "
            "Encode the strings by the network's alphabet."
        )
    return layout, found[1, :seen]
