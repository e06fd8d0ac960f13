"""The thesis's claims by studies that have a part of its experiment with several seeds, on a page.

    PYTHONPATH=scripts python -m sparsernn.report.claims_page docs/results/claims_seeds.md \
      config/published/answers.csv RESULTS...

Each folder of results has `findings.json`, and the tables of claims in `analysis/`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_text
from sparsernn.report.blocks import Block, Heading, Paragraph, as_markdown
from sparsernn.report.claims import about, paper_report, verdicts
from sparsernn.report.finding import read_findings
from sparsernn.thesis.paper import read_judged_paper
from sparsernn.thesis.second_edition import read_twice

__all__ = ["Judged", "claims_page"]

_ABOUT = (
    "The thesis trained one network of each kind, and so does the study that repeats it, whose "
    "[claims](claims.md) hold one run against another. These studies have several seeds of a part "
    "of its experiment, so that the thesis's run has a place among ours. Claims on the data set "
    "need no seeds: they are on that page alone.",
)
_OF_DATA = "tolerance"  # the test that claims on the data set get


class Judged(NamedTuple):
    """The verdicts of one study.

    Attributes:
        study: its name.
        size: a sentence on its networks.
        claims: the results of `sparsernn.thesis.second_edition.judge_twice`.
        paper: the results of `sparsernn.thesis.paper.judge_paper`.
    """

    study: str
    size: str
    claims: pd.DataFrame
    paper: pd.DataFrame


def claims_page(studies: Sequence[Judged], questions: pd.DataFrame) -> str:
    """The page, in Markdown.

    Args:
        studies: each has a part of the thesis's experiment.
        questions: columns id and question.
    """
    blocks: list[Block] = [Heading("The thesis's claims, judged with seeds", level=1)]
    blocks += [*map(Paragraph, _ABOUT), *about()]
    for judged in studies:
        claims = judged.claims[judged.claims["test"] != _OF_DATA]
        blocks += [Heading(f"The study {judged.study}", level=1), Paragraph(judged.size)]
        blocks += verdicts(claims, questions, whole=False)
        blocks += paper_report(judged.paper, whole=False)
    return as_markdown(blocks)


def _read(results: Path) -> Judged:
    findings, analysis = read_findings(results / "findings.json"), results / "analysis"
    claims = read_twice(analysis / "claims.csv")
    paper = read_judged_paper(analysis / "claims_arxiv_2107_12917.csv")
    return Judged(findings.study, findings.size, claims, paper)


def main() -> None:
    """Write the page, as the command line says."""
    parser = argparse.ArgumentParser(description="The thesis's claims by studies with seeds.")
    parser.add_argument("page", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("results", type=Path, nargs="*")
    given = parser.parse_args()
    asked = read_csv(given.questions, ["id", "question"])
    write_text(claims_page([*map(_read, given.results)], asked), given.page)


if __name__ == "__main__":
    try:
        main()
    except InputError as problem:
        sys.exit(str(problem))
