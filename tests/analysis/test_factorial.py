"""Factorial designs: orthogonal, of the stated resolution; planted effects found, null ones not."""

import math

import numpy as np
import pandas as pd
import pytest
from simulated import within_limits

from sparsernn.analysis.designs import GENERATORS, one_at_a_time
from sparsernn.analysis.factorial import (
    aliases,
    factorial_design,
    factorial_effects,
    resolution,
)
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")

FIELDS = ["skips", "readout", "embedding", "order", "gates", "step"]


def study(
    effects: dict[str, float], graphs: int = 12, starts: int = 2, seed: int = 0, noise: float = 1.0
) -> pd.DataFrame:
    """Every graph and start under 16 runs; graph and start have large effects of their own."""
    rng = np.random.default_rng(seed)
    design = factorial_design(FIELDS, 16)
    pairs = pd.DataFrame(
        [(graph, start) for graph in range(graphs) for start in range(starts)],
        columns=["graph", "seed"],
    )
    table = pairs.assign(pair=5 * rng.normal(size=len(pairs))).merge(design, how="cross")
    y = table["pair"] + noise * rng.normal(size=len(table))
    for effect, size in effects.items():
        y += size / 2 * table[effect.split(":")].prod(axis=1)
    return table.assign(y=y, family="ws", cell="gru", status="ok")


@pytest.mark.parametrize(("size", "words"), GENERATORS.items())
def test_designs_are_balanced_orthogonal_and_of_the_highest_resolution(
    size: tuple[int, int], words: tuple[str, ...]
) -> None:
    levels = factorial_design([f"f{i}" for i in range(size[0])], size[1]).to_numpy()
    assert levels.shape == size[::-1]
    np.testing.assert_array_equal(levels.T @ levels, size[1] * np.eye(size[0]))
    known = {(5, 16): 5, (6, 16): 4, (7, 16): 4, (8, 16): 4, (4, 8): 4, (6, 32): 6, (7, 32): 4}
    known |= {(8, 32): 4, (7, 64): 7, (8, 64): 5}
    assert resolution(pd.DataFrame(levels)) == known.get(size, 3)


def test_the_study_s_design_has_generators_abc_and_bcd() -> None:
    design = factorial_design(list("ABCDEF"), 16, least_resolution=4)
    assert (design["E"] == design["A"] * design["B"] * design["C"]).all()
    assert (design["F"] == design["B"] * design["C"] * design["D"]).all()
    assert not design.duplicated().any()
    chains = {name: others for name, others in aliases(design).items() if ":" in name}
    assert {name: others for name, others in aliases(design).items() if ":" not in name} == {
        name: [] for name in "ABCDEF"
    }
    assert chains["A:B"] == ["C:E"] and chains["A:D"] == ["E:F"]
    assert chains["A:E"] == ["B:C", "D:F"]
    assert len(chains) == 7


def test_a_full_factorial_confounds_nothing() -> None:
    design = factorial_design(list("abc"), 8)
    assert math.isinf(resolution(design)) and not any(aliases(design).values())


@pytest.mark.parametrize(
    ("fields", "runs", "least", "message"),
    [
        (6, 12, 3, "a number of runs among 8, 16, 32, 64"),
        (6, 8, 4, "have resolution 3; expected at least 4"),
        (2, 8, 3, "a number of runs among 4"),
    ],
)
def test_no_such_design(fields: int, runs: int, least: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        factorial_design([f"f{i}" for i in range(fields)], runs, least)


def test_planted_effects_are_found_and_interactions_named_with_their_aliases() -> None:
    found = factorial_effects(
        study({"skips": 1.0, "step": -0.5, "skips:readout": 0.8}), ["y"], FIELDS
    ).set_index("effect")
    assert found["kind"].value_counts().to_dict() == {"interaction": 7, "main": 6}
    assert 0.5 < found.loc["skips", "low"] < 1 < found.loc["skips", "high"] < 1.5
    assert found.loc["step", "high"] < 0 < found.loc["skips", "low"]
    assert found.loc["skips:readout", "aliases"] == "embedding:gates"
    assert found.loc["skips:readout", "p_adjusted"] < 0.01
    quiet = found.drop(index=["skips", "step", "skips:readout"])
    assert (quiet["p_adjusted"] > 0.05).all()
    assert found["graphs"].eq(12).all() and found["pairs"].eq(24).all()


def test_effects_are_differences_of_means() -> None:
    table = study({"skips": 1.0})
    found = factorial_effects(table, ["y"], FIELDS).set_index("effect")["estimate"]
    for field in FIELDS:
        high, low = (table.loc[table[field] == level, "y"].mean() for level in (1, -1))
        assert found[field] == pytest.approx(high - low)


def test_without_effects_the_stated_rates_hold() -> None:
    any_found, single, covered = 0, 0, 0
    for seed in range(200):
        found = factorial_effects(study({}, 8, 1, seed), ["y"], FIELDS)
        main = found[found["kind"] == "main"]
        any_found += (main["p_adjusted"] <= 0.05).any()
        single += main["p_value"].iloc[0] <= 0.05
        covered += main["low"].iloc[1] <= 0 <= main["high"].iloc[1]
    assert within_limits(any_found, 200, 0.05)
    assert within_limits(single, 200, 0.05)
    assert within_limits(covered, 200, 0.95)


def test_a_field_that_does_nothing_is_exactly_nothing() -> None:
    table = study({"skips": 1.0}, noise=0)
    found = factorial_effects(table.assign(y=table["skips"]), ["y"], FIELDS)
    found = found.set_index("effect")
    assert found.loc["gates", ["estimate", "p_value"]].tolist() == [0, 1]
    assert found.loc["gates", "note"] == "no difference in any pair"
    assert found.loc["skips", "estimate"] == pytest.approx(2)
    assert "same in all graphs" in found.loc["skips", "note"]


def test_one_field_at_a_time_an_effect_is_the_difference_to_all_low() -> None:
    table = study({"skips": 1.0, "skips:readout": 3.0}, noise=0.1)[["graph", "seed", "pair"]]
    design = pd.DataFrame(one_at_a_time(["skips", "readout", "step"]))
    table = table.drop_duplicates().merge(design, how="cross")
    noise = 0.1 * np.random.default_rng(1).normal(size=len(table))
    gain = (table["skips"] > 0) + 2.0 * ((table["skips"] > 0) & (table["readout"] > 0))
    table = table.assign(y=table["pair"] + gain + noise, family="ws", cell="gru", status="ok")
    found = factorial_effects(table, ["y"], list(design)).set_index("effect")
    assert found["kind"].tolist() == ["alone"] * 3 and found["aliases"].eq("").all()
    for field in design:
        alone = table[(table[list(design)].sum(axis=1) == -1) & (table[field] == 1)]["y"].to_numpy()
        low = table[table[list(design)].sum(axis=1) == -3]["y"].to_numpy()
        assert found.loc[field, "estimate"] == pytest.approx((alone - low).mean())
    assert 0.9 < found.loc["skips", "low"] < found.loc["skips", "high"] < 1.1
    assert (found.loc[["readout", "step"], "p_adjusted"] > 0.05).all()


def test_pairs_that_lack_a_run_are_dropped_and_counted() -> None:
    table = study({})
    table.loc[3, "status"] = "diverged"
    found = factorial_effects(table, ["y"], FIELDS)
    assert found["pairs"].eq(23).all() and found["dropped"].eq(1).all()
    one = factorial_effects(table[table["graph"] == 1], ["y"], FIELDS)
    assert one["pairs"].eq(2).all() and one["note"].str.contains("1 graph, at least 3").all()


def test_a_run_that_always_fails_leaves_nothing_to_estimate() -> None:
    table = study({})
    table.loc[table.index % 16 == 3, "status"] = "diverged"
    found = factorial_effects(table, ["y"], FIELDS)
    assert found["pairs"].eq(0).all() and found["dropped"].eq(24).all() and len(found) == 13


def test_without_networks_the_effects_are_unknown() -> None:
    found = factorial_effects(study({}).assign(status="diverged"), ["y"], FIELDS)
    assert found["note"].str.contains("no graph and start").all()
    assert found["estimate"].isna().all()


def test_levels_are_minus_one_and_one() -> None:
    with pytest.raises(InputError, match="skips has levels other"):
        factorial_effects(study({}).assign(skips=3), ["y"], FIELDS)
