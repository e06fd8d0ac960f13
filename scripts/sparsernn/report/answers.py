"""An appendix: what a study measures for each research question, and how its claims fare."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sparsernn.report.blocks import Block, Heading, Paragraph
from sparsernn.report.claims import counted_second
from sparsernn.report.evidence import FINDINGS
from sparsernn.report.words import schedule_name
from sparsernn.thesis.claims_table import VERDICTS
from sparsernn.thesis.second_edition import NOT_COUNTED, PAIRED_VERDICTS
from sparsernn.thesis.study import Study

__all__ = ["TABLES", "answers_report"]

TABLES = ("strings", "dense_history", "pruning_history", "correlations", "prediction")
"""The tables that the answers are read from."""

_ABOUT = (
    "An appendix. For each question: what the thesis answers, in short, then what this study "
    "measures and how the claims fare that the answer rests on. These and all other claims, with "
    "their criteria in both editions, are in the chapter of the claims. Where several seeds were "
    "trained, values are medians, and parentheses hold the range over seeds; otherwise they hold "
    "an interval over strings or graphs, as the captions say."
)
_OUTCOMES = ("holds", "does not hold", "stays open", "cannot be tested")
_WORDS = dict(zip(VERDICTS, _OUTCOMES, strict=True)) | {
    verdict: word
    for verdicts, word in zip(PAIRED_VERDICTS, _OUTCOMES, strict=True)
    for verdict in verdicts
}
_SECOND = ("agree or still hold", "fail", "can't be told", "can't be tested")


def answers_report(
    judged: pd.DataFrame,
    answers: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    schedules: Sequence[str],
    confidence: float,
) -> list[Block]:
    """The questions, the thesis's answers and ours.

    Args:
        judged: the verdicts, from `sparsernn.thesis.second_edition.judge_twice`.
        answers: columns id, question, answer (the thesis's), claims (ids of those that it rests
            on, apart by spaces).
        tables: the study's tables by their names in `TABLES`.
        schedules: schedules of pruning.
        confidence: coverage of the intervals.
    """
    studies = {
        protocol: {name: Study(tables, protocol, name, confidence) for name in schedules}
        for protocol in judged["protocol"].unique()
    }
    blocks: list[Block] = [
        Heading("Appendix: the answers, claim by claim", level=1),
        Paragraph(_ABOUT),
    ]
    for row in answers.astype(str).to_dict("records"):
        claims = judged[judged["question"].astype(str) == row["id"]]
        blocks.append(Heading(f"{row['id']}. {row['question']}"))
        blocks.append(Paragraph(f"The thesis: {row['answer']}"))
        finding = FINDINGS.get(row["id"])
        for protocol, by_schedule in studies.items():
            rows = claims[claims["protocol"] == protocol]
            sentences = _verdicts(rows, row["claims"].split(), schedules)
            if finding:
                sentences += finding.sentences(by_schedule)
            blocks.append(Paragraph(f"Protocol {protocol}: {' '.join(sentences)}"))
        table = finding.table(studies) if finding and finding.table else None
        if finding and table and table.rows:
            blocks += [Paragraph(finding.caption), table]
    return blocks


def _verdicts(claims: pd.DataFrame, central: Sequence[str], schedules: Sequence[str]) -> list[str]:
    """Whether the answer holds, by both editions, and how many outcomes fail beside chance."""
    named = schedules if claims["schedule"].isin(schedules).any() else [""]
    sentences = []
    for schedule in named:
        seen = claims[claims["schedule"].isin(["", schedule])].set_index("id")
        counted = seen[seen["second_verdict"] != NOT_COUNTED]
        counts = zip(counted_second(counted["second_verdict"]), _SECOND, strict=True)
        where = f"pruned {schedule_name(schedule)}, the" if schedule else "the"
        second, first = (
            outcome(rows.loc[rows.index.isin(central), column])
            for rows, column in ((counted, "second_verdict"), (seen, "verdict"))
        )
        sentences.append(
            f"{where.capitalize()} answer {second}. By the first edition's criteria it {first}. "
            f"Outcomes claimed on the question: {len(counted)}, of them "
            f"{', '.join(f'{n} {name}' for n, name in counts if n) or 'none judged'}; failures "
            f"expected by chance: {counted['chance'].sum():.1f}."
        )
    return sentences


def outcome(verdicts: pd.Series) -> str:
    """Whether an answer holds that rests on some claims, and which of them do.

    Args:
        verdicts: of either edition, by the claims' ids.

    Example:
        >>> outcome(pd.Series({"C1": "replicated", "C2": "not replicated"}))
        'holds in part (holds: C1; does not hold: C2)'
    """
    found = verdicts.map(_WORDS)
    ids = {word: list(found.index[found == word]) for word in _OUTCOMES if (found == word).any()}
    if not ids:
        return _OUTCOMES[-1]
    if len(ids) == 1:
        return f"{next(iter(ids))} ({', '.join(verdicts.index)})"
    if set(ids) == {_OUTCOMES[0], _OUTCOMES[-1]}:
        whole = "holds as far as it can be tested"
    else:
        whole = "holds in part" if _OUTCOMES[0] in ids else "is not confirmed"
    parts = (f"{word}: {', '.join(names)}" for word, names in ids.items())
    return f"{whole} ({'; '.join(parts)})"
