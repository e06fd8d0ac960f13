"""A batch laid out for the kernels, and the memory that a network needs to run it."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cache import kernel
from sparsernn.engine.memory import Lease, Pool
from sparsernn.engine.plan import CELL_NUMBER, Plan, Weights
from sparsernn.errors import InputError

__all__ = [
    "LANES",
    "Back",
    "Letters",
    "Memory",
    "Steps",
    "even_steps",
    "make_steps",
    "pack_letters",
    "whole",
]

IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

LANES = 16


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
    """

    width: IntArray
    before: IntArray
    token_at: IntArray
    saved_at: IntArray
    state_at: IntArray
    tokens: int
    saved_columns: int
    state_columns: int


def whole(size: Any) -> Any:
    """Rounded up to whole vectors."""
    return -(-size // LANES) * LANES


@lru_cache(maxsize=512)
def even_steps(length: int, batch: int, keep: bool) -> Steps:
    """`make_steps` of as many strings at every step."""
    return make_steps(np.full(length, batch), keep)


def make_steps(active: IntArray, keep: bool) -> Steps:
    """Lay out a batch.

    Args:
        active: (T,) number of strings at each step, falling.
        keep: whether everything is kept for a way back, or only one step at a time.
    """
    length = len(active)
    rows = np.empty((5, length + 1), np.int64)
    tokens = lay_out(np.int64, active, keep, rows)
    width, before, token_at, saved_at = rows[:4, :length]
    full = int(width[0])
    saved, states = (tokens, full + tokens) if keep else (full, 2 * full)
    return Steps(width, before, token_at, saved_at, rows[4], tokens, saved, states)


@kernel
def lay_out(active: IntArray, keep: bool, rows: IntArray) -> int:
    """Fill the arrays of `Steps`, one a row; the number of tokens."""
    width, before, token_at, saved_at, state_at = rows[0], rows[1], rows[2], rows[3], rows[4]
    tokens = 0
    state_at[0] = 0
    for t in range(len(active)):
        width[t] = (active[t] + LANES - 1) // LANES * LANES
        before[t] = width[max(t - 1, 0)]
        token_at[t] = tokens
        saved_at[t] = tokens if keep else 0
        state_at[t + 1] = width[0] + tokens if keep else (t + 1) % 2 * width[0]
        tokens += width[t]
    return tokens


class Memory(NamedTuple):
    """What a forward pass computes; each array holds one part for each block, step by step.

    Attributes:
        h: states.
        c: cells (LSTM).
        act: gates (GRU: r, z, n, u_n; LSTM: i, f, g, o).
        tanh_c: (LSTM).
        slots: the slots of each step.
        bias: what each row's sum starts from.
        table: one block's sums over the letters' features, (rows, letters).
        weights: of all edges.
    """

    h: Array
    c: Array
    act: Array
    tanh_c: Array
    slots: Array
    bias: Array
    table: Array
    weights: Weights

    @classmethod
    def take(cls, pool: Pool, plan: Plan, steps: Steps, columns: int, dtype: Any) -> Lease:
        """Lease memory for a batch whose letters fill so many columns."""
        units, rows = int(plan.units[-1]), plan.bias.shape[1]
        states, saved = units * steps.state_columns, units * steps.saved_columns
        gates, lstm = rows // units, plan.cell == CELL_NUMBER["lstm"]
        sizes = (
            states,
            states if lstm else 0,
            gates * saved if gates > 1 else 0,
            saved if lstm else 0,
            plan.slot_rows * steps.tokens,
            rows,
            plan.largest * gates * columns,
            *plan.weight_sizes(),
        )
        return pool.take(sizes, dtype, lambda *a: cls._make((*a[:-3], Weights(*a[-3:]))))


class Back(NamedTuple):
    """Room for the way back.

    Attributes:
        carry_h: (units, strings) gradient of the states, of the step at hand.
        carry_c: of the cells (LSTM).
        d_slots: of the slots of each step.
        d: of one block's sums, at all tokens.
        room: for a tile of sums.
        weights: of all edges, from their other end.
    """

    carry_h: Array
    carry_c: Array
    d_slots: Array
    d: Array
    room: Array
    weights: Weights

    @classmethod
    def take(cls, pool: Pool, plan: Plan, steps: Steps, dtype: Any) -> Lease:
        """Lease room for a batch."""
        units, gates = int(plan.units[-1]), plan.bias.shape[1] // int(plan.units[-1])
        carry = units * int(steps.width[0])
        sizes = (
            carry,
            carry if plan.cell == CELL_NUMBER["lstm"] else 0,
            plan.slot_rows * steps.tokens,
            gates * plan.largest * steps.tokens,
            LANES,
            *plan.weight_sizes(),
        )
        return pool.take(sizes, dtype, lambda *a: cls._make((*a[:-3], Weights(*a[-3:]))))


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
    width: IntArray,
    token_at: IntArray,
    readout: IntArray,
    slot_rows: int,
    column: IntArray,
    present: IntArray,
    packed: IntArray,
    at: IntArray,
) -> int:
    """Put letters in the order of tokens; the number of different ones, or -1 if one is unknown.

    Args:
        codes, lengths, width, token_at, readout, slot_rows: see `pack_letters` and `Steps`.
        places: of the first string of each length: after all that are longer.
        column: gets each letter's place in `present`, or -1.
        present: gets the letters that occur.
        packed: gets each token's column.
        at: gets the places in the slots that are read out.
    """
    seen = 0
    column[:] = -1
    packed[:] = 0
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
            packed[token_at[t] + place] = column[letter]
        for r in range(len(readout)):
            at[b, r] = slot_rows * token_at[length - 1] + readout[r] * width[length - 1] + place
    return seen


class Letters(NamedTuple):
    """A batch of strings.

    Attributes:
        steps: its shape.
        at: (B, readout) places in the slots that are read out.
        codes: (tokens,) each token's letter, as its place in `present`.
        present: the letters that occur.
        columns: their number, rounded up to whole vectors.
    """

    steps: Steps
    at: IntArray
    codes: IntArray
    present: IntArray
    columns: int


def pack_letters(
    codes: IntArray,
    lengths: IntArray,
    letters: int,
    readout: IntArray,
    slot_rows: int,
    last_letter: bool,
    keep: bool,
) -> Letters:
    """Lay out a batch of strings.

    Args:
        codes: (T, B) letters, padded.
        lengths: (B,) number of letters of each.
        letters: number of letters that exist.
        readout: rows of the slots that are read out.
        slot_rows: rows of the slots.
        last_letter: strings are read out at their last letter, and left there; or else all at the
            last step.
        keep: see `make_steps`.

    Raises:
        InputError: a letter or a length out of range.
    """
    longest, count = codes.shape
    if codes.size == 0:
        raise InputError(f"letter codes of shape {codes.shape}: expected one or more.")
    if last_letter:
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
    column, present = np.empty((2, letters), np.int64)
    packed, at = np.empty(steps.tokens, np.int64), np.empty((count, len(readout)), np.int64)
    seen = pack(
        np.int64, np.ascontiguousarray(codes), lengths, going, steps.width, steps.token_at,
        readout, slot_rows, column, present, packed, at,
    )  # fmt: skip
    if seen < 0:
        raise InputError(
            f"letter codes from {codes.min()} to {codes.max()}: expected 0 to {letters - 1}. "
            "Encode the strings by the network's alphabet."
        )
    return Letters(steps, at, packed, present[:seen], whole(seen))
