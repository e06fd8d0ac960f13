"""A batch laid out for the kernels, and the memory that a network needs to run it."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.errors import InputError
from sparsernn.fused_plan import Plan

__all__ = ["LANES", "Memory", "Steps", "make_steps", "pack_letters"]

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


def make_steps(active: IntArray, keep: bool) -> Steps:
    """Lay out a batch.

    Args:
        active: (T,) number of strings at each step, falling.
        keep: whether everything is kept for a way back, or only one step at a time.
    """
    width = -(-active // LANES) * LANES
    ends = np.cumsum(width)
    full, tokens = int(width[0]), int(ends[-1])
    token_at = ends - width
    before = np.concatenate([width[:1], width[:-1]])
    if keep:
        state_at = np.concatenate([[0], full + token_at])
        return Steps(width, before, token_at, token_at, state_at, tokens, tokens, full + tokens)
    state_at = np.arange(len(width) + 1) % 2 * full
    return Steps(width, before, token_at, np.zeros_like(width), state_at, tokens, full, 2 * full)


class Memory(NamedTuple):
    """What a forward pass computes; each array holds one part for each block, step by step.

    Attributes:
        h: states.
        c: cells (LSTM).
        act: gates (GRU: r, z, n, u_n; LSTM: i, f, g, o).
        tanh_c: (LSTM).
        slots: the slots of each step.
    """

    h: Array
    c: Array
    act: Array
    tanh_c: Array
    slots: Array

    @classmethod
    def sizes(cls, plan: Plan, steps: Steps, rows: int, lstm: bool) -> tuple[int, ...]:
        """Numbers of each array, for a cell with so many sums (rows) a unit."""
        units = int(plan.units[-1])
        states, saved = units * steps.state_columns, units * steps.saved_columns
        return (
            states,
            states if lstm else 0,
            rows * saved if rows > 1 else 0,
            saved if lstm else 0,
            plan.slot_rows * steps.tokens,
        )


class Letters(NamedTuple):
    """A batch of strings.

    Attributes:
        active: (T,) number of strings at each step.
        order: (B,) the strings, longest first.
        last: (B,) the step at which each of `order` is read out.
        codes: (tokens,) each token's letter, as its place in `present`.
        present: the letters that occur.
    """

    steps: Steps
    order: IntArray
    last: IntArray
    codes: IntArray
    present: IntArray


def pack_letters(
    codes: IntArray, lengths: IntArray, letters: int, last_letter: bool, keep: bool
) -> Letters:
    """Lay out a batch of strings.

    Args:
        codes: (T, B) letters, padded.
        lengths: (B,) number of letters of each.
        letters: number of letters that exist.
        last_letter: strings are read out at their last letter, and left there; or else all at the
            last step.
        keep: see `make_steps`.

    Raises:
        InputError: a letter or a length out of range.
    """
    longest, count = codes.shape
    if codes.min() < 0 or codes.max() >= letters:
        raise InputError(f"letter codes reach from {codes.min()} to {codes.max()}; expected 0 to "
                         f"{letters - 1}. Encode the strings by the network's alphabet.")
    if last_letter:
        if len(lengths) != count or lengths.min() < 1 or lengths.max() > longest:
            raise InputError(f"lengths of {len(lengths)} strings from {lengths.min()} to "
                             f"{lengths.max()}; expected {count} lengths from 1 to {longest}.")
        order = np.argsort(-lengths, kind="stable")
        last = lengths[order] - 1
        active = np.searchsorted(-lengths[order], -np.arange(1, last[0] + 2), "right")
    else:
        order, last = np.arange(count), np.full(count, longest - 1)
        active = np.full(longest, count)
    steps = make_steps(active, keep)
    full = int(steps.width[0])
    padded = np.zeros((len(steps.width), full), np.int64)
    padded[:, :count] = codes[: len(steps.width), order] if last_letter else codes
    read = padded[np.arange(full) < steps.width[:, None]]
    seen = np.zeros(letters, bool)
    seen[read] = True
    present = np.flatnonzero(seen)
    column = np.cumsum(seen) - 1
    return Letters(steps, order, last, column[read], present)
