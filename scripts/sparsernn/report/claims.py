"""The thesis's claims with their verdicts in both editions, as a report for readers."""

import math
from collections.abc import Iterator

import pandas as pd

from sparsernn.report.blocks import Block, Heading, Paragraph, Table
from sparsernn.report.words import cell_name, schedule_name
from sparsernn.thesis.agreement import AGREES, CANNOT_TELL, DISAGREES
from sparsernn.thesis.claims_table import VERDICTS
from sparsernn.thesis.paper import PAPER
from sparsernn.thesis.second_edition import NOT_COUNTED, NOT_TESTABLE, PAIRED_VERDICTS
from sparsernn.thesis.wrong_cells import wrong_cells

__all__ = [
    "about",
    "claims_report",
    "counted_second",
    "counted_verdicts",
    "judgeable",
    "paper_report",
    "verdicts",
    "views",
    "with_interval",
]

_HEADER = ["Claim", "Thesis", "Study", "Ours", "First edition", "Second edition", "Rates"]
_WIDTHS = [25, 10, 12, 15, 19, 31, 9]
_RESULT = ["ours", "low", "high", "over", "verdict", "reason", "second_verdict", "second_reason"]
_RESULT += ["first_rate", "self_rate", "changed"]
_HALF = 0.5  # of the seeds
_RATES = ("first_rate", "self_rate")
_ABOUT = (
    "Every claim has two verdicts. The criteria of the first edition were fixed before a result "
    "was seen. The second edition was written after the results, because the first one took the "
    "thesis's one run as free of error; it keeps the first one's verdicts beside its own, and "
    "says what changed.",
    "First edition. Replicated, not replicated: our value, with the whole of its interval where it "
    "has one, meets or misses the criterion. Inconclusive: the interval lies across the "
    "criterion's border, or the claim can be read in ways that disagree. Not testable: the study "
    "lacks what the claim is about. In parentheses behind our value: its interval, and what it is "
    "over. A range over seeds is no confidence interval: more seeds make it wider. An r or R² is "
    "replicated if it is near enough to the thesis's, whatever its interval; else it is not "
    "replicated if the interval leaves the thesis's value out.",
    "Second edition. Only outcomes are judged, which are results of training, or of drawing "
    "strings. Claims that follow from the settings or the code (construction), are about the "
    "thesis's wording (text), or repeat another claim (duplicate) are not counted. Of the "
    "thesis's own procedure (published protocol, one-shot pruning) a claim agrees if the "
    "thesis's value is a draw like ours: within the range of our seeds, where there are five or "
    "more, or within the errors of both studies and a bound of what matters. It agrees as well if "
    "most of our seeds show what it says although the thesis's number is outside their range; and "
    "where the thesis's own number does not show what its text says, the share of our seeds that "
    "do decides alone. So “agrees” says that the thesis's run could be one of ours; how many of "
    "ours show the claim stands beside it. Of other protocols and schedules a claim still holds if "
    "most seeds show what it says; that is no replication.",
    "Under “Ours”, a / b are two readings of a claim, and percentages pruned go in steps of 10, as "
    "the thesis's do. An r is there that of the mean over a graph's starts; the verdict compares "
    "one start of ours, as the thesis has one, in Fisher's z. With 200 graphs on either side, the "
    "errors of r are so large that its criterion hardly ever says “agrees”.",
    "Rates: the self-replication rates of the criteria of both editions, the first one's before "
    "the arrow. One of our runs stands for the thesis, another one for us: how often would the "
    "criterion accept it? With a rate below 0.8 the range of our seeds, or the share of them that "
    "show a claim, can't tell: fewer than ten seeds that all differ never reach it. Where errors "
    "are compared (few seeds, r, R², sets), no claim agrees with a rate below 0.8; but one "
    "disagrees if the difference is significant, as the false alarms of that test are few "
    "whatever the rate. Claims on pruned networks are judged for each schedule of pruning.",
)
_EDITIONS = ("First edition, {which}.", "Second edition, outcomes only.")
_PART = (
    "This study has a part of the thesis's experiment. Of {outcomes} outcomes that the thesis "
    "claims it can't judge {untestable}, as it lacks what they are about. They are left out, and "
    "so are claims that are no outcomes. Never means: not within the epochs that networks were "
    "trained or retrained."
)
_SELDOM = (
    "Outcomes that agree, and have several seeds: {agree}. Fewer than half of our seeds show "
    "{seldom} of them: there the thesis's run is a draw like ours, but most other runs would not "
    "show what it claims."
)
_CHANCE = (
    "Some failures are expected if the thesis's run is a draw like ours, as every test errs with a "
    "known probability. The last column has their number."
)
_PAPER = (
    "Stier, Darji and Granitzer (2021) studied the same recurrent networks, and others. Only what "
    "could be read in their abstract and in their code is listed; no number is given that was not "
    "found there. There is no first edition of these verdicts."
)
_SHARPNESS = (
    "How sharp are the criteria? Give each of the thesis's correlations the value that it reports "
    "for another cell: of {pairs} such wrong values the first edition's criterion accepts {first}. "
    "The second edition agrees with {agrees}, disagrees with {disagrees}, and can't tell of "
    "{unclear}, as 200 graphs are too few."
)
_BOTH = "Outcomes by their verdicts in both editions."


def claims_report(judged: pd.DataFrame, questions: pd.DataFrame, whole: bool = True) -> list[Block]:
    """The claims by research question, below the counts of their verdicts.

    Args:
        judged: the results of `sparsernn.thesis.second_edition.judge_twice`.
        questions: columns id and question.
        whole: whether the study has all of the thesis's experiment; if not, what it can't judge is
            counted and left out.
    """
    title: list[Block] = [Heading("The claims of the thesis", level=1), *about()]
    return [*title, *verdicts(judged, questions, whole)]


def about() -> list[Block]:
    """What the verdicts of both editions mean."""
    return [*map(Paragraph, _ABOUT)]


def verdicts(judged: pd.DataFrame, questions: pd.DataFrame, whole: bool = True) -> list[Block]:
    """The counts of the verdicts and the claims by research question; see `claims_report`."""
    blocks: list[Block] = []
    if not whole:
        every, judged = judged, judgeable(judged)
        blocks.append(Paragraph(_left_out(every, judged)))
    if judged.empty:
        return blocks
    blocks += [
        Paragraph(_EDITIONS[0].format(which="all claims" if whole else "the same outcomes")),
        _counts(judged),
        Paragraph(f"{_EDITIONS[1]} {_CHANCE}"),
        _second_counts(judged),
        *_seldom_shown(judged),
        Paragraph(_BOTH),
        _both(judged),
        *_sharpness(judged),
    ]
    for number, question in zip(questions["id"], questions["question"], strict=True):
        claims = judged[judged["question"].astype(str) == str(number)]
        if len(claims):
            blocks += [Heading(f"{number}. {question}"), _second_counts(claims)]
            blocks.append(_claims(claims))
    return blocks


def judgeable(judged: pd.DataFrame) -> pd.DataFrame:
    """The outcomes that a study can judge, of all claims."""
    return judged[~judged["second_verdict"].isin([NOT_TESTABLE, NOT_COUNTED])]


def _left_out(every: pd.DataFrame, judged: pd.DataFrame) -> str:
    outcomes = every.loc[every["second_verdict"] != NOT_COUNTED, "id"].nunique()
    return _PART.format(outcomes=outcomes, untestable=outcomes - judged["id"].nunique())


def _seldom_shown(judged: pd.DataFrame) -> list[Block]:
    """How many claims agree that fewer than half of several seeds show."""
    known = judged[(judged["second_verdict"] == AGREES) & (judged["seeds"] > 1)]
    known = known[known["meeting"].notna()]
    seldom = int((known["meeting"] < _HALF).sum())
    return [Paragraph(_SELDOM.format(agree=len(known), seldom=seldom))] if seldom else []


def paper_report(judged: pd.DataFrame, whole: bool = True) -> list[Block]:
    """The claims of a paper of the same group, below those of the thesis.

    Args:
        judged: the results of `sparsernn.thesis.paper.judge_paper`.
        whole: see `claims_report`; nothing is said if a part can judge none of them.
    """
    if not whole:
        judged = judged[~judged["verdict"].isin([NOT_TESTABLE, NOT_COUNTED])]
        if judged.empty:
            return []
    rows: list[list[str]] = []
    for _, results in judged.groupby("id", sort=False):
        one = results.iloc[0]
        kind = "" if one["class"] == "outcome" else f" ({one['class']})"
        source = one["source"] if one["verified"] == "yes" else f"{one['source']}; not verified"
        claim = [f"{one['id']} {one['statement']}{kind} {one['note']}".strip(), source]
        for _, same in results.groupby(["ours", "verdict", "reason"], sort=False):
            row = same.iloc[0]
            studies = "all" if 1 < len(same) == len(results) else ", ".join(same["protocol"])
            verdict = f"{row['verdict']}: {row['reason']}"
            rows.append([*claim, studies, row["ours"] or "–", verdict])
            claim = ["", ""]
    header = ["Claim", "Source", "Study", "Ours", "Verdict (second edition)"]
    return [Heading(PAPER), Paragraph(_PAPER), Table(header, rows, [38, 22, 13, 15, 38])]


def views(judged: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Protocol, schedule and claims: first those of no schedule (""), then those of each."""
    first = judged.sort_values("schedule", key=lambda names: names != "", kind="stable")
    for protocol in judged["protocol"].unique():
        claims = first[first["protocol"] == protocol]
        for schedule, rows in claims.groupby("schedule", sort=False):
            yield protocol, schedule, rows


def counted_verdicts(verdicts: pd.Series) -> list[int]:
    """How many there are of each verdict of the first edition, in the order of `VERDICTS`."""
    return [int((verdicts == verdict).sum()) for verdict in VERDICTS]


def counted_second(verdicts: pd.Series) -> list[int]:
    """The same for the second edition, in the order of `PAIRED_VERDICTS`."""
    return [int(verdicts.isin(names).sum()) for names in PAIRED_VERDICTS]


def with_interval(value: str, low: float, high: float, over: str = "") -> str:
    """A value and its interval, where it has one, and what that is over.

    Example:
        >>> with_interval("0.93", 0.91, 0.952, "strings"), with_interval("never", 4, float("inf"))
        ('0.93 (0.91 to 0.952, over strings)', 'never (4 to never)')
    """
    if math.isnan(low) or math.isnan(high):
        return value
    ends = ("never" if math.isinf(end) else f"{end:.3g}" for end in (low, high))
    return f"{value} ({' to '.join(ends)}{f', over {over}' if over else ''})"


def _claims(claims: pd.DataFrame) -> Table:
    rows = [row for _, results in claims.groupby("id", sort=False) for row in _rows(results)]
    return Table(_HEADER, rows, _WIDTHS)


def _which(judged: pd.DataFrame) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """The first cells of each row of a table of counts, and the claims that are counted."""
    scheduled = bool((judged["schedule"] != "").any())
    for protocol, schedule, claims in views(judged):
        yield [protocol, *([schedule_name(schedule) or "any"] if scheduled else [])], claims


def _counts(judged: pd.DataFrame) -> Table:
    rows = []
    for which, claims in _which(judged):
        counts = [len(claims), *counted_verdicts(claims["verdict"])]
        rows.append([*which, *map(str, counts)])
    names = ["Protocol", "Schedule"][: len(rows[0]) - 1 - len(VERDICTS)]
    header = [*names, "Claims", *(verdict.capitalize() for verdict in VERDICTS)]
    return Table(header, rows, [1] * len(header))


def _second_counts(judged: pd.DataFrame) -> Table:
    rows = []
    for which, claims in _which(judged):
        outcomes = claims[claims["second_verdict"] != NOT_COUNTED]
        counts = [len(outcomes), *counted_second(outcomes["second_verdict"])]
        rows.append([*which, *map(str, counts), f"{outcomes['chance'].sum():.1f}"])
    names = ["Protocol", "Schedule"][: len(rows[0]) - 2 - len(PAIRED_VERDICTS)]
    header = [*names, "Outcomes", *_paired(), "Failures expected by chance"]
    return Table(header, rows, [1] * len(header))


def _both(judged: pd.DataFrame) -> Table:
    outcomes = judged[judged["second_verdict"] != NOT_COUNTED]
    rows = [
        [protocol, verdict, *map(str, counted_second(same["second_verdict"]))]
        for protocol in outcomes["protocol"].unique()
        for verdict in VERDICTS
        for same in [
            outcomes[(outcomes["protocol"] == protocol) & (outcomes["verdict"] == verdict)]
        ]
        if len(same)
    ]
    header = ["Protocol", "First edition", *_paired()]
    return Table(header, rows, [1] * len(header))


def _sharpness(judged: pd.DataFrame) -> list[Block]:
    found = wrong_cells(judged)
    if not found["pairs"]:
        return []
    text = _SHARPNESS.format(
        pairs=found["pairs"],
        first=found["first"],
        agrees=found[AGREES],
        disagrees=found[DISAGREES],
        unclear=found[CANNOT_TELL],
    )
    return [Paragraph(text)]


def _paired() -> list[str]:
    """The verdicts of the second edition, in words of both kinds."""
    return [" / ".join(names).capitalize() for names in PAIRED_VERDICTS]


def _rows(results: pd.DataFrame) -> Iterator[list[str]]:
    """A row for each different result of a claim; the first one has the claim."""
    one = results.iloc[0]
    cell = "" if one["cell"] == "all" else f"{cell_name(one['cell'])}: "
    kind = "" if one["class"] == "outcome" else f" ({one['class']})"
    claim = [f"{one['id']} {cell}{one['statement']}{kind}", one["published"]]
    for _, same in results.groupby(_RESULT, sort=False, dropna=False):
        row = same.iloc[0]
        studies = "all" if 1 < len(same) == len(results) else _studies(same)
        ours = with_interval(row["ours"], row["low"], row["high"], row["over"]) or "–"
        yield [*claim, studies, ours, _first(row), _second(row), _rates(row)]
        claim = ["", ""]


def _first(row: pd.Series) -> str:
    verdict = row["verdict"]
    return (
        verdict if verdict == "replicated" or not row["reason"] else f"{verdict}: {row['reason']}"
    )


def _second(row: pd.Series) -> str:
    said = f"{row['second_verdict']}: {row['second_reason']}"
    return f"{said}. {row['changed']}" if row["changed"] else said


def _rates(row: pd.Series) -> str:
    rates = ["–" if math.isnan(row[name]) else f"{row[name]:.2f}" for name in _RATES]
    return "" if set(rates) == {"–"} else " → ".join(rates)


def _studies(results: pd.DataFrame) -> str:
    """The protocols, and the schedules of each, of some results."""
    named = [
        ": ".join(filter(None, [protocol, ", ".join(map(schedule_name, rows["schedule"]))]))
        for protocol, rows in results.groupby("protocol", sort=False)
    ]
    return ("; " if any(results["schedule"]) else ", ").join(named)
