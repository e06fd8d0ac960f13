"""The findings of several studies on one page, with the figures that illustrate them.

    PYTHONPATH=scripts python -m sparsernn.report.overview docs/results/findings.md FINDINGS... \
      --answers README.md

The figures are copied from `figures/` beside each study's findings to `figures/` beside the page.
With `--answers`, the answers alone go into a file that has a place for them, between two comments.
"""

import argparse
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from sparsernn.errors import InputError
from sparsernn.files.whole import write_text
from sparsernn.report.blocks import Block, Heading, Paragraph, as_markdown
from sparsernn.report.finding import Finding, Findings, read_findings

__all__ = ["answers", "copy_figures", "overview", "with_answers"]

_BEGIN, _END = "<!-- findings -->", "<!-- /findings -->"
_ABOUT = (
    "Each answer rests on several trained networks for each thing compared, and says what its "
    "intervals are over. Beyond doubt means that a test finds it after adjusting for how many were "
    "made. Where a study is not finished, it says how many of its networks are there."
)


def overview(studies: Mapping[str, Findings]) -> str:
    """A page of all findings, in Markdown: the answers, then each with its evidence and figures.

    Args:
        studies: findings by the name of the study's folder, which begins its figures' names.
    """
    found = list(studies.values())
    blocks: list[Block] = [Heading("What was found", level=1), Paragraph(_ABOUT)]
    blocks.append(Paragraph(answers(found)))
    for name, study in studies.items():
        blocks += [Heading(f"The study {study.study}", level=1), Paragraph(study.size)]
        for finding in study.found:
            blocks += [*finding.blocks(thesis=True), *_figures(name, finding)]
    return as_markdown(blocks)


def _figures(study: str, finding: Finding) -> list[Block]:
    return [
        Paragraph(text)
        for figure, title, caption in finding.figures
        for text in (f"![{title}](figures/{_file(study, figure)})", caption)
    ]


def _file(study: str, figure: str) -> str:
    return f"{study}_{figure.replace('/', '_')}.svg"


def copy_figures(study: str, findings: Findings, source: Path, folder: Path) -> None:
    """Copy a study's figures to the folder of the page that shows them.

    Raises:
        InputError: a figure was not drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for figure in (figure for finding in findings.found for figure, *_ in finding.figures):
        path = source / f"{figure}.svg"
        if not path.exists():
            raise InputError(f"{path}: no such figure. Draw the study's figures/all.pdf first.")
        shutil.copyfile(path, folder / _file(study, figure))


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
    parser = argparse.ArgumentParser(description="The findings of several studies on one page.")
    parser.add_argument("page", type=Path)
    parser.add_argument("findings", type=Path, nargs="+")
    parser.add_argument("--answers", type=Path, help="a file that gets the answers alone")
    given = parser.parse_args()
    found = {path.parent.name: read_findings(path) for path in given.findings}
    for path in given.findings:
        name, figures = path.parent.name, path.parent / "figures"
        copy_figures(name, found[name], figures, given.page.parent / "figures")
    write_text(overview(found), given.page)
    if given.answers:
        text = given.answers.read_text(encoding="utf-8")
        write_text(with_answers(text, list(found.values())), given.answers)
