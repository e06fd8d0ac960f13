"""Reports: every word follows from the tables, and nothing is lost between pages."""

import io
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from sparsernn.files.tables import read_csv, write_csv
from sparsernn.report.answers import answers_report
from sparsernn.report.blocks import Heading, Paragraph, Table, as_markdown, as_pdf
from sparsernn.report.claims import claims_report
from sparsernn.thesis.claims import judge, read_claims, read_judged

PUBLISHED = Path(__file__).parents[2] / "config" / "published"
SCHEDULES = ["one_shot", "iterative"]
PERCENTS = range(10, 101, 10)


def study(safe: int, dense: float = 1.0, regained: int = 2) -> dict[str, pd.DataFrame]:
    """GRUs that pruning costs nothing up to `safe` %, and that regain it after some epochs."""
    key: dict[str, Any] = {"protocol": "corrected", "cell": "gru", "seed": 0}
    rows = [
        {"schedule": schedule, "target": target, "percent": percent, "epoch": epoch}
        | {"test_acc": dense if percent <= safe or epoch >= regained else 0.5}
        for schedule in SCHEDULES
        for target in ("both", "i2h", "h2h")
        for percent in PERCENTS
        for epoch in range(4)
    ]
    correlations = {"property": ["nodes", "layers"], "n": 9, "r": [0.5, -0.7], "low": [0.2, -0.8]}
    correlations |= {"high": [0.7, -0.5], "p_adjusted": [0.2, 0.01], "note": ""}
    prediction = {"regressor": ["bayesian_ridge", "adaboost"], "scheme": "cross_validation"}
    prediction |= {"r2": [0.25, math.nan], "low": [0.125, math.nan], "high": [0.375, math.nan]}
    tables = {
        "dense_history": {"epoch": [1, 2], "train_acc": [0.6, dense], "test_acc": [0.6, dense]},
        "pruning_history": rows,
        "dense": {"parameters": [10]},
        "pruning": {"parameters": [], "schedule": [], "target": [], "percent": [], "status": []},
        "correlations": correlations,
        "prediction": prediction,
        "feature_sets": {"regressor": [], "features": []},
    }
    strings = pd.DataFrame({"string": "BE", "valid": 1, "split": ["test", "train"] * 100})
    return {"strings": strings} | {
        name: pd.DataFrame(rows).assign(**key) for name, rows in tables.items()
    }


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    return read_claims(PUBLISHED / "claims.csv")


@pytest.fixture(scope="module")
def questions() -> pd.DataFrame:
    return read_csv(PUBLISHED / "answers.csv")


def answers(tables: dict[str, pd.DataFrame], claims: pd.DataFrame, questions: pd.DataFrame) -> str:
    judged = judge(claims, tables, "corrected", SCHEDULES)
    return as_markdown(answers_report(judged, questions, tables, SCHEDULES, 0.95))


def test_answers_follow_from_the_tables(claims: pd.DataFrame, questions: pd.DataFrame) -> None:
    text = answers(study(safe=80), claims, questions)
    assert "Test accuracy of the dense networks: GRU 1.000 (0.963 to 1.000)." in text
    assert "GRU 80 to 90\N{NO-BREAK SPACE}%: 1.00 to 0.50" in text
    assert "| corrected | iterative | input-to-hidden | 80 % |" in text
    assert "| corrected | one-shot | all recurrent | 2 |" in text
    assert "Strongest correlations: GRU layers −0.70 (−0.80 to −0.50)." in text
    assert "1 of 2 correlations are told from 0 (adjusted p below 0.05)." in text
    assert "Best R², cross-validation: GRU 0.25 (0.12 to 0.38) by bayesian ridge." in text
    assert "holds: C103" in text and "C060" in text.split("## 1.")[1].split("cannot be tested")[0]


def test_other_tables_give_other_answers(claims: pd.DataFrame, questions: pd.DataFrame) -> None:
    text = answers(study(safe=40, dense=0.8, regained=9), claims, questions)
    assert "Test accuracy of the dense networks: GRU 0.800" in text
    assert "| corrected | one-shot | all recurrent | 40 % |" in text
    assert "| corrected | one-shot | all recurrent | never |" in text
    assert "does not hold: C103" in text


def test_the_claims_of_the_answers_exist(claims: pd.DataFrame, questions: pd.DataFrame) -> None:
    named = claims.set_index("id")["question"]
    assert list(questions["id"].astype(str)) == sorted(set(named))
    for row in questions.to_dict("records"):
        assert set(named[row["claims"].split()]) == {str(row["id"])}


def test_every_claim_is_in_the_report_with_its_verdicts(
    claims: pd.DataFrame, questions: pd.DataFrame, tmp_path: Path
) -> None:
    judged = judge(claims, study(safe=80), "corrected", SCHEDULES)
    write_csv(judged, tmp_path / "claims.csv")
    again = read_judged(tmp_path / "claims.csv")
    pd.testing.assert_frame_equal(again, judged.astype(again.dtypes))
    blocks = claims_report(again, questions)
    text = as_markdown(blocks)
    assert all(f"\n| {name} " in text for name in claims["id"])
    scheduled = judged[judged["schedule"] == "iterative"]
    counts = scheduled["verdict"].value_counts()
    assert f"| corrected | iterative | {len(scheduled)} | {counts['replicated']} |" in text
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(as_pdf(blocks))).pages]
    assert len(pages) > 5
    found = " ".join("\n".join(pages).split())
    assert all(name in found for name in claims["id"])


def test_pages_keep_entries_whole_and_repeat_the_header() -> None:
    rows = [[f"first{i}" if j == 0 else "", f"line{i}x{j} " * 9] for i in range(20) for j in (0, 1)]
    blocks = [Heading("Part"), Paragraph("word " * 900), Table(["One", "Two"], rows, [1, 2])]
    reader = PdfReader(io.BytesIO(as_pdf(blocks)))
    texts = [page.extract_text() for page in reader.pages]
    assert [item.title for item in reader.outline] == ["Part"]
    assert sum(text.count("word") for text in texts) == 900
    for i in range(20):
        (page,) = {n for n, text in enumerate(texts) if f"line{i}x" in text}
        assert texts[page].count(f"line{i}x0") == texts[page].count(f"line{i}x1") == 9
        assert "One" in texts[page]
    assert as_pdf(blocks) == as_pdf(blocks)
