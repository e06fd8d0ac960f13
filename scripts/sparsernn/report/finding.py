"""A finding: one answer in plain words, what it rests on, and what it doesn't say."""

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from sparsernn.errors import InputError, cause
from sparsernn.report.blocks import Block, Heading, Paragraph, Table
from sparsernn.report.words import cell_name

__all__ = [
    "Finding",
    "Findings",
    "counted",
    "described",
    "ends",
    "listed",
    "number",
    "of_seeds",
    "p_text",
    "read_findings",
    "share",
]
__all__ += ["span", "with_ends", "write_findings"]

_PARTS = {
    "evidence": "Evidence",
    "beside": "For comparison",
    "confounds": "What else could explain it",
    "thesis": "The thesis",
    "unknown": "Still open",
}
_NETWORKS = {"sparse": "on graphs", "dense": "dense", "pruning": "pruned, or their controls"}
_COUNTED = {
    "sparse": "networks on graphs",
    "dense": "dense networks",
    "pruning": "pruned networks and controls",
}


@dataclass(frozen=True)
class Finding:
    """One answer.

    Attributes:
        question: what it answers; a heading.
        answer: one or two short sentences with an effect size.
        detail: the sentences after the answer: by cell, and what its words mean.
        evidence: on how many networks, graphs and seeds it rests, and what intervals are over.
        beside: the control, and the trivial baseline.
        confounds: what else differs between the things compared.
        thesis: whether the thesis agrees, disagrees, or can't be told.
        unknown: what stays unknown.
        header: names of the columns of a table.
        rows: its cells.
        claims: ids of the thesis's claims that it bears on.
        figures: name, title and caption of those that illustrate it.
        brief: the answer's numbers in a few words, for a line that begins with another study.
        tests: name of the table of the analysis whose tests the answer rests on; empty if it rests
            on none that another run could repeat.
    """

    question: str
    answer: str
    detail: str
    evidence: str
    beside: str
    confounds: str
    thesis: str
    unknown: str
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    claims: Sequence[str] = ()
    figures: Sequence[Sequence[str]] = ()
    brief: str = ""
    tests: str = ""

    @property
    def said(self) -> str:
        """The answer and its detail."""
        return f"{self.answer} {self.detail}".strip()

    def blocks(self, thesis: bool) -> list[Block]:
        """The question as a heading, the answer, a paragraph for each part, the table.

        Args:
            thesis: whether it is held against the thesis.
        """
        parts = {
            name: getattr(self, key) for key, name in _PARTS.items() if thesis or key != "thesis"
        }
        blocks: list[Block] = [Heading(self.question), Paragraph(self.said)]
        blocks += [Paragraph(f"{name}. {text}") for name, text in parts.items() if text]
        if self.rows:
            widths = [2.0, *[1.0] * (len(self.header) - 1)]
            blocks.append(Table(list(self.header), [list(row) for row in self.rows], widths))
        if self.claims and thesis:
            named = ", ".join(self.claims)
            blocks.append(Paragraph(f"The thesis's claims on this, by their numbers: {named}."))
        return blocks


@dataclass(frozen=True)
class Findings:
    """What one study found.

    Attributes:
        study: its name.
        planned: the number of networks that its configuration asks for, by part.
        there: the number of networks that its tables have, by part.
        about: what is said of these networks, by part, from `described`.
        found: its findings.
        thesis: whether it is the thesis's own study, so that findings are held against the thesis.
    """

    study: str
    planned: Mapping[str, int]
    there: Mapping[str, int]
    about: Mapping[str, str]
    found: Sequence[Finding]
    thesis: bool

    @property
    def so_far(self) -> str:
        """How many networks there are of each part that lacks some; empty if none does."""
        parts = [
            f"{self.there[part]:,} of {planned:,} {_COUNTED[part]}"
            for part, planned in self.planned.items()
            if self.there[part] < planned
        ]
        return " and ".join(parts)

    @property
    def size(self) -> str:
        """What it rests on, in a sentence."""
        parts = [
            f"{self.there[part]:,} {_NETWORKS[part]}"
            + (f" of {planned:,} that are planned" if self.there[part] < planned else "")
            + (f" ({self.about[part]})" if self.about[part] else "")
            for part, planned in self.planned.items()
        ]
        return f"Networks: {'; '.join(parts)}."

    def blocks(self) -> list[Block]:
        """The findings as blocks of a report."""
        heading = Heading(f"What was found: {self.study}", level=1)
        title: list[Block] = [heading, Paragraph(self.size)]
        nothing = [] if self.found else [Paragraph("Its tables answer none of our questions.")]
        found = (block for each in self.found for block in each.blocks(self.thesis))
        return [*title, *nothing, *found]


def described(networks: pd.DataFrame) -> str:
    """The cells of some networks, how long they were trained, and how large they are.

    Example:
        >>> table = {"cell": ["gru"], "status": ["ok"], "epochs": [15], "parameters": [7076]}
        >>> described(pd.DataFrame(table))
        'GRU; 15 epochs; 7,076 parameters'
    """
    trained = networks[networks["status"] == "ok"]
    if trained.empty:
        return ""
    cells = ", ".join(sorted({cell_name(str(cell)) for cell in trained["cell"]}))
    ranges = []
    for name in ("epochs", "parameters"):
        ends = dict.fromkeys(f"{int(end):,}" for end in (trained[name].min(), trained[name].max()))
        ranges.append(f"{' to '.join(ends)} {name if [*ends] != ['1'] else name[:-1]}")
    return "; ".join([cells, *ranges])


def write_findings(findings: Findings) -> str:
    """Findings as JSON, for `read_findings`."""
    return json.dumps(asdict(findings), ensure_ascii=False, indent=1) + "\n"


def read_findings(path: str | os.PathLike[str]) -> Findings:
    """Read what `write_findings` wrote.

    Raises:
        InputError: the file is absent, or holds something else.
    """
    try:
        with open(path, encoding="utf-8") as file:
            fields = json.load(file)
        return Findings(**fields | {"found": [Finding(**each) for each in fields["found"]]})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"{path}: not the findings of a study ({cause(error)}). Delete the file, and run the "
            "workflow again to write it."
        ) from None


def share(value: float, digits: int = 0) -> str:
    """A share as a percentage, with more digits where it is just below all.

    Example:
        >>> share(0.256), share(0.256, 1), share(float("nan"))
        ('26 %', '25.6 %', '–')
        >>> share(1.0, 1), share(0.99968, 1)
        ('100.0 %', '99.97 %')
    """
    if math.isnan(value):
        return "–"
    text = f"{100 * value:.{digits}f}"
    return share(value, digits + 1) if value < 1 - 1e-9 and float(text) == 100 else f"{text} %"


def span(values: Iterable[float], digits: int = 0, unit: str = "") -> str:
    """The range of some values, or the one value if they are printed alike.

    Example:
        >>> span([3.1, 8.7], unit=" %"), span([3.1, 3.2]), span([-1.0, 1.0], 1)
        ('3 to 9 %', '3', '−1.0 to 1.0')
        >>> span([-0.01], 1)
        '0.0'
    """
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "–"
    rounded = [round(end, digits) + 0.0 for end in (min(known), max(known))]  # no −0
    ends = [f"{end:.{digits}f}".replace("-", "−") for end in rounded]
    return (ends[0] if ends[0] == ends[1] else " to ".join(ends)) + unit


def of_seeds(counts: Iterable[float]) -> str:
    """How many seeds there are, in each of some cases.

    Example:
        >>> of_seeds([1, 1]), of_seeds([7, 8])
        ('1 seed', '7 to 8 seeds')
    """
    return f"{span(counts)} seed{'s' * (max(counts) != 1)}"


def number(row: pd.Series, name: str) -> float:
    """A number of a row; NaN where the row lacks it."""
    return float(row.get(name, math.nan))


def ends(low: float, high: float, digits: int = 0) -> str:
    """The ends of an interval; both of them, also where they are printed alike.

    Example:
        >>> ends(0.61, 0.68, 1), ends(0.04, 0.06, 1), ends(float("nan"), 1.0)
        ('0.6 to 0.7', '0.0 to 0.1', '–')
        >>> ends(0.11, 0.12, 1)
        '0.1 to 0.1'
    """
    if math.isnan(low) or math.isnan(high):
        return "–"
    return f"{span([low], digits)} to {span([high], digits)}"


def with_ends(value: str, ends: str) -> str:
    """A value, and the ends of its interval where it has one.

    Example:
        >>> with_ends("0.41", "0.30 to 0.52"), with_ends("0.41", "–")
        ('0.41 (0.30 to 0.52)', '0.41')
    """
    return value if ends == "–" else f"{value} ({ends})"


def p_text(p: float) -> str:
    """A p-value.

    Example:
        >>> p_text(0.00002), p_text(0.0312), p_text(float("nan"))
        ('< 0.001', '0.031', '–')
    """
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def counted(count: int, what: str) -> str:
    """A number of things.

    Example:
        >>> counted(1, "case"), counted(1152, "network")
        ('1 case', '1,152 networks')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


def listed(texts: Mapping[str, Any]) -> str:
    """What is said of each cell, in a row.

    Example:
        >>> listed({"gru": "3 %", "rnn_tanh": "5 %"})
        'GRU 3 %, RNN-Tanh 5 %'
    """
    return ", ".join(f"{cell_name(cell)} {text}" for cell, text in texts.items())
