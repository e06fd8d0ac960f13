"""What a study answers to the thesis's research questions, in words that follow from its tables."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sparsernn.report.blocks import Block, Heading, Paragraph
from sparsernn.report.claims import counted_verdicts
from sparsernn.report.evidence import FINDINGS
from sparsernn.report.words import schedule_name
from sparsernn.thesis.claims_table import VERDICTS
from sparsernn.thesis.study import Study

__all__ = ["TABLES", "answers_report"]

TABLES = ("strings", "dense_history", "pruning_history", "correlations", "prediction")
"""The tables that the answers are read from."""

_ABOUT = (
    "For each question: what the thesis answers, in short, then what this study finds. An answer "
    "rests on the claims named with it; these and all others, with their criteria, are in the "
    "chapter of the claims. Intervals in parentheses; where several seeds were trained, values are "
    "medians and their intervals the range."
)
_OUTCOMES = ("holds", "does not hold", "stays open", "cannot be tested")


def answers_report(
    judged: pd.DataFrame,
    answers: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    schedules: Sequence[str],
    confidence: float,
) -> list[Block]:
    """The questions, the thesis's answers and ours.

    Args:
        judged: the verdicts, from `sparsernn.thesis.claims.judge`, of one protocol or several.
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
        Heading("Answers to the research questions", level=1),
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
    """Whether the answer holds, and how many of the claims do, by schedule where it matters."""
    named = schedules if claims["schedule"].isin(schedules).any() else [""]
    sentences = []
    for schedule in named:
        seen = claims[claims["schedule"].isin(["", schedule])]
        verdicts = seen.set_index("id")["verdict"]
        counts = zip(counted_verdicts(verdicts), VERDICTS, strict=True)
        where = f"pruned {schedule_name(schedule)}, the" if schedule else "the"
        sentences.append(
            f"{where.capitalize()} answer {outcome(verdicts[verdicts.index.isin(central)])}. "
            f"Claims on the question: {len(verdicts)}, of them "
            f"{', '.join(f'{n} {name}' for n, name in counts if n) or 'none judged'}."
        )
    return sentences


def outcome(verdicts: pd.Series) -> str:
    """Whether an answer holds that rests on some claims, and which of them do.

    Args:
        verdicts: by the claims' ids.

    Example:
        >>> outcome(pd.Series({"C1": "replicated", "C2": "not replicated"}))
        'holds in part (holds: C1; does not hold: C2)'
    """
    words = dict(zip(VERDICTS, _OUTCOMES, strict=True))
    ids = {words[v]: list(verdicts.index[verdicts == v]) for v in VERDICTS if (verdicts == v).any()}
    if not ids:
        return words[VERDICTS[-1]]
    if len(ids) == 1:
        return f"{next(iter(ids))} ({', '.join(verdicts.index)})"
    if set(ids) == {_OUTCOMES[0], _OUTCOMES[-1]}:
        whole = "holds as far as it can be tested"
    else:
        whole = "holds in part" if _OUTCOMES[0] in ids else "is not confirmed"
    parts = (f"{word}: {', '.join(names)}" for word, names in ids.items())
    return f"{whole} ({'; '.join(parts)})"
