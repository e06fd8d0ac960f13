"""The findings of several studies on one page, with the figures that illustrate them.

    PYTHONPATH=scripts python -m sparsernn.report.overview docs/results/findings.md FINDINGS... \
      --answers README.md

The figures are copied from `figures/` beside each study's findings to `figures/` beside the page.
With `--answers`, one line for each question goes into a file that has a place for them, between two
comments with the page's name: `<!-- findings -->` and `<!-- /findings -->`.
"""

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_text
from sparsernn.report.blocks import Block, Heading, Paragraph, as_markdown
from sparsernn.report.finding import Finding, Findings, counted, read_findings
from sparsernn.report.repeated import came_back, repeated

__all__ = ["answers", "copy_figures", "overview", "with_answers", "with_repeats"]

_FIRST = (
    "First each question with the answer of every study that asks it, then the evidence.",
    "A difference or an effect is significant if its p-value is at most 0.05 after adjusting for "
    "the number of tests; it is undecided if it is neither significant nor shown to be small. A "
    "point is one percentage point of test accuracy.",
)
_GRAPHS = (
    "A graph's edges lead from layer to layer, and the recurrence within a layer is dense; in "
    "studies of connectomes they are the recurrence. Families are kinds of random graphs; a "
    "graph's sources are the vertices that read the input."
)
_PROTOCOLS = (
    "*Published* is the protocol of the thesis's code, *corrected* that of its text; a *field* is "
    "one of the choices in which they differ."
)


def overview(
    studies: Mapping[str, Findings],
    missing: Sequence[str] = (),
    thesis: bool = True,
    see: str | None = None,
    costs: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> str:
    """A page of all findings, in Markdown: the answers, then each with its evidence and figures.

    Args:
        studies: findings by the name of the study's folder, which begins its figures' names.
        missing: names of studies that are not here yet.
        thesis: whether they are held against the thesis.
        see: address of a description of the studies.
        costs: by the name of the study's folder, the core_seconds of its jobs that trained.
    """
    on_graphs = any(study.planned.get("sparse") for study in studies.values())
    about = [*_FIRST, *([_GRAPHS] if on_graphs else []), *([_PROTOCOLS] if thesis else [])]
    blocks: list[Block] = [Heading("What was found", level=1), Paragraph(" ".join(about))]
    if see is not None:
        blocks.append(Paragraph(f"[What was compared, and how to run it again]({see})."))
    if missing:
        named = ", ".join(name.replace("_", " ") for name in missing)
        blocks.append(Paragraph(f"Not here yet: {named}."))
    blocks.append(Paragraph(_by_question(list(studies.values()))))
    for name, study in studies.items():
        size = f"{study.size}{_cost(costs[name]) if name in costs else ''}"
        blocks += [Heading(f"The study {study.study}", level=1), Paragraph(size)]
        for finding in study.found:
            blocks += [*finding.blocks(thesis), *_figures(name, finding)]
    return as_markdown(blocks)


def _cost(jobs: pd.DataFrame) -> str:
    hours = jobs["core_seconds"].sum() / 3600
    return f" The {counted(len(jobs), 'job')} whose time was kept took {hours:.1f} core-hours."


def _figures(study: str, finding: Finding) -> list[Block]:
    return [
        Paragraph(text)
        for figure, title, caption in finding.figures
        for text in (f"![{title}](figures/{_file(study, figure)})", caption)
    ]


def _file(study: str, figure: str) -> str:
    return f"{study}_{figure.replace('/', '_')}.svg"


def with_repeats(studies: Mapping[Path, Findings]) -> dict[str, Findings]:
    """The studies by name; of one that was run again, what came back stands for its findings.

    The first run's answers say how many of their significant results came back.

    Args:
        studies: findings by the folder of the study's results. One named `NAME_again` is that of
            `NAME`, run with another root seed.
    """
    again = {
        first: folder
        for folder in studies
        if (first := folder.with_name(folder.name.removesuffix("_again"))) in studies
        and first != folder
    }
    found = {folder.name: study for folder, study in studies.items()}
    for first, second in again.items():
        told = [_with_return(each, first, second) for each in studies[first].found]
        found[first.name] = replace(studies[first], found=told)
        found[second.name] = replace(studies[second], found=[repeated(first, second)])
    return found


def _with_return(finding: Finding, first: Path, second: Path) -> Finding:
    said = came_back(first, second, finding.tests) if finding.tests else ""
    return replace(finding, answer=f"{finding.answer} {said}".strip())


def copy_figures(study: str, findings: Findings, source: Path, folder: Path) -> None:
    """Copy a study's figures to the folder of the page that shows them.

    Raises:
        InputError: a figure was not drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for figure in (figure for finding in findings.found for figure, *_ in finding.figures):
        path = source / f"{figure}.svg"
        if not path.exists():
            raise InputError(f"{path}: no such figure. Run the study's rule findings first.")
        shutil.copyfile(path, folder / _file(study, figure))


def answers(studies: Sequence[Findings]) -> str:
    """Each question with the answer of the first study that asks it, as a list in Markdown.

    The numbers of the other studies that ask it follow.
    """
    asked: dict[str, list[tuple[Findings, Finding]]] = {}
    for study in studies:
        for finding in study.found:
            asked.setdefault(finding.question, []).append((study, finding))
    return "\n".join(
        f"- **{question}** {found.answer} *({_named(study)}{_others(others)})*"
        for question, [(study, found), *others] in asked.items()
    )


def _named(study: Findings) -> str:
    """A study's name; of one that is not finished, also how many of its networks are there."""
    so_far = study.so_far
    return f"{study.study}, not finished, with {so_far} so far" if so_far else study.study


def _others(others: Sequence[tuple[Findings, Finding]]) -> str:
    """The numbers of other studies, and how many there are that have none in brief."""
    told = [
        f"; {study.study}{', not finished' * bool(study.so_far)}: {found.brief}"
        for study, found in others
        if found.brief
    ]
    count = len(others) - len(told)
    return "".join(told) + (
        f"; {count} other {'study asks' if count == 1 else 'studies ask'} it" if count else ""
    )


def _by_question(studies: Sequence[Findings]) -> str:
    """Each question with the answers of all studies, as a list in Markdown."""
    asked: dict[str, list[str]] = {}
    for study in studies:
        for finding in study.found:
            asked.setdefault(finding.question, []).append(
                f"    - {_named(study)}: {finding.answer}"
            )
    return "\n".join(
        line for question, said in asked.items() for line in (f"- **{question}**", *said)
    )


def with_answers(text: str, page: str, studies: Sequence[Findings]) -> str:
    """A text with the answers of a page between two comments with its name.

    Raises:
        InputError: it lacks them.
    """
    before, begin, rest = text.partition(f"<!-- {page} -->")
    _, end, after = rest.partition(f"<!-- /{page} -->")
    if not begin or not end:
        raise InputError(
            f"README.md: no <!-- {page} --> … <!-- /{page} -->; expected both. Add them."
        )
    return f"{before}{begin}\n{answers(studies)}\n{end}{after}"


def main() -> None:
    """Write the page, and the answers into another file, as the command line says."""
    parser = argparse.ArgumentParser(description="The findings of several studies on one page.")
    parser.add_argument("page", type=Path)
    parser.add_argument("findings", type=Path, nargs="+")
    parser.add_argument("--missing", nargs="*", default=[], help="studies that are not here yet")
    parser.add_argument("--answers", type=Path, help="a file that gets the answers alone")
    parser.add_argument("--own", action="store_true", help="say nothing of the thesis")
    parser.add_argument("--see", help="address of a description of the studies")
    parser.add_argument("--kept", type=Path, help="folder of the tables of all studies")
    given = parser.parse_args()
    found = with_repeats({path.parent: read_findings(path) for path in given.findings})
    for path in given.findings:
        name, figures = path.parent.name, path.parent / "figures"
        copy_figures(name, found[name], figures, given.page.parent / "figures")
    costs = {
        name: read_csv(path)
        for name in (found if given.kept else ())
        if (path := given.kept / name / "costs.csv").exists()
    }
    page = overview(found, given.missing, not given.own, given.see, costs)
    write_text(page, given.page)
    if given.answers:
        text = given.answers.read_text(encoding="utf-8")
        write_text(with_answers(text, given.page.stem, list(found.values())), given.answers)


if __name__ == "__main__":
    try:
        main()
    except InputError as problem:
        sys.exit(str(problem))
