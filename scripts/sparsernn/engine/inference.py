"""A network whose weights don't change any more.

Before each run, the engine compares masks and copies the weights that exist to where the kernels
read them. For one sequence this may take as long as its sums. Here it is done once.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.autograd import FusedEngine
from sparsernn.engine.recurrence import Part, forward_part, joined
from sparsernn.engine.workers import on_threads

__all__ = ["InferenceEngine"]

Array = npt.NDArray[Any]
IDLE = 8
"""So many parts' memory at most waits for the next run, which is often of the same form."""


class InferenceEngine:
    """Runs one wiring with the weights that it is given here, without gradients.

    Any number of threads may use it.

    Args:
        engine: of the wiring.
        parameters: see `FusedEngine.features`; they are copied.
        threads: see `FusedEngine.features`.
        layers: see `FusedEngine.features`.
    """

    def __init__(
        self,
        engine: FusedEngine,
        parameters: Sequence[Tensor],
        threads: int | None = None,
        layers: bool = False,
    ) -> None:
        self._engine, self._threads, self._layers = engine, threads, layers
        self._parameters = [parameter.detach().clone() for parameter in parameters]
        self._picked: dict[type, dict[str, Any]] = {}
        self._idle: list[tuple[Part, Any]] = []

    @cached_property
    def _flat(self) -> Array:
        """The parameters that count."""
        flat: Array = self._engine.gathered(self._parameters).numpy()
        return flat

    @cached_property
    def _filled(self) -> list[Tensor]:
        """All parameters, with 0 for weights that don't exist."""
        return self._engine.layers.filled(self._parameters, False)

    def __reduce__(self) -> Any:
        return InferenceEngine, (self._engine, self._parameters, self._threads, self._layers)

    def features(
        self, inputs: Tensor, first: Tensor | None, lengths: npt.NDArray[np.int64] | None
    ) -> tuple[Tensor, Tensor]:
        """As `FusedEngine.features`, of what the wiring reads out, without gradients."""
        engine, threads = self._engine, self._threads
        readout = engine.wiring.readout
        whole = self._layers and threads is None and lengths is None
        if whole and engine.layers.are_faster(inputs, readout, False):
            return engine.layers.run(inputs, first, self._filled, False)
        parts = engine.parts(inputs.shape[:2], lengths, readout, threads, False)
        batch = inputs.numpy(), None if first is None else first.numpy()
        done = on_threads(threads or 1, lambda part: self._forward(part, *batch), parts)
        outputs, lasts = zip(*done, strict=True)
        return torch.from_numpy(joined(outputs)), torch.from_numpy(joined(lasts))

    def _forward(self, part: Part, inputs: Array, first: Array | None) -> tuple[Array, Array]:
        """Outputs and last states of a part."""
        run: Any = part.run
        flat, picked = self._flat, self._picked.get(type(run))
        if picked is None:
            memory = run.memory(run.take(flat.dtype))
            found = forward_part(part, memory, flat, inputs, first)
            self._picked[type(run)] = run.picked(memory)
            return found
        memory = self._memory(part)
        if memory is None:
            memory = run.own_memory(flat.dtype)._replace(**picked)
        found = forward_part(part, memory, flat, inputs, first, True)
        if len(self._idle) < IDLE:
            self._idle.append((part, memory))
        return found

    def _memory(self, part: Part) -> Any:
        """That of a run before, which no other thread has now; or None."""
        for _ in range(IDLE):
            try:
                known, memory = self._idle.pop(0)  # parts of a batch come in their order
            except IndexError:
                break
            if known is part:
                return memory
        return None
