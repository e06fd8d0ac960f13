"""The cells that have kernels: one time step of a block, compiled from the equations of each.

A cell's file (see `sparsernn.wiring.cells`) is loaded by its name, so that what a network depends
on is its own cell's file and no other's.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import torch

from sparsernn.engine.choice import fused_cells
from sparsernn.engine.tiles import load_rows, repeated, store_rows
from sparsernn.engine.vectors import compiled, device, load, prefetch, splat
from sparsernn.engine.views import StateView, View
from sparsernn.errors import InputError
from sparsernn.plugins import load as load_file

__all__ = ["LANES", "Cell", "cell_step", "cell_step_back", "kernel_cell"]

Array = Any
LANES = 16


class Cell(NamedTuple):
    """What the engine knows of a cell.

    Attributes:
        number: its place among the cells that have kernels.
        recurrent_sums: for each gate, the sum that its recurrent weights add to.
        sums: number of sums that a unit takes in a step.
        states: numbers that a unit passes to the next step; the first is its output.
        saved: numbers that it saves for the way back.
        forward, backward: its equations.
    """

    number: int
    recurrent_sums: tuple[int, ...]
    sums: int
    states: int
    saved: int
    forward: Callable[..., Any]
    backward: Callable[..., Any]

    @property
    def rows(self) -> int:
        """Rows a unit needs beside its states: for its sums, and then for what it saves."""
        return max(self.sums, self.saved) if self.sums > 1 or self.saved else 0


@cache
def kernel_cell(name: str) -> Cell:
    """A cell by its name, one of `fused_cells`.

    Raises:
        InputError: its equations don't take or return what they should.
    """
    return _read(name)._replace(number=_NAMES.index(name))


def _read(name: str) -> Cell:
    file = load_file("cells", name)
    gates, states = file.GATES, getattr(file, "STATES", 1)
    recurrent_sums = getattr(file, "RECURRENT_SUMS", tuple(range(gates)))
    sums = max(gates, *(number + 1 for number in recurrent_sums))
    saved = _saved_by(file, sums, states)
    return Cell(-1, recurrent_sums, sums, states, saved, file.forward, file.backward)


def _saved_by(file: ModuleType, sums: int, states: int) -> int:
    """Try a cell's equations on tensors; how many numbers they save for the way back."""
    one, where = torch.zeros(()), f"cells/{Path(str(file.__file__)).name}"
    expected = f"{sums} sums and {states} state(s). sparsernn.wiring.cells says how to write them."
    try:
        before = (one,) * states
        saved, after = file.forward((one,) * sums, before)
        d_sums, d_before = file.backward(saved, before, after, after)
        found = len(after), len(d_sums), len(d_before)
    except Exception as error:
        raise InputError(f"{where}: forward or backward fails ({error}) on {expected}") from error
    if found != (states, sums, states):
        raise InputError(
            f"{where}: forward returns {found[0]} state(s), and backward {found[1]} sums and "
            f"{found[2]} state(s); expected {expected}"
        )
    return len(saved)


def _step_of(cell: Cell) -> Any:
    forward = device(cell.forward)
    sums, states, rows = cell.sums, cell.states, cell.rows

    @device
    def lanes(v: Any, act: View, before: StateView, after: StateView, at: Any, part: int) -> None:
        place, then, now = at
        saved, state = forward(
            load_rows(repeated(sums, v), act.array, place, part),
            load_rows(repeated(states, v), before.array, then, before.apart),
        )
        store_rows(saved, act.array, place, part)
        store_rows(state, after.array, now, after.apart)

    @compiled
    def step(size: int, act: View, before: StateView, after: StateView) -> None:
        v, one = splat(LANES, before.array.dtype.type(0)), splat(1, before.array.dtype.type(0))
        width, part = act.stride, size * act.stride
        if width == 1:  # of one sequence: the units lie side by side
            last = size - size % LANES
            for u in range(0, last, LANES):
                at = act.start + u, before.start + u, after.start + u
                lanes(v, act, before, after, at, part)
            for u in range(last, size):
                at = act.start + u, before.start + u, after.start + u
                lanes(one, act, before, after, at, part)
            return
        for u in range(size):
            for b in range(0, width, LANES):
                place = act.start + u * width + b
                for row in range(rows, 2 * rows):
                    prefetch(act.array, place + row * part)
                then, now = before.start + u * before.stride + b, after.start + u * width + b
                lanes(v, act, before, after, (place, then, now), part)

    return step


def _step_back_of(cell: Cell) -> Any:
    backward = device(cell.backward)
    states, saves, rows = cell.states, cell.saved, cell.rows

    @device
    def lanes(
        v: Any,
        views: tuple[View, StateView, StateView, StateView, View, View],
        places: tuple[int, int, int, int, int, int],
        part: int,
    ) -> None:
        act, before, after, carry, d, d_slots = views
        place, then, now, to, out, slot = places
        carried = load_rows(repeated(states, v), carry.array, to, carry.apart)
        gained = load(v, d_slots.array, slot)
        d_sums, d_before = backward(
            load_rows(repeated(saves, v), act.array, place, part),
            load_rows(repeated(states, v), before.array, then, before.apart),
            load_rows(repeated(states, v), after.array, now, after.apart),
            (carried[0] + gained, *carried[1:]),
        )
        store_rows(d_sums, d.array, out, part)
        store_rows(d_before, carry.array, to, carry.apart)

    @device
    def single(v: Any, views: Any, u: int, part: int) -> None:
        act, before, after, carry, d, d_slots = views
        ends = act.start + u, before.start + u, after.start + u
        lanes(v, views, (*ends, carry.start + u, d.start + u, d_slots.start + u), part)

    @compiled
    def step_back(
        act: View,
        before: StateView,
        after: StateView,
        carry: StateView,
        d: View,
        d_slots: View,
        adds_to: Array,
    ) -> None:
        v, one = splat(LANES, before.array.dtype.type(0)), splat(1, before.array.dtype.type(0))
        width, size = d.stride, len(adds_to)
        part, views = size * width, (act, before, after, carry, d, d_slots)
        if width == 1:  # of one sequence: the units lie side by side, also in `d_slots`
            last = size - size % LANES
            for u in range(0, last, LANES):
                single(v, views, u, part)
            for u in range(last, size):
                single(one, views, u, part)
            return
        for u in range(size):
            for b in range(0, width, LANES):
                place, to = act.start + u * width + b, carry.start + u * carry.stride + b
                then, now = before.start + u * before.stride + b, after.start + u * width + b
                # What the next step back reads lies about as far before this as this is long.
                for row in range(1, rows + 1):
                    prefetch(act.array, place - row * part)
                for state in range(1, states):
                    prefetch(before.array, then + state * before.apart - part)
                out, slot = d.start + u * width + b, d_slots.start + adds_to[u] * width + b
                lanes(v, views, (place, then, now, to, out, slot), part)

    return step_back


def _by_number(functions: Sequence[Any]) -> Any:
    """One function that calls one of several, by the number that is its first argument."""
    *others, last = functions
    if not others:

        @device
        def only(number: int, *arguments: Any) -> None:
            last(*arguments)

        return only
    earlier, count = _by_number(others), len(others)

    @device
    def choose(number: int, *arguments: Any) -> None:
        if number == count:
            last(*arguments)
        else:
            earlier(number, *arguments)

    return choose


def _is_sound(name: str) -> bool:
    try:
        _read(name)
    except Exception:  # whatever the file does wrong; `kernel_cell` raises it again
        return False
    return True


# A file with wrong equations stops the networks of its own cell, not those of the others.
_NAMES = [name for name in fused_cells() if _is_sound(name)]
_CELLS = [kernel_cell(name) for name in _NAMES]

cell_step = _by_number([_step_of(cell) for cell in _CELLS])
"""One step of a block's cells, from its sums, in place, to its next states.

Args:
    number, size: of the cell, and of the block in units.
    act: its sums, which what is saved replaces.
    before, after: its states.
"""

cell_step_back = _by_number([_step_back_of(cell) for cell in _CELLS])
"""One step back: derivatives of a block's sums, and of its states before the step.

Args:
    number: of the cell.
    act, before, after: see `cell_step`.
    carry: derivatives of the states after the step, to be replaced by those before it.
    d: gets those of the sums.
    d_slots: those of the slots at this step.
    adds_to: the slot that each unit adds to.
"""
