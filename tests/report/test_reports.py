"""Reports: every word follows from the tables, and nothing is lost between pages."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.report.answers import answers_report
from sparsernn.report.blocks import as_markdown, read_blocks
from sparsernn.report.book import write_report
from sparsernn.report.claims import claims_report
from sparsernn.report.claims_page import Judged, claims_page
from sparsernn.thesis.claims_table import read_claims
from sparsernn.thesis.paper import judge_paper, read_paper
from sparsernn.thesis.second_edition import judge_twice, read_twice

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
        "strings": {"string": "BE", "valid": 1, "split": ["test", "train"] * 100},
        "dense_history": {"epoch": [1, 2], "train_acc": [0.6, dense], "test_acc": [0.6, dense]},
        "pruning_history": rows,
        "dense": {"parameters": [10]},
        "pruning": {"parameters": [], "schedule": [], "target": [], "percent": [], "status": []},
        "correlations": correlations,
        "prediction": prediction,
        "feature_sets": {"regressor": [], "features": []},
    }
    return {name: pd.DataFrame(rows).assign(**key) for name, rows in tables.items()}


@pytest.fixture(scope="module")
def claims() -> pd.DataFrame:
    return read_claims(PUBLISHED / "claims.csv")


@pytest.fixture(scope="module")
def questions() -> pd.DataFrame:
    return read_csv(PUBLISHED / "answers.csv")


def answers(tables: dict[str, pd.DataFrame], claims: pd.DataFrame, questions: pd.DataFrame) -> str:
    judged = judge_twice(claims, tables, ["corrected"], SCHEDULES)
    return as_markdown(answers_report(judged, questions, tables, SCHEDULES, 0.95))


def test_answers_follow_from_the_tables(claims: pd.DataFrame, questions: pd.DataFrame) -> None:
    text = answers(study(safe=80), claims, questions)
    assert "Test accuracy of the dense networks: GRU 1.000 (0.963 to 1.000)." in text
    assert "GRU 80 to 90\N{NO-BREAK SPACE}%: 1.00 to 0.50" in text
    assert "| corrected | iterative | input-to-hidden | 80 % |" in text
    assert "| corrected | one-shot | all recurrent | 2 |" in text
    assert "Strongest correlations: GRU layers −0.70 (−0.80 to −0.50)." in text
    assert "1 of 2 correlations differ significantly from 0 (adjusted p below 0.05)." in text
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
    judged = judge_twice(claims, study(safe=80), ["corrected"], SCHEDULES)
    write_csv(judged, tmp_path / "claims.csv")
    again = read_twice(tmp_path / "claims.csv")
    pd.testing.assert_frame_equal(again, judged.astype(again.dtypes))
    blocks = claims_report(again, questions)
    markdown, data, pdf = (tmp_path / f"claims.{kind}" for kind in ("md", "json", "pdf"))
    write_report(blocks, markdown, data, pdf)
    text = markdown.read_text(encoding="utf-8")
    assert as_markdown(read_blocks(data)) == text
    assert all(f"\n| {name} " in text for name in claims["id"])
    scheduled = judged[judged["schedule"] == "iterative"]
    counts = scheduled["verdict"].value_counts()
    assert f"| corrected | iterative | {len(scheduled)} | {counts['replicated']} |" in text
    reader = PdfReader(pdf)
    assert reader.metadata is not None and reader.metadata.title == "The claims of the thesis"
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 5
    found = " ".join("\n".join(pages).split())
    assert all(name in found for name in claims["id"])


@pytest.mark.parametrize("content", [None, "", "[1]", '[{"kind": "list"}]', '[{"kind": "table"}]'])
def test_what_is_no_report_is_refused(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"claims\.json: not the blocks of a report"):
        read_blocks(path)


def test_a_part_of_the_thesis_lists_what_it_can_judge_and_counts_the_rest(
    claims: pd.DataFrame, questions: pd.DataFrame
) -> None:
    tables = study(safe=80)
    part = {name: tables[name] for name in ("strings", "dense_history")}
    judged = judge_twice(claims, part, ["corrected"], ["one_shot"])
    text = as_markdown(claims_report(judged, questions, whole=False))
    testable = judged[~judged["second_verdict"].isin(["not testable", "not counted"])]
    outcomes = judged["class"] == "outcome"
    untestable = outcomes.sum() - len(testable)
    assert 0 < len(testable) < 30
    assert (
        f"Of {outcomes.sum()} outcomes that the thesis claims it can't judge {untestable}," in text
    )
    listed = {name for name in claims["id"] if f"\n| {name} " in text}
    assert listed == set(testable["id"])
    nothing = judge_twice(claims, {}, ["corrected"], ["one_shot"])
    text = as_markdown(claims_report(nothing, questions, whole=False))
    assert "it can't judge 169" in text and "|" not in text


def test_a_page_of_claims_with_seeds_leaves_the_data_set_out(
    claims: pd.DataFrame, questions: pd.DataFrame
) -> None:
    tables = study(safe=80)
    part = {name: tables[name] for name in ("dense_history", "strings")}
    more = [part["dense_history"].assign(seed=seed) for seed in range(3)]
    part["dense_history"] = pd.concat(more, ignore_index=True)
    judged = judge_twice(claims, part, ["corrected"], ["one_shot"])
    paper = judge_paper(read_paper(PUBLISHED / "arxiv_2107_12917.csv"), part, ["corrected"])
    text = claims_page([Judged("mine", "Networks: 3.", judged, paper)], questions)
    assert "\n# The study mine\n\nNetworks: 3.\n" in text
    assert "\n| C034 GRU: " in text and "C006" not in text
    assert "arXiv" not in text  # it can't judge any of that paper's claims
    told = paper.assign(verdict="can't tell", **{"class": "outcome"})
    text = claims_page([Judged("mine", "Networks: 3.", judged, told)], questions)
    assert "arXiv 2107.12917" in text


def test_claims_that_agree_although_most_seeds_do_not_show_them_are_counted(
    claims: pd.DataFrame, questions: pd.DataFrame
) -> None:
    tables = study(safe=80)
    seeds = [tables["pruning_history"].assign(seed=seed) for seed in range(20)]
    pruned = pd.concat(seeds, ignore_index=True).assign(protocol="published")
    at_80 = (pruned["percent"] == 80) & (pruned["epoch"] == 0)
    pruned.loc[at_80, "test_acc"] = 0.9 + 0.005 * pruned.loc[at_80, "seed"]  # 4 of 20 near 1
    part = {"pruning_history": pruned, "strings": tables["strings"]}
    judged = judge_twice(claims[claims["id"] == "C059"], part, ["published"])
    assert judged["second_verdict"].item() == "agrees"
    text = as_markdown(claims_report(judged, questions, whole=False))
    assert "agree, and have several seeds: 1. Fewer than half of our seeds show 1 of them" in text
