"""Tables for readers: values, what stands beside them, and three formats of the same."""

from pathlib import Path
from types import SimpleNamespace

import figure_tables as given
import numpy as np
import pandas as pd
import pytest
from figure_tables import CELLS, without_rows

from sparsernn.analysis.regain import NEVER
from sparsernn.report.catalogue.tables import TABLES
from sparsernn.report.drawing import function
from sparsernn.report.tables.layout import Layout, write

tables = SimpleNamespace(
    **{kind: function("tables", entry.module, kind) for kind, entry in TABLES.items()}
)
ROOT = Path(__file__).parents[2]
PUBLISHED = given.frame("label split strings", ("valid", "train", 9339), ("invalid", "train", 9411))


def one(table: pd.DataFrame, **keys: object) -> pd.Series:
    """The row with these keys."""
    for name, value in keys.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def written(table: pd.DataFrame, kind: str, folder: Path, **about: str) -> dict[str, str]:
    """What is in the four files."""
    paths = {end: folder / f"a.{end}" for end in ("csv", "md", "tex", "html")}
    write(table, Layout(**TABLES[kind].layout(**about)), paths)
    return {end: path.read_text(encoding="utf-8") for end, path in paths.items()}


def test_strings_are_counted_and_summed() -> None:
    strings = given.strings()
    table = tables.dataset(strings, PUBLISHED)
    expected = strings.query("valid == 0 and split == 'test'")
    assert one(table, label="invalid", split="test")["value"] == len(expected)
    assert one(table, label="all", split="all")["value"] == len(strings)
    assert one(table, label="all", split="train")["thesis"] == 9339 + 9411
    assert np.isnan(one(table, label="all", split="test")["thesis"])
    assert list(table["label"].unique()) == ["valid", "invalid", "all"]


def test_dense_networks_have_median_and_range_over_seeds() -> None:
    networks = given.networks_dense().assign(parameters=21802, weights=15000)
    table = tables.dense_networks(networks)
    accuracies = networks[networks["cell"] == "gru"]["test_acc"]
    row = one(table, cell="gru", quantity="test_acc")
    expected = [accuracies.median(), accuracies.min(), accuracies.max()]
    assert row[["value", "low", "high"]].tolist() == expected
    assert one(table, cell="lstm", quantity="weights")["value"] == 15000


def test_published_accuracies_are_beside_the_one_shot_schedule_only() -> None:
    history = pd.concat([given.pruning(), given.controls()])
    published = given.published_pruning()
    table = tables.pruning_accuracy(history, "both", published)
    row = one(table, cell="lstm", schedule="one_shot", percent=80)
    which = "cell == 'lstm' and schedule == 'one_shot' and percent == 80 and epoch == 0"
    assert row["value"] == history.query(which)["test_acc"].median()
    assert row["thesis"] == 0.7
    assert set(table["schedule"]) == {"one_shot", "iterative", "random"}
    assert set(table.dropna(subset=["thesis"])["schedule"]) == {"one_shot"}
    assert tables.pruning_accuracy(history, "i2h", published).empty


def test_r_and_r2_keep_their_intervals() -> None:
    correlations = given.correlations()
    published = correlations[correlations["cell"] == "gru"][["cell", "property", "r"]]
    told = tables.pearson(correlations, published)
    row = one(told, cell="gru", property="nodes", graphs="all")
    ours = one(correlations, cell="gru", property="nodes")
    assert row[["value", "low", "high"]].tolist() == ours[["r", "low", "high"]].tolist()
    assert row["thesis"] == ours["r"]
    within = one(told, cell="gru", property="nodes", graphs="within families")
    assert within["value"] == ours["r_within"] and pd.isna(within["thesis"])
    alone = tables.pearson(correlations.assign(r_within=np.nan), published)
    assert set(alone["graphs"]) == {"all"}
    published = pd.DataFrame({"cell": ["gru"], "regressor": ["AdaBoost"], "r2": [0.78]})
    [beside] = tables.r2(given.prediction(), published).dropna(subset=["thesis"]).to_numpy()
    assert {"thesis_split", "AdaBoost", "gru", 0.78} <= {*beside}


def test_the_ceiling_of_r2_is_a_row_below_the_regressors() -> None:
    ceiling = {"ceiling": 0.6, "ceiling_low": 0.4, "ceiling_high": 0.7}
    found = tables.r2(given.prediction().assign(**ceiling))
    row = one(found, cell="gru", scheme="thesis_split", regressor="ceiling")
    assert row[["value", "low", "high"]].tolist() == [0.6, 0.4, 0.7]
    unknown = tables.r2(given.prediction().assign(ceiling=np.nan))
    assert "ceiling" not in set(unknown["regressor"])


def regain_table() -> pd.DataFrame:
    return given.frame(
        "target percent rule seeds regained earliest median latest",
        ("both", 50, "dense - 0.01", 5, 5, "0", "1", "1"),
        ("both", 100, "dense - 0.01", 5, 3, "0", "2", NEVER),
        ("both", 50, "0.92", 2, 2, "1", "1.5", "2"),
        ("both", 100, "0.92", 5, 0, *3 * [NEVER]),
        ("i2h", 50, "0.92", 5, 0, *3 * [NEVER]),
    ).assign(cell="gru", schedule="one_shot")


def test_epochs_to_regain_say_never_and_how_many_seeds(tmp_path: Path) -> None:
    table = tables.epochs_to_regain(regain_table(), "both")
    texts = written(table, "epochs_to_regain", tmp_path, target="both")
    assert texts["md"].splitlines()[4:] == [
        "| rule | schedule | percent | GRU |",
        "| --- | --- | --- | ---: |",
        "| dense - 0.01 | one-shot | 50 % | 1 [0, 1] |",
        "| dense - 0.01 | one-shot | 100 % | 2 [0, never] 3/5 |",
        "| 0.92 | one-shot | 50 % | 1.5 [1, 2] |",
        "| 0.92 | one-shot | 100 % | never |",
    ]
    assert "dense - 0.01,one_shot,100,gru,2.0,0.0,never,3,5\n" in texts["csv"]


def percents_table() -> pd.DataFrame:
    return given.frame(
        "target rule measured seeds least median most",
        ("both", "0.92", "pruned", 5, 0.0, 50.0, 60.0),
        ("both", "0.92", "retrained", 5, 90.0, 90.0, 90.0),
        ("h2h", "0.92", "pruned", 5, 10.0, 10.0, 100.0),
    ).assign(cell="gru", schedule="iterative")


def test_safe_percentages_are_grouped_by_when_they_are_measured(tmp_path: Path) -> None:
    texts = written(tables.safe_percent(percents_table()), "safe_percent", tmp_path)
    assert texts["md"].splitlines()[6:] == [
        "| 0.92 | right after pruning | all recurrent weights | iterative | 50 [0, 60] |",
        "| 0.92 | right after pruning | hidden-to-hidden weights | iterative | 10 [10, 100] |",
        "| 0.92 | retrained | all recurrent weights | iterative | 90 |",
    ]


def importance_tables() -> tuple[pd.DataFrame, ...]:
    scores = given.frame(
        "cell regressor r2 seeds_low seeds_high",
        ("gru", "random_forest", 0.8, 0.7, 0.9),
        ("gru", "adaboost", 0.1, 0.0, 0.2),
        ("lstm", "random_forest", 0.2, 0.1, 0.3),
    )
    importances = given.frame(
        "cell features property importance seeds_low seeds_high",
        ("gru", "all", "nodes", 0.4, 0.3, 0.5),
        ("gru", "only_var", "degree_var", 1.0, 1.0, 1.0),
    )
    r2 = given.frame("cell features r2", ("gru", "all", 0.87))
    published = given.frame("cell features property importance", ("gru", "all", "nodes", 0.01))
    return scores.assign(features="all", low=-9.0, high=9.0), importances, r2, published


def test_importances_stand_below_the_r2_of_their_forest(tmp_path: Path) -> None:
    scores, importances, *theirs = importance_tables()
    table = tables.feature_importance(scores, importances, "gru", *theirs)
    row = one(table, property="r2", features="all")
    assert row[["value", "low", "high", "thesis"]].tolist() == [0.8, 0.7, 0.9, 0.87]
    lines = written(table, "feature_importance", tmp_path, cell="gru")["md"].splitlines()
    assert lines[0] == "## GRU: what a random forest relies on"
    assert lines[4:] == [
        "| property | all | only variances |",
        "| --- | ---: | ---: |",
        "| R² | 0.80 [0.70, 0.90] (0.87) |  |",
        "| nodes | 0.40 [0.30, 0.50] (0.01) |  |",
        "| degree, variance |  | 1.00 |",
    ]


def test_without_the_thesis_s_values_none_are_shown(tmp_path: Path) -> None:
    scores, importances, *_ = importance_tables()
    for table in (
        tables.feature_importance(scores, importances, "gru"),
        tables.dataset(given.strings()),
        tables.pruning_accuracy(given.pruning(), "both"),
        tables.pearson(given.correlations()),
    ):
        assert "thesis" not in table and table["value"].notna().any()
    layout = TABLES["dataset"].layout(thesis=False)
    assert "thesis" in TABLES["dataset"].layout()["caption"] and "thesis" not in layout["caption"]


def test_parameters_are_listed_by_kind_of_network(tmp_path: Path) -> None:
    dense = pd.DataFrame({"cell": CELLS, "parameters": 21802})
    pruning = dense.assign(target="i2h", percent=80.0, parameters=15802)
    sparse = pd.concat([dense.assign(family="barabasi_albert", parameters=n) for n in (90, 110)])
    table = tables.parameters(dense, pruning, sparse)
    row = one(table, network="Barabási–Albert", cell="gru")
    assert row[["value", "low", "high"]].tolist() == [100, 90, 110]
    text = written(table, "parameters", tmp_path, protocol="corrected")["md"]
    assert text.startswith("## Number of parameters (protocol: corrected)\n")
    assert "| input-to-hidden weights, 80 % | 15,802 |" in text


def test_csv_is_in_full_and_the_others_are_rounded(tmp_path: Path) -> None:
    rows = ("nodes", "gru", -0.123456, -0.2, 0.0004, -0.1), ("edges", "gru", *4 * [np.nan])
    pearson = given.frame("property cell value low high thesis", *rows).assign(graphs="all")
    texts = written(pearson, "pearson", tmp_path, protocol="my_own")
    assert "nodes,gru,-0.123456,-0.2,0.0004,-0.1,all\n" in texts["csv"]
    assert "| all | nodes | −0.12 [−0.20, 0.00] (−0.10) |" in texts["md"]
    assert "| all | edges | – |" in texts["md"]
    lines = texts["tex"].splitlines()
    assert lines[0].endswith("(protocol: my_own)")
    assert lines[2:5] == [r"\begin{tabular}{llr}", r"\toprule", r"graphs & property & GRU \\"]
    assert lines[6] == r"all & nodes & $-$0.12 [$-$0.20, 0.00] ($-$0.10) \\"
    assert lines[7] == r"all & edges & -- \\"


def test_signs_are_escaped_in_latex_and_html(tmp_path: Path) -> None:
    table = given.frame("network cell value", ("50 % of a&b<b>", "gru", 12345.0))
    texts = written(table, "parameters", tmp_path)
    assert r"50 \% of a\&b" in texts["tex"] and "& 12,345 \\\\" in texts["tex"]
    assert "a&amp;b&lt;b&gt;" in texts["html"] and "<b>" not in texts["html"]
    assert texts["html"].count("<tr>") == 2


@pytest.mark.parametrize("kind", TABLES)
def test_tables_without_rows_are_written(kind: str, tmp_path: Path) -> None:
    sizes = pd.DataFrame(columns=["cell", "family", "target", "percent", "parameters", "weights"])
    inputs = {
        "dataset": (given.strings(), PUBLISHED),
        "dense_networks": (sizes.assign(train_acc=0, test_acc=0),),
        "pruning_accuracy": (given.pruning(), "both", given.published_pruning()),
        "epochs_to_regain": (regain_table(), "both"),
        "safe_percent": (percents_table(),),
        "pearson": (given.correlations(), given.published_r()),
        "r2": (given.prediction(), given.published_r2()),
        "feature_importance": (*importance_tables()[:2], "gru", *importance_tables()[2:]),
        "parameters": (sizes, sizes, sizes),
    }[kind]
    result = getattr(tables, kind)(*without_rows(inputs))
    assert result.empty
    assert "{" not in written(result, kind, tmp_path, target="both", cell="gru")["md"]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("dataset", ["label", "split", "strings"]),
        ("feature_sets", ["cell", "features", "r2"]),
        ("feature_importance", ["cell", "features", "property", "importance"]),
    ],
)
def test_published_tables_have_the_columns_that_are_read(name: str, columns: list[str]) -> None:
    table = pd.read_csv(ROOT / "config" / "published" / f"{name}.csv")
    assert list(table) == columns
    assert not table.duplicated(columns[:-1]).any()
