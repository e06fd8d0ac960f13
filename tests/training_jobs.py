"""Jobs that train small networks, in a folder of their own."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits

SPEC: dict[str, Any] = {
    "protocol": "corrected",
    "choices": {"base": "corrected"},
    "cell": "gru",
    "seed": 0,
    "root": 1,
    "engine": "fused",
    "size": {"input_size": 4, "hidden_size": 6, "num_layers": 2},
    "training": {"epochs": 2, "batch_size": 8, "lr": 0.01, "clip_norm": None},
}


def training_job(
    folder: Path, limits: Limits | None = None, inputs: Any = None, **spec: Any
) -> TrainingJob:
    """A job on 80 short strings, half of them to train on; its outputs are files in the folder."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("XYZ"), size=int(rng.integers(2, 10)))) for _ in range(80)]
    table = pd.DataFrame({"string": texts, "split": ["train", "test"] * 40, "grammar": "own"})
    table.assign(valid=[int(text[0] == "X") for text in texts]).to_csv(folder / "strings.csv")
    outputs = {"models": "job.safetensors", "networks": "networks.csv", "history": "history.csv"}
    return TrainingJob(
        SPEC | spec,
        limits or Limits(),
        SimpleNamespace(strings=folder / "strings.csv", **(inputs or {})),
        SimpleNamespace(**{name: folder / file for name, file in outputs.items()}),
    )
