"""The questions of a study: each reads the tables it names, and finds what was planted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from simulated import networks

from sparsernn import plugins
from sparsernn.analysis.designs import levels
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.graphs.property_names import PROPERTIES

pytestmark = pytest.mark.usefixtures("quick_collections")
FIELDS = ["skips", "readout", "readout_step"]
SETTINGS = Settings(1, resamples=1000)


def ask(question: str, settings: Settings = SETTINGS, **tables: pd.DataFrame) -> pd.DataFrame:
    assert list(plugins.literal("questions", question, "INPUTS")) == list(tables)
    found = plugins.function("questions", question)(tables, settings)
    assert isinstance(found, pd.DataFrame) and len(found)
    return found


def on_graphs(graphs: int = 18) -> pd.DataFrame:
    """Networks with a response that the graph decides by half, and properties of the graphs."""
    table = networks(graphs, 3)
    rng = np.random.default_rng(3)
    for name in PROPERTIES:
        if name not in table:
            table[name] = rng.normal(size=graphs)[table["graph"]]
    table["diameter"] = table["graph_effect"]
    table["test_loss"] = table["error_area"] = table["y"]
    accuracy = 0.9 + 0.001 * table["y"]
    return table.assign(
        test_acc=accuracy, late_test_acc=accuracy, wrong_m1=5.0, epochs_to_99=np.nan
    )


def test_responses_are_those_that_most_networks_have() -> None:
    table = on_graphs()
    assert responses_of(table) == [
        "test_loss",
        "error_area",
        "test_acc",
        "late_test_acc",
        "wrong_m1",
    ]
    assert responses_of(table[["test_acc"]]) == ["test_acc"]


def test_the_ceiling_and_the_shares_leave_null_models_out() -> None:
    table = on_graphs()
    alone = ask("ceiling", networks=table)
    row = alone.set_index("response").loc["test_loss"]
    assert row["low"] < 0.5 < row["high"] and row["graphs"] == 18
    with_nulls = pd.concat([table.assign(null=np.nan), table.assign(null="keep_layers", y=0)])
    pd.testing.assert_frame_equal(ask("ceiling", networks=with_nulls), alone)
    shares = ask("variance", networks=table).query("response == 'test_loss'")
    assert shares["estimate"].sum() == pytest.approx(1)


def test_a_property_that_decides_is_found() -> None:
    found = ask("partial", networks=on_graphs(30)).query("response == 'test_loss'")
    pooled = found[found["family"] == "all"].set_index("property")
    assert pooled["r"].abs().idxmax() == "diameter"
    assert pooled.loc["diameter", "p_adjusted"] < 0.05
    assert pooled.loc["diameter", "verdict"] == "different"


def test_of_properties_that_are_functions_of_each_other_one_is_tested() -> None:
    table = on_graphs(300)
    table["degree_mean"] = 2 * table["density"]  # rounding must not break ties
    table["degree_std"] = np.sqrt(table["degree_var"].clip(0) + 1)
    found = ask("partial", networks=table.assign(degree_var=table["degree_var"].clip(0)))
    pooled = found.query("response == 'test_loss' and family == 'all'").set_index("property")
    assert "degree_mean" not in pooled.index and "degree_std" not in pooled.index
    assert pooled.loc["density", "stands_for"] == "degree_mean"
    noise = pooled.drop(index=["diameter", "nodes", "edges", "source_nodes"])
    assert noise["verdict"].isin(["equivalent", "both"]).mean() > 0.7


def test_r2_stands_beside_its_ceiling() -> None:
    table = on_graphs(120)
    found = ask("nested", networks=table).set_index("features")
    row = found.loc["all properties"]
    assert row["ceiling_low"] < 0.75 < row["ceiling_high"]  # of the mean of three starts
    assert row["ratio"] == pytest.approx(row["r2"] / row["ceiling"]) and 0.8 < row["ratio"] < 1.2
    assert found.loc["baseline", "r2"] < 0.1 < row["difference_low"]
    one = ask("nested", networks=table[table["seed"] == 0])
    assert one["ceiling"].isna().all() and one["r2"].notna().all()


def test_what_holds_in_all_families_predicts_a_new_one() -> None:
    found = ask("unseen_families", networks=on_graphs(90)).set_index(["features", "family"])
    assert found.loc[("all properties", "all"), "r2"] > 0.4
    assert found.loc[("baseline", "all"), "r2"] < 0.2
    one = on_graphs(90).query("family == 'ba'")
    assert ask("unseen_families", networks=one)["note"].eq("one family, so none to leave out").all()


def given_baselines() -> pd.DataFrame:
    accuracies = {"one class": 0.5, "length": 0.76, "bigrams": 0.94, "pairs": 1.0}
    frame = pd.DataFrame({"baseline": accuracies.keys(), "accuracy": accuracies.values()})
    return frame.assign(strings=6000)


def over_a_hurdle(graphs: int = 120) -> pd.DataFrame:
    """Large graphs pass the highest baseline more often, and those that do err less."""
    table = on_graphs(graphs)
    rng = np.random.default_rng(5)
    z = (np.log(table["nodes"]) - 3.3) / 0.4
    passes = rng.uniform(size=len(table)) < 1 / (1 + np.exp(-1 - 1.5 * z))
    error = 1 / (1 + np.exp(4 + 0.5 * z + 0.3 * table["y"]))
    return table.assign(late_test_acc=np.where(passes, 1 - error.clip(upper=0.04), 0.94))


def test_what_decides_on_either_side_of_the_hurdle_is_found() -> None:
    found = ask("hurdle", networks=over_a_hurdle(), baselines=given_baselines())
    assert found["baseline"].unique().tolist() == ["one class", "length", "bigrams"]
    easy = found[found["baseline"] == "length"]
    assert easy["note"].eq("360 of 360 networks pass").all() and easy["p_value"].isna().all()
    high = found[found["baseline"] == "bigrams"].set_index(["part", "term"])
    for part, sign in (("whether", 1), ("how well", -1)):
        row = high.loc[(part, "log_nodes")]
        assert row["p_adjusted"] < 0.01 and sign * row["effect"] > 0
        assert high.loc[(part, "degree"), "p_adjusted"] > 0.01
    graph = high.loc[("how well", "graph")]
    assert graph["p_value"] < 0.01 and 0 < graph["share"] < 1
    assert high.loc[("how well", "family"), "effect"] >= 0


@pytest.mark.parametrize("examples", ["sequences", "symbols"])
def test_a_hurdle_is_a_share_of_strings_or_of_other_examples(examples: str) -> None:
    other = given_baselines().rename(columns={"strings": examples})
    optimum = pd.DataFrame({"baseline": ["optimum"], examples: [6000]})
    if examples == "symbols":
        other = pd.concat([other, optimum], ignore_index=True)
    found = ask("hurdle", networks=over_a_hurdle(), baselines=other)
    pd.testing.assert_frame_equal(
        found, ask("hurdle", networks=over_a_hurdle(), baselines=given_baselines())
    )


@pytest.mark.parametrize(
    ("change", "whether", "well"),
    [
        ({"late_test_acc": 0.6}, "0 of 54 networks pass", "0 graphs that pass"),
        ({"status": "diverged"}, "0 of 0 networks pass", "0 graphs that pass"),
        ({"late_test_acc": 0.99}, "54 of 54 networks pass", "response is constant"),
    ],
)
def test_no_hurdle_to_fit_is_said(change: dict[str, object], whether: str, well: str) -> None:
    table = on_graphs().assign(**change)
    found = ask("hurdle", networks=table, baselines=given_baselines()).set_index("part")
    high = found[found["baseline"] == "bigrams"]
    assert high.loc["whether", "note"].eq(whether).all()
    assert high.loc["how well", "note"].str.contains(well).all()
    assert high["p_value"].isna().all()


def test_without_a_baseline_below_the_task_there_is_no_hurdle() -> None:
    baselines = given_baselines().assign(accuracy=1.0)
    found = plugins.function("questions", "hurdle")(
        {"networks": on_graphs(), "baselines": baselines}, SETTINGS
    )
    assert found.empty and "p_adjusted" in found


def test_too_few_graphs_have_no_nested_r2() -> None:
    found = ask("nested", networks=on_graphs(12))
    assert found["r2"].isna().all() and found["note"].str.contains("12 graphs").all()


@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "equivalent"), (0.02, "different")])
def test_graphs_are_compared_with_their_own_null_models(shift: float, verdict: str) -> None:
    graphs = on_graphs().assign(original="ba", null=np.nan)
    nulls = [
        graphs.assign(null=null, copy=copy, family=f"ba_{null}_{copy}")
        for null in ("keep_degrees", "keep_layers")
        for copy in range(2)
    ]
    rng = np.random.default_rng(0)
    table = pd.concat([graphs, *nulls], ignore_index=True)
    noise = 0.0005 * rng.normal(size=len(table))
    table["late_test_acc"] += noise - shift * table["null"].notna()
    found = ask("nulls", networks=table).query("response == 'late_test_acc'")
    assert set(found["original"]) == {"all", "ba"}
    assert set(found["reference"]) == {"keep_degrees", "keep_layers"}
    assert set(found["verdict"]) == {verdict}
    assert found["mean"].to_numpy() == pytest.approx(shift, abs=0.001)


def test_effects_follow_the_levels_of_the_design() -> None:
    design = {f"quirks_{i}": level for i, level in enumerate(levels(FIELDS, 4), start=1)}
    rows = [
        on_graphs(8).assign(protocol=name, late_test_acc=0.9 - 0.01 * level["skips"])
        for name, level in design.items()
    ]
    settings = Settings(1, resamples=200, levels=design)
    found = ask("effects", settings, networks=pd.concat(rows, ignore_index=True))
    accuracy = found.query("response == 'late_test_acc' and kind == 'main'").set_index("effect")
    assert accuracy.loc["skips", "estimate"] == pytest.approx(-0.02)
    assert accuracy.loc["readout", "estimate"] == pytest.approx(0, abs=1e-9)


def swept(cliff: float) -> pd.DataFrame:
    percents = np.arange(0, 101, 5)
    arms = [("magnitude", 0, cliff), ("random_matched", 0, 20), ("random_matched", 1, 30)]
    rows = [
        (seed, scope, criterion, draw, percent, 0.99 if percent < middle + seed else 0.5)
        for seed in range(6)
        for scope in ("layer", "global")
        for criterion, draw, middle in arms
        for percent in percents
    ]
    columns = ["seed", "scope", "criterion", "draw", "percent", "test_acc"]
    return pd.DataFrame(rows, columns=columns).assign(protocol="corrected", cell="gru")


def test_cliffs_are_of_seeds_and_masks_are_averaged_first() -> None:
    found = ask("cliffs", sweep=swept(60))
    half = found[found["measure"] == "half_way"].set_index(["scope", "criterion"])
    assert half["seeds"].eq(6).all()
    magnitude, random = (
        half.loc[("layer", arm), "mean"] for arm in ("magnitude", "random_matched")
    )
    assert 57 < magnitude < 66 and 22 < random < 31
    assert half.loc[("layer", "gain"), "mean"] == pytest.approx(magnitude - random)


@pytest.mark.parametrize(("gain", "verdict"), [(0.0, "equivalent"), (0.03, "different")])
def test_arms_are_compared_by_seed_with_the_network_before(gain: float, verdict: str) -> None:
    dense = pd.DataFrame({"seed": range(8)}).assign(
        protocol="corrected", cell="gru", status="ok", test_acc=0.99, test_loss=0.1
    )
    rng = np.random.default_rng(0)
    arms = [
        dense.assign(schedule=arm, target="both", percent=percent)
        for arm, percents in {
            "one_shot": (60, 90),
            "random_matched": (60, 90),
            "retrained": (0,),
            "a_method": (60, 90),
        }.items()
        for percent in percents
    ]
    pruned = pd.concat(arms, ignore_index=True)
    pruned["test_acc"] += 0.0005 * rng.normal(size=len(pruned)) - 0.05
    pruned.loc[pruned["schedule"] == "one_shot", "test_acc"] += gain
    settings = replace(SETTINGS, methods={"a_method": {"start": 0}})  # has a question of its own
    table = ask("retraining", settings, pruning=pruned, dense=dense)
    found = table.query("response == 'test_acc'")
    against = found[found["reference"] == "random_matched"]
    assert set(against["percent"]) == {60, 90} and set(against["verdict"]) == {verdict}
    assert set(found["reference"]) == {"dense", "random_matched", "retrained"}
    assert found.set_index("reference").loc["dense", "mean"].to_numpy() == pytest.approx(
        gain - 0.05, abs=0.001
    )
