"""A network whose weights don't change any more.

Before each run, the engine compares masks and copies the weights that exist to where the kernels
read them. For one sequence this may take as long as its sums. Here it is done once for each form of
a batch.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.autograd import FusedEngine
from sparsernn.engine.recurrence import Part, forward_part, joined
from sparsernn.engine.workers import on_threads

__all__ = ["FORMS", "InferenceEngine"]

IntArray = npt.NDArray[np.int64]
_Form: TypeAlias = list[tuple[Part, list[Any]]]

FORMS = 4
"""For so many forms of a batch the weights are kept where the kernels read them."""


class InferenceEngine:
    """Runs one wiring with the weights that it is given here, without gradients.

    Any number of threads may use it.

    Args:
        engine: of the wiring.
        parameters: see `FusedEngine.features`; they are copied.
    """

    def __init__(self, engine: FusedEngine, parameters: Sequence[Tensor]) -> None:
        self._engine = engine
        self._parameters = [parameter.detach().clone() for parameter in parameters]
        self._forms: dict[Any, _Form] = {}

    @cached_property
    def _flat(self) -> Any:
        """The parameters that count."""
        return self._engine.gathered(self._parameters).numpy()

    @cached_property
    def _filled(self) -> list[Tensor]:
        """All parameters, with 0 for weights that don't exist."""
        return self._engine.layers.filled(self._parameters)

    def __reduce__(self) -> Any:
        return InferenceEngine, (self._engine, self._parameters)

    def features(
        self,
        inputs: Tensor,
        first: Tensor | None,
        lengths: IntArray | None,
        readout: IntArray | None = None,
        threads: int | None = None,
        layers: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """As `FusedEngine.features`, without gradients; a readout of None is the wiring's own."""
        engine = self._engine
        readout = engine.wiring.readout if readout is None else readout
        whole = layers and threads is None and lengths is None
        if whole and engine.layers.are_faster(inputs, readout, False):
            return engine.layers.run(inputs, first, self._filled, False)
        form = self._form(tuple(inputs.shape[:2]), lengths, readout, threads)
        batch = inputs.numpy(), None if first is None else first.numpy()
        done = on_threads(threads or 1, lambda part: self._forward(*part, *batch), form)
        outputs, lasts = zip(*done, strict=True)
        return torch.from_numpy(joined(outputs)), torch.from_numpy(joined(lasts))

    def _form(
        self, shape: Any, lengths: IntArray | None, readout: IntArray, threads: int | None
    ) -> _Form:
        """The parts of a batch, each with memory that holds the weights."""
        if lengths is not None:
            return [
                (part, []) for part in self._engine.parts(shape, lengths, readout, threads, False)
            ]
        key = shape, threads is None, readout.tobytes()
        form = self._forms.pop(key, None)
        if form is None:
            parts = self._engine.parts(shape, None, readout, threads, False)
            form = [(part, []) for part in parts]
        self._forms = {**dict(list(self._forms.items())[1 - FORMS :]), key: form}
        return form

    def _forward(self, part: Part, rooms: list[Any], inputs: Any, first: Any) -> Any:
        """Outputs and last states of a part."""
        flat = self._flat
        try:
            memory, picked = rooms.pop(), True  # of a run before; no other thread has it now
        except IndexError:
            memory, picked = part.run.memory(part.run.take(flat.dtype)), False
        found = forward_part(part, memory, flat, inputs, first, picked)
        rooms.append(memory)
        return found
