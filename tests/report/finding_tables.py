"""Tables of what the analyses give, small and made up: for tests of findings and their figures."""

import itertools

import numpy as np
import pandas as pd

CELLS = ("rnn_tanh", "gru")
PERCENTS = tuple(range(0, 101, 20))
ARMS = (("magnitude", 0), ("random_matched", 0), ("random_matched", 1))


def sweep(seeds: int = 6) -> pd.DataFrame:
    """Accuracy falls at about 70 % by magnitude, at about 30 % at random."""
    rng, rows = np.random.default_rng(0), []
    cases = itertools.product(CELLS, range(seeds), ("layer", "global"), ARMS)
    for cell, seed, scope, (criterion, draw) in cases:
        cliff = (70 if criterion == "magnitude" else 30) + rng.normal(0, 3)
        for percent in PERCENTS:
            accuracy = 0.5 + 0.49 / (1 + np.exp((percent - cliff) / 4))
            rows.append((cell, seed, scope, criterion, draw, percent, accuracy))
    columns = ["cell", "seed", "scope", "criterion", "draw", "percent", "test_acc"]
    return pd.DataFrame(rows, columns=columns).assign(protocol="corrected")


def cliffs() -> pd.DataFrame:
    rows = [
        (cell, scope, criterion, measure, middle, middle - 2, middle + 2, 3.0)
        for cell in CELLS
        for scope in ("layer", "global")
        for criterion, middles in {
            "magnitude": (70.0, 55.0),
            "random_matched": (30.0, 15.0),
            "gain": (40.0, 40.0),
        }.items()
        for measure, middle in zip(("half_way", "safe_share"), middles, strict=True)
    ]
    columns = ["cell", "scope", "criterion", "measure", "mean", "low", "high", "sd"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(protocol="corrected", median=frame["mean"], seeds=8)


def baselines() -> pd.DataFrame:
    names = ["one class", "length", "letter counts", "strict bigrams", "bigrams present"]
    return pd.DataFrame({"baseline": names, "accuracy": [0.5, 0.76, 0.88, 0.94, 1.0]})


def retraining(mean: float = 0.001, verdict: str = "equivalent") -> pd.DataFrame:
    """Magnitude against each control, all alike."""
    rows = [
        (cell, reference, percent, response)
        for cell in CELLS
        for reference in ("dense", "random_matched", "retrained", "small_dense", "started_anew")
        for percent in (60.0, 90.0)
        for response in ("test_acc", "test_loss")
    ]
    frame = pd.DataFrame(rows, columns=["cell", "reference", "percent", "response"])
    frame = frame.assign(protocol="corrected", arm="one_shot", pairs=8, mean=mean)
    p_adjusted = 0.01 if verdict == "different" else 0.6
    return frame.assign(low=mean - 0.002, high=mean + 0.002, p_adjusted=p_adjusted, verdict=verdict)


def pruned() -> pd.DataFrame:
    return pd.DataFrame({"epochs": [3, 3]})


def ceiling() -> pd.DataFrame:
    frame = pd.DataFrame({"cell": CELLS, "estimate": [0.48, 0.4], "low": 0.28, "high": 0.6})
    return frame.assign(protocol="corrected", response="test_loss", graphs=200, starts=3.0)


def variance() -> pd.DataFrame:
    parts = {"family": 0.2, "nodes": 0.15, "degree": 0.05, "source_nodes": 0.03, "graph": 0.02}
    parts["start"] = 1 - sum(parts.values())
    rows = [
        (cell, response, part, estimate, estimate / 2, estimate * 1.2)
        for cell in CELLS
        for response in ("test_loss", "error_area")
        for part, estimate in parts.items()
    ]
    columns = ["cell", "response", "part", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns).assign(protocol="corrected")


def nested() -> pd.DataFrame:
    rows = [
        (cell, features, r2, r2 - low, r2 + 0.1)
        for cell, low in zip(CELLS, (0.1, 2.0), strict=True)
        for features, r2 in {"baseline": 0.5, "all properties": 0.45}.items()
    ]
    frame = pd.DataFrame(rows, columns=["cell", "features", "r2", "low", "high"])
    gain = frame["features"].eq("all properties").map({True: -0.05, False: np.nan})
    ends = {"difference_low": gain - 0.1, "difference_high": gain + 0.1}
    return frame.assign(protocol="corrected", response="test_loss", difference=gain, **ends)


def partial() -> pd.DataFrame:
    rows = [
        (cell, family, name, r, p)
        for cell in CELLS
        for family in ("all", "ring")
        for name, r, p in (
            ("layers", -0.31, 0.01),
            ("diameter", 0.05, 0.8),
            ("closeness_var", np.nan, np.nan),
        )
    ]
    frame = pd.DataFrame(rows, columns=["cell", "family", "property", "r", "p_adjusted"])
    ends = {"low": frame["r"] - 0.1, "high": frame["r"] + 0.1}
    return frame.assign(protocol="corrected", response="test_loss", n=200, **ends)


def pooled() -> pd.DataFrame:
    return pd.DataFrame({"property": ["nodes", "layers"], "p_adjusted": [0.001, 0.2]})


def nulls(mean: float = 0.001, verdict: str = "equivalent") -> pd.DataFrame:
    rows = [
        (cell, original, reference)
        for cell in CELLS
        for original in ("all", "barabasi_albert", "ring")
        for reference in ("keep_degrees", "keep_layers")
    ]
    frame = pd.DataFrame(rows, columns=["cell", "original", "reference"])
    return frame.assign(
        protocol="corrected",
        response="late_test_acc",
        pairs=48,
        clusters=48,
        mean=mean,
        low=mean - 0.003,
        high=mean + 0.003,
        p_adjusted=0.001 if verdict == "different" else 0.5,
        verdict=verdict,
    )


def effects() -> pd.DataFrame:
    fields = {"gate_masks": 0.0, "skips": -0.02, "readout_step": 0.001}
    rows = [
        (cell, field, estimate, estimate - 0.004, estimate + 0.004, 0.01 if estimate < 0 else 0.9)
        for cell in CELLS
        for field, estimate in fields.items()
    ]
    columns = ["cell", "effect", "estimate", "low", "high", "p_adjusted"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(design="quirks", response="late_test_acc", kind="main", graphs=24)


def effects_alone() -> pd.DataFrame:
    ends = [effects().assign(kind="alone", design=f"from_{end}") for end in ("low", "high")]
    one = (ends[1]["effect"] == "skips") & (ends[1]["cell"] == CELLS[0])
    ends[1].loc[one, "p_adjusted"] = 0.4
    return pd.concat(ends, ignore_index=True)
