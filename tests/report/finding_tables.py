"""Tables of what the analyses give, small and made up: for tests of findings and their figures."""

import itertools

import numpy as np
import pandas as pd

from sparsernn.analysis.among_nulls import among_nulls as placed

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
    """RNN-Tanh is less than a point above the rule of letter pairs before it is pruned."""
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
    rows += [
        (cell, scope, "magnitude", "dense", accuracy, accuracy, accuracy, 0.0)
        for cell, accuracy in zip(CELLS, (0.945, 0.98), strict=True)
        for scope in ("layer", "global")
    ]
    columns = ["cell", "scope", "criterion", "measure", "mean", "low", "high", "sd"]
    frame = pd.DataFrame(rows, columns=columns)
    ends = {"median_low": frame["mean"] - 5, "median_high": frame["mean"] + 3}
    return frame.assign(protocol="corrected", median=frame["mean"], seeds=8, **ends)


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


def regain(repaired: int = 4) -> pd.DataFrame:
    """Of 5 networks a case, one is fine right after pruning; of random ones, none until the end."""
    near = {"one_shot": (1, 1 + repaired, 5, 5), "random_matched": (0, 1, 2, 3)}
    rows = [
        (cell, schedule, "both", percent, rule, epoch, 5, count)
        for cell in CELLS
        for schedule, counts in (near | {"retrained": (5, 5, 5, 5)}).items()
        for percent in ((0.0,) if schedule == "retrained" else (60.0, 90.0, 100.0))
        for rule in ("dense - 0.01", "0.92")
        for epoch, count in enumerate(counts)
    ]
    columns = ["cell", "schedule", "target", "percent", "rule", "epoch", "seeds", "regained"]
    return pd.DataFrame(rows, columns=columns).assign(protocol="corrected")


def pruned() -> pd.DataFrame:
    return pd.DataFrame({"schedule": ["one_shot", "of a method"], "epochs": [3, 20]})


def ceiling() -> pd.DataFrame:
    frame = pd.DataFrame({"cell": CELLS, "estimate": [0.48, 0.4]})
    frame = frame.assign(wide_low=0.28, wide_high=0.6)
    frame = frame.assign(protocol="corrected", graphs=200, starts=3.0)
    return pd.concat([frame.assign(response=name) for name in ("test_loss", "test_acc")])


def learning() -> pd.DataFrame:
    """Four networks of each cell: three reach 99 %, in GRU late; half of the errors are on m1."""
    frame = pd.DataFrame({"graph": ["a", "a", "b", "c"], "epochs_to_90": 1.0, "epochs_to_95": 2.0})
    both = pd.concat([frame.assign(cell=cell, late=6.0 * (cell == "gru")) for cell in CELLS])
    both["epochs_to_99"] = (3 + both.pop("late")).where(both["graph"] != "c")
    counts = {"wrong_reber": 2, "wrong_m1": 4, "wrong_m2": 2}
    return both.assign(protocol="corrected", family="ring", epochs=15, **counts)


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
    sets = {"baseline": 0.5, "all properties": 0.45, "family and all properties": 0.52}
    rows = [
        (cell, features, r2, r2 - low, r2 + 0.1)
        for cell, low in zip(CELLS, (0.1, 2.0), strict=True)
        for features, r2 in sets.items()
    ]
    frame = pd.DataFrame(rows, columns=["cell", "features", "r2", "low", "high"])
    gain = (frame["r2"] - 0.5).where(frame["features"] != "baseline")
    ends = {"difference_low": gain - 0.1, "difference_high": gain + 0.1}
    ceilings = {"ceiling": 0.75, "ceiling_low": 0.6, "ceiling_high": 0.85}
    frame = frame.assign(protocol="corrected", response="test_loss", difference=gain, **ends)
    return frame.assign(**ceilings, ratio=frame["r2"] / 0.75)


def unseen_families() -> pd.DataFrame:
    rows = [
        (cell, features, family, r2)
        for cell in CELLS
        for features, values in {
            "baseline": (0.2, 0.3, -0.1),
            "all properties": (0.1, 0.4, -0.9),
        }.items()
        for family, r2 in zip(("all", "ring", "barabasi_albert"), values, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["cell", "features", "family", "r2"])
    return frame.assign(protocol="corrected", response="test_loss", graphs=48)


def hurdle(passed: tuple[int, int] = (90, 100), p: float = 0.001) -> pd.DataFrame:
    """Of each cell, 100 networks on 50 graphs; all pass the lower of two baselines."""
    terms = ("family", "log_nodes", "degree", "source_nodes")
    rows = [
        (cell, baseline, level, part, term, count)
        for cell, count in zip(CELLS, passed, strict=True)
        for baseline, level in {"length": 0.77, "strict bigrams": 0.947}.items()
        for part in ("whether", "how well")
        for term in (terms if part == "whether" else (*terms, "graph"))
        if part == "whether" or baseline == "strict bigrams"
    ]
    columns = ["cell", "baseline", "level", "part", "term", "trained"]
    frame = pd.DataFrame(rows, columns=columns)
    easy = frame["baseline"] == "length"
    frame.loc[easy, "trained"] = 100
    untested = (frame["part"] == "whether") & (easy | frame["trained"].isin([0, 100]))
    untested |= (frame["part"] == "how well") & (frame["trained"] == 0)
    frame["p_value"] = np.where(frame["term"] == "log_nodes", p, 0.6)
    frame.loc[frame["term"] == "graph", "p_value"] = p
    frame.loc[untested, "p_value"] = np.nan
    frame["p_adjusted"] = frame["p_value"].where(frame["term"] != "graph")
    sizes = {"graphs": 50, "networks": 100, "effect": 0.5, "low": 0.2, "high": 0.8, "share": 0.3}
    return frame.assign(protocol="corrected", response="late_test_acc", **sizes)


def partial() -> pd.DataFrame:
    rows = [
        (cell, family, name, r, p, small)
        for cell in CELLS
        for family in ("all", "ring")
        for name, r, p, small in (
            ("layers", -0.31, 0.01, 0.9),
            ("diameter", 0.05, 0.8, 0.02),
            ("density", 0.15, 0.3, 0.3),
            ("closeness_var", np.nan, np.nan, np.nan),
        )
    ]
    columns = ["cell", "family", "property", "r", "p_adjusted", "p_equivalence"]
    frame = pd.DataFrame(rows, columns=columns)
    stands_for = np.where(frame["property"] == "density", "degree_mean", None)
    frame = frame.assign(low=frame["r"] - 0.1, high=frame["r"] + 0.1, stands_for=stands_for)
    about = {"protocol": "corrected", "response": "test_loss", "within": "family", "curves": True}
    return frame.assign(**about, n=200, margin=0.2)


def pooled() -> pd.DataFrame:
    properties = ["layers", "diameter", "density"]
    return pd.DataFrame(
        {"property": properties, "r": [0.6, 0.1, np.nan], "p_adjusted": [0.001, 0.2, np.nan]}
    )


def nulls(mean: float = 0.001, verdict: str = "equivalent") -> pd.DataFrame:
    rows = [
        (cell, original, reference)
        for cell in CELLS
        for original in ("all", "barabasi_albert", "gnm")
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


def null_networks(effect: float = 0.05) -> pd.DataFrame:
    """A graph's networks, and those on 19 graphs of two null models, worse by an effect."""
    rng = np.random.default_rng(0)
    rows = [
        (cell, null, copy)
        for cell in CELLS
        for null, copies in ((None, 1), ("keep_in_out_degrees", 19), ("same_density", 19))
        for copy in range(copies)
    ]
    frame = pd.DataFrame(rows, columns=["cell", "null", "copy"])
    frame["copy"] = frame["copy"].where(frame["null"].notna())
    accuracy = 0.8 + 0.01 * rng.normal(size=len(frame)) + effect * frame["null"].isna()
    return frame.assign(
        protocol="corrected",
        original="worm",
        graph="worm.graphml",
        seed=0,
        status="ok",
        epochs=15,
        test_acc=accuracy,
        late_test_acc=accuracy,
    )


def among_nulls(effect: float = 0.05) -> pd.DataFrame:
    """The place of that graph in each cell."""
    return placed(null_networks(effect), ["test_acc", "late_test_acc"])


def effects() -> pd.DataFrame:
    """Of three fields, one that does something, one that might, and one that can't in a cell."""
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


WAYS = {
    "global_magnitude": "pruned after training",
    "lottery": "rewound",
    "lottery_late": "rewound",
    "lottery_shuffled": "controls of masks",
    "snip": "pruned before training",
    "grasp": "pruned before training",
    "synflow": "pruned before training",
    "rigl": "pruned or rewired in training",
    "selfish_rnn": "pruned or rewired in training",
    "fixed_random": "sparse or small from the start",
    "fixed_random_again": "sparse or small from the start",
    "small_world": "sparse or small from the start",
}


def ways(mean: float = -0.012, p: float = 0.01) -> pd.DataFrame:
    """Each way against magnitude pruning, some against another; all alike."""
    pairs = [(arm, "one_shot", "reference") for arm in WAYS if arm != "fixed_random_again"]
    pairs += [(arm, "fixed_random", "foresight") for arm in ("snip", "grasp", "synflow")]
    pairs += [("rigl", "selfish_rnn", "growth"), ("lottery_shuffled", "lottery", "mask")]
    pairs += [("small_world", "fixed_random", "nulls")]
    pairs += [("fixed_random_again", "fixed_random", "chance")]
    rows = [
        (cell, *pair, percent) for cell in CELLS for pair in pairs for percent in (None, 80, 98)
    ]
    frame = pd.DataFrame(rows, columns=["cell", "arm", "reference", "claim", "percent"])
    frame = frame.assign(protocol="corrected", kind=frame["arm"].map(WAYS), n=5, estimate=mean)
    ends = {"low": mean - 0.004, "high": mean + 0.004, "margin": 0.005}
    ends |= {"p_value": p, "p_adjusted": p}
    ends |= {"accuracy": 0.975 + mean, "reference_accuracy": 0.975}
    verdict = "different" if p <= 0.05 else "undecided"
    return frame.astype({"percent": float}).assign(**ends, verdict=verdict)


def of_ways(seeds: int = 5) -> pd.DataFrame:
    """Networks of all ways at five percentages."""
    rng = np.random.default_rng(0)
    arms = ["one_shot", *WAYS, "whole_units"]
    cases = itertools.product(CELLS, range(seeds), arms, (50, 80, 90, 95, 98))
    columns = ["cell", "seed", "schedule", "percent"]
    frame = pd.DataFrame(cases, columns=columns)
    dense = pd.DataFrame(itertools.product(CELLS, range(seeds)), columns=columns[:2])
    frame = pd.concat([frame, dense.assign(schedule="retrained", percent=0)], ignore_index=True)
    loss = frame["schedule"].map({arm: place for place, arm in enumerate(arms)}).fillna(0)
    error = 0.002 * 10 ** (2 * (frame["percent"] / 100) ** 4 * (1 + loss / 12))
    accuracy = (1 - error * rng.lognormal(0, 0.3, len(frame))).clip(0.4, 1)
    target = np.where(frame["schedule"] == "whole_units", "units", "both")
    return frame.assign(protocol="corrected", target=target, status="ok", test_acc=accuracy)


def way_costs() -> pd.DataFrame:
    """What the networks of `of_ways` have and cost; whole units leave fewer numbers."""
    frame = of_ways().drop(columns=["status", "test_acc"])
    size, units = 110 - frame["percent"], frame["schedule"] == "whole_units"
    return frame.assign(nonzeros=1100 + 90 * size - 37 * units, steps=2000, operations=1e9 * size)


def way_seconds() -> pd.DataFrame:
    frame = way_costs().drop(columns=["nonzeros", "steps", "operations"])
    return frame.assign(seconds=21 + frame["schedule"].str.len() - frame["percent"] / 10)
