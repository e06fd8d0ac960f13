"""A cell's equations for the kernels, on plain tensors: those of its PyTorch step."""

import pytest
import torch
from torch import Tensor

from sparsernn.engine.cells import _is_sound, kernel_cell
from sparsernn.engine.choice import fused_cells
from sparsernn.errors import InputError
from sparsernn.plugins import function, load

UNITS = 7


def numbers(count: int, seed: int) -> tuple[Tensor, ...]:
    """So many (1, UNITS) tensors, each to be derived by."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(count, 1, UNITS, dtype=torch.float64, generator=generator)
    return tuple(one.clone().requires_grad_() for one in drawn)


@pytest.mark.parametrize("name", fused_cells())
def test_forward_is_the_step(name: str) -> None:
    cell, gates = kernel_cell(name), load("cells", name).GATES
    a, u, state = numbers(gates, 1), numbers(gates, 2), numbers(cell.states, 3)
    sums = list(a) + [torch.zeros(1, UNITS)] * (cell.sums - gates)
    for gate, number in enumerate(cell.recurrent_sums):
        sums[number] = sums[number] + u[gate]
    expected = function("cells", name)(torch.cat(a, 1), torch.cat(u, 1), state)
    torch.testing.assert_close(cell.forward(tuple(sums), state)[1], expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("RECURRENT_SUMS", (0, 1, 2)), r"cells/gru\.py: forward or .* fails .* on 3 sums and 1"),
        (("STATES", 2), r"forward or backward fails \(too many values"),
        (
            ("backward", lambda *_: ((1,), ())),
            r"backward 1 sums and 0 state\(s\); expected 4 sums and 1 state",
        ),
    ],
)
def test_equations_of_other_numbers_are_refused(
    monkeypatch: pytest.MonkeyPatch, change: tuple[str, object], message: str
) -> None:
    monkeypatch.setattr(load("cells", "gru"), *change, raising=False)
    with pytest.raises(InputError, match=message):
        kernel_cell.__wrapped__("gru")
    assert not _is_sound("gru") and _is_sound("lstm")  # its file stops no other cell


@pytest.mark.parametrize("name", fused_cells())
def test_backward_is_the_derivative_of_forward(name: str) -> None:
    cell = kernel_cell(name)
    sums, before = numbers(cell.sums, 1), numbers(cell.states, 2)
    saved, after = cell.forward(sums, before)
    d_after = numbers(cell.states, 3)
    expected = torch.autograd.grad(after, (*sums, *before), d_after, materialize_grads=True)
    found = cell.backward(saved, before, after, d_after)
    torch.testing.assert_close((*found[0], *found[1]), expected)
