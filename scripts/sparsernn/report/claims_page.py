"""The thesis's claims by studies that have a part of its experiment with several seeds, on a page.

    PYTHONPATH=scripts python -m sparsernn.report.claims_page docs/results/claims_seeds.md \
      config/published/answers.csv RESULTS...

Each folder of results has `findings.json` and `analysis/claims.csv`.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_text
from sparsernn.report.blocks import Block, Heading, Paragraph, as_markdown
from sparsernn.report.claims import about, verdicts
from sparsernn.report.finding import Findings, read_findings
from sparsernn.thesis.second_edition import read_twice

__all__ = ["claims_page"]

_ABOUT = (
    "The thesis trained one network of each kind, and so does the study that repeats it, whose "
    "[claims](claims.md) hold one run against another. These studies have several seeds of a part "
    "of its experiment, so that the thesis's run has a place among ours. Claims on the data set "
    "need no seeds: they are on that page alone.",
)
_OF_DATA = "tolerance"  # the test that claims on the data set get


def claims_page(
    studies: Mapping[str, pd.DataFrame], sizes: Mapping[str, str], questions: pd.DataFrame
) -> str:
    """The page, in Markdown.

    Args:
        studies: by name, the results of `sparsernn.thesis.second_edition.judge_twice`.
        sizes: by name, a sentence on its networks.
        questions: columns id and question.
    """
    blocks: list[Block] = [Heading("The thesis's claims, judged with seeds", level=1)]
    blocks += [*map(Paragraph, _ABOUT), *about()]
    for name, judged in studies.items():
        blocks += [Heading(f"The study {name}", level=1), Paragraph(sizes[name])]
        blocks += verdicts(judged[judged["test"] != _OF_DATA], questions, whole=False)
    return as_markdown(blocks)


def _of(results: Path) -> tuple[Findings, pd.DataFrame]:
    return read_findings(results / "findings.json"), read_twice(results / "analysis" / "claims.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The thesis's claims by studies with seeds.")
    parser.add_argument("page", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("results", type=Path, nargs="*")
    given = parser.parse_args()
    found = {findings.study: (findings, judged) for findings, judged in map(_of, given.results)}
    text = claims_page(
        {name: judged for name, (_, judged) in found.items()},
        {name: findings.size for name, (findings, _) in found.items()},
        read_csv(given.questions, ["id", "question"]),
    )
    write_text(text, given.page)
