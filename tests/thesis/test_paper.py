"""The claims of arXiv 2107.12917: sourced, and judged only where the study can."""

from pathlib import Path

import pandas as pd
import pytest

from sparsernn.errors import InputError
from sparsernn.files.tables import write_csv
from sparsernn.report.blocks import as_markdown
from sparsernn.report.claims import paper_report
from sparsernn.thesis.paper import judge_paper, read_judged_paper, read_paper

PATH = Path(__file__).parents[2] / "config" / "published" / "arxiv_2107_12917.csv"


def scores(r2: float, low: float, high: float) -> dict[str, pd.DataFrame]:
    row = {"cell": "gru", "regressor": "random_forest", "features": "all", "note": "", "r2": r2}
    row |= {"low": low, "high": high, "seeds_low": r2, "seeds_high": r2}
    cells = ["rnn_tanh", "rnn_relu", "lstm", "gru"]
    rows = [row | {"cell": c, "r2": r2 if c == "gru" else low} for c in cells]
    tables = [pd.DataFrame(rows).assign(protocol=p) for p in ("published", "corrected")]
    return {"feature_sets": pd.concat(tables, ignore_index=True)}


def judged(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return judge_paper(read_paper(PATH), tables, ["published", "corrected"])


@pytest.mark.parametrize(
    ("found", "verdicts"),
    [
        ((0.80, 0.79, 0.81), ["agrees", "still holds"]),
        ((0.40, 0.30, 0.50), ["disagrees", "does not hold"]),
        ((0.70, 0.10, 0.90), ["can't tell", "can't tell"]),
    ],
)
def test_the_best_r2_is_held_against_theirs(
    found: tuple[float, float, float], verdicts: list[str]
) -> None:
    table = judged(scores(*found))
    assert table.loc[table["id"] == "S01", "verdict"].tolist() == verdicts


def test_the_rest_is_not_testable_and_says_why() -> None:
    table = judged(scores(0.8, 0.7, 0.9)).set_index("id")
    counts = table["verdict"].value_counts()
    assert (counts["not testable"], counts["not counted"]) == (6, 8)
    assert (table["reason"] != "").all() and (table["source"] != "").all()
    assert list(table.index[table["verified"] == "no"].unique()) == ["S08"]
    empty = pd.DataFrame(columns=["protocol", "cell", "features", "regressor"])
    nothing = judged({"feature_sets": empty}).set_index("id")
    assert set(nothing.loc["S01", "verdict"]) == {"not testable"}


def test_they_have_a_section_of_the_report(tmp_path: Path) -> None:
    table = judged(scores(0.8, 0.7, 0.9))
    write_csv(table, tmp_path / "paper.csv")
    text = as_markdown(paper_report(read_judged_paper(tmp_path / "paper.csv")))
    assert text.startswith("## arXiv 2107.12917")
    assert all(f"\n| {name} " in text for name in table["id"])
    assert "not testable: the study has no MNIST" in text
    assert "the thesis's discussion (C186); not verified" in text


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"class": "guess"}, "claim S01: class 'guess'"),
        ({"verified": "perhaps"}, "claim S01: verified 'perhaps'"),
        ({"measure": "accuracy"}, "claim S01: measure 'accuracy'"),
        ({"untestable": "no data"}, "claim S01: untestable 'no data'"),
        ({"published": "high"}, "claim S01: published 'high'"),
    ],
)
def test_a_wrong_claim_is_named(tmp_path: Path, changed: dict[str, str], message: str) -> None:
    claims = read_paper(PATH)
    for column, text in changed.items():
        claims.loc[0, column] = text
    write_csv(claims, tmp_path / "paper.csv")
    with pytest.raises(InputError, match=message):
        read_paper(tmp_path / "paper.csv")
