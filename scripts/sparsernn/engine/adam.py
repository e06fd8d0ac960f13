"""Adam on one vector of parameters, in a compiled kernel."""

import math
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from sparsernn.engine.cache import kernel

__all__ = ["FusedAdam"]

Array = npt.NDArray[Any]


class FusedAdam(torch.optim.Optimizer):
    """Adam of one vector; the same numbers as torch's, to rounding.

    Args:
        parameter: the vector, changed in place; its `grad` is read.
        lr: learning rate.
        betas: how much of the averages of the gradient and of its square a step keeps.
        eps: what is added to the root of the latter.
    """

    def __init__(
        self,
        parameter: torch.nn.Parameter,
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        # Not `super().__init__`, which imports PyTorch's compiler: that takes a second.
        self.defaults = {"lr": lr, "betas": betas, "eps": eps}
        self.param_groups = [{"params": [parameter], **self.defaults}]
        self.state = defaultdict(dict)
        self.scale = 1.0
        """What the gradient is multiplied by before it is used."""
        self.flat: Array = parameter.detach().numpy()
        self.mean, self.square = (np.zeros_like(self.flat) for _ in range(2))
        self.steps = 0
        own = {"exp_avg": self.mean, "exp_avg_sq": self.square}
        self.state[parameter] = {name: torch.from_numpy(each) for name, each in own.items()}

    def step(self, closure: Any = None) -> Any:
        """One step by the gradient."""
        [group] = self.param_groups
        [parameter] = group["params"]
        self.steps += 1
        numbers = np.array(_numbers(self.steps, group, self.scale), self.flat.dtype)
        gradient = parameter.grad.numpy()
        adam(self.flat.dtype, self.flat, gradient, self.mean, self.square, numbers)


def _numbers(step: int, group: dict[str, Any], scale: float) -> tuple[float, ...]:
    """What `adam` takes of a step: the averages start from zero, so early ones are scaled up."""
    beta_mean, beta_square = group["betas"]
    root = math.sqrt(1 - beta_square**step)
    rate = group["lr"] / (1 - beta_mean**step)
    return scale, 1 - beta_mean, beta_square, 1 - beta_square, rate, 1 / root, group["eps"]


@kernel
def adam(flat: Array, gradient: Array, mean: Array, square: Array, numbers: Array) -> None:
    """One step: flat -= rate * mean / (sqrt(square) / root + epsilon)."""
    scale, keep_less, keep, add, rate, unbias, epsilon = (
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6],
    )  # fmt: skip
    for k in range(len(flat)):
        g = gradient[k] * scale
        mean[k] += (g - mean[k]) * keep_less
        square[k] = square[k] * keep + g * g * add
        flat[k] -= rate * mean[k] / (math.sqrt(square[k]) * unbias + epsilon)
