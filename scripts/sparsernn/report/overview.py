"""The findings of several studies on one page.

    PYTHONPATH=scripts python -m sparsernn.report.overview docs/results/findings.md FINDINGS...

It also writes the answers alone into README.md of the working directory, between two comments.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from sparsernn.errors import InputError
from sparsernn.files.whole import write_text
from sparsernn.report.blocks import Block, Heading, Paragraph, as_markdown
from sparsernn.report.finding import Findings, read_findings

__all__ = ["answers", "overview", "with_answers"]

_BEGIN, _END = "<!-- findings -->", "<!-- /findings -->"
_ABOUT = (
    "Each answer rests on several trained networks for each thing compared, and says what its "
    "intervals are over. Beyond doubt means that a test finds it after adjusting for how many were "
    "made. Where a study is not finished, it says how many of its networks are there."
)


def overview(studies: Sequence[Findings]) -> str:
    """A page of all findings, in Markdown: the answers, then each with its evidence."""
    blocks: list[Block] = [Heading("What was found", level=1), Paragraph(_ABOUT)]
    blocks.append(Paragraph(answers(studies)))
    for study in studies:
        blocks += [Heading(f"The study {study.study}", level=1), Paragraph(study.size)]
        blocks += [block for finding in study.found for block in finding.blocks(thesis=True)]
    return as_markdown(blocks)


def answers(studies: Sequence[Findings]) -> str:
    """The answers as a list in Markdown."""
    return "\n".join(f"- {finding.answer}" for study in studies for finding in study.found)


def with_answers(text: str, studies: Sequence[Findings]) -> str:
    """A text with the answers between its two comments.

    Raises:
        InputError: it lacks them.
    """
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise InputError(f"README.md: no {_BEGIN} … {_END}; expected both. Add them.")
    return f"{before}{begin}\n{answers(studies)}\n{end}{after}"


if __name__ == "__main__":
    page, *paths = sys.argv[1:]
    found = [read_findings(path) for path in paths]
    write_text(overview(found), page)
    readme = Path("README.md")
    write_text(with_answers(readme.read_text(encoding="utf-8"), found), readme)
