"""The thesis's claims with their verdicts, as a report for readers."""

import math
from collections.abc import Iterator

import pandas as pd

from sparsernn.report.blocks import Block, Heading, Paragraph, Table
from sparsernn.report.words import cell_name, schedule_name
from sparsernn.thesis.claims_table import VERDICTS

__all__ = ["claims_report", "counted_verdicts", "views", "with_interval"]

_HEADER = ["Claim", "Thesis", "Study", "Ours", "Verdict"]
_WIDTHS = [30, 14, 22, 16, 31]
_RESULT = ["ours", "low", "high", "verdict", "reason"]
_ABOUT = (
    "Every claim of the thesis has a criterion, fixed before a result was seen. Replicated, not "
    "replicated: our value, with the whole of its interval where it has one, meets or misses the "
    "criterion. Inconclusive: the interval lies across the criterion's border, or the claim can be "
    "read in ways that disagree. Not testable: the study lacks what the claim is about. Intervals, "
    "in parentheses: over seeds their range, else of the single network or estimate. Claims on "
    "pruned networks are judged for each schedule of pruning."
)


def claims_report(judged: pd.DataFrame, questions: pd.DataFrame) -> list[Block]:
    """The claims by research question, below the counts of their verdicts.

    Args:
        judged: the results of `sparsernn.thesis.claims.judge`, of one protocol or several.
        questions: columns id and question.
    """
    blocks: list[Block] = [
        Heading("The claims of the thesis", level=1),
        Paragraph(_ABOUT),
        _counts(judged),
    ]
    for number, question in zip(questions["id"], questions["question"], strict=True):
        claims = judged[judged["question"].astype(str) == str(number)]
        if len(claims):
            rows = [row for _, results in claims.groupby("id") for row in _rows(results)]
            blocks += [Heading(f"{number}. {question}"), _counts(claims)]
            blocks.append(Table(_HEADER, rows, _WIDTHS))
    return blocks


def views(judged: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Protocol, schedule and claims: first those of no schedule (""), then those of each."""
    first = judged.sort_values("schedule", key=lambda names: names != "", kind="stable")
    for protocol in judged["protocol"].unique():
        claims = first[first["protocol"] == protocol]
        for schedule, rows in claims.groupby("schedule", sort=False):
            yield protocol, schedule, rows


def counted_verdicts(verdicts: pd.Series) -> list[int]:
    """How many there are of each verdict, in the order of `VERDICTS`."""
    return [int((verdicts == verdict).sum()) for verdict in VERDICTS]


def with_interval(value: str, low: float, high: float) -> str:
    """A value and its interval, where it has one.

    Example:
        >>> with_interval("0.93", 0.91, 0.952), with_interval("never", 4, float("inf"))
        ('0.93 (0.91 to 0.952)', 'never (4 to never)')
    """
    if math.isnan(low) or math.isnan(high):
        return value
    ends = ("never" if math.isinf(end) else f"{end:.3g}" for end in (low, high))
    return f"{value} ({' to '.join(ends)})"


def _counts(judged: pd.DataFrame) -> Table:
    scheduled = bool((judged["schedule"] != "").any())
    header = ["Protocol", *(["Schedule"] if scheduled else []), "Claims"]
    rows = []
    for protocol, schedule, claims in views(judged):
        which = [schedule_name(schedule) or "any"] if scheduled else []
        counts = [len(claims), *counted_verdicts(claims["verdict"])]
        rows.append([protocol, *which, *map(str, counts)])
    header += [verdict.capitalize() for verdict in VERDICTS]
    return Table(header, rows, [1] * len(header))


def _rows(results: pd.DataFrame) -> Iterator[list[str]]:
    """A row for each different result of a claim; the first one has the claim."""
    one = results.iloc[0]
    cell = "" if one["cell"] == "all" else f"{cell_name(one['cell'])}: "
    claim = [f"{one['id']} {cell}{one['statement']}", one["published"]]
    for _, same in results.groupby(_RESULT, sort=False, dropna=False):
        row = same.iloc[0]
        verdict = row["verdict"]
        if verdict != "replicated" and row["reason"]:
            verdict = f"{verdict}: {row['reason']}"
        ours = with_interval(row["ours"], row["low"], row["high"]) or "–"
        studies = "all" if 1 < len(same) == len(results) else _studies(same)
        yield [*claim, studies, ours, verdict]
        claim = ["", ""]


def _studies(results: pd.DataFrame) -> str:
    """The protocols, and the schedules of each, of some results."""
    named = [
        ": ".join(filter(None, [protocol, ", ".join(map(schedule_name, rows["schedule"]))]))
        for protocol, rows in results.groupby("protocol", sort=False)
    ]
    return ("; " if any(results["schedule"]) else ", ").join(named)
