"""The measured values that answer each research question: sentences, and a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sparsernn.analysis.regain import first_reaching
from sparsernn.report.blocks import Table
from sparsernn.report.graph_evidence import (
    correlation_sentences,
    correlation_table,
    prediction_sentences,
    prediction_table,
)
from sparsernn.report.measured import (
    NOTHING,
    Protocols,
    Schedules,
    any_of,
    listed,
    measured,
    or_dash,
    rows_of,
    shown,
)
from sparsernn.report.words import cell_name, cells_of, number, schedule_name
from sparsernn.thesis.quantities import regained_cases
from sparsernn.thesis.study import (
    Study,
    at_epoch,
    near_dense,
    over_seeds,
    share,
)

__all__ = ["FINDINGS", "Finding"]

_TARGETS = {"both": "all recurrent", "i2h": "input-to-hidden", "h2h": "hidden-to-hidden"}


@dataclass(frozen=True)
class Finding:
    """What the report shows of the values measured for a question.

    Args:
        sentences: says what one protocol gave, from its studies by schedule.
        caption: says what the table shows.
        table: compares all protocols.
    """

    sentences: Callable[[Schedules], list[str]]
    caption: str = ""
    table: Callable[[Protocols], Table] | None = None


# Dense networks


def _dense_sentences(studies: Schedules) -> list[str]:
    study = any_of(studies)
    cells = cells_of(rows_of(study, "dense_history"))
    texts = {cell: or_dash(_dense, study, cell) for cell in cells}
    return [f"Test accuracy of the dense networks: {listed(texts)}."] if texts else []


def _dense(study: Study, cell: str) -> str:
    accuracy = study.dense(cell).ffill(axis="columns").iloc[:, -1]
    found = share(study, accuracy, "test")
    return shown(found.value, found.low, found.high, 3)


# Pruning


def _by_target(studies: Protocols, text: Callable[[Study, str, str], str]) -> Table:
    """A row for each protocol, schedule and target, a column for each cell."""
    every = [study for schedules in studies.values() for study in schedules.values()]
    cells = cells_of(*(rows_of(study, "pruning_history") for study in every))
    rows = [
        [protocol, schedule_name(schedule), words]
        + [or_dash(text, study, cell, target) for cell in cells]
        for protocol, schedules in studies.items()
        for schedule, study in schedules.items()
        for target, words in _TARGETS.items()
        if len(rows_of(study, "pruning_history", target=target))
    ]
    header = ["Protocol", "Schedule", "Weights", *map(cell_name, cells)]
    return Table(header, rows, [11, 10, 16, *[63 / max(len(cells), 1)] * len(cells)])


def _by_schedule(studies: Schedules, text: Callable[[Study], str], sentence: str) -> list[str]:
    """The sentence for each schedule of which the text says something, with both filled in."""
    return [
        sentence.format(schedule=schedule_name(schedule), text=found)
        for schedule, study in studies.items()
        if (found := or_dash(text, study)) not in ("", NOTHING)
    ]


def _after_pruning(study: Study, cell: str, target: str) -> pd.Series:
    """Median accuracy right after pruning, by percent; that of the dense network at 0."""
    dense = study.dense(cell).ffill(axis="columns").iloc[:, -1].median()
    percents = sorted(study.rows("pruning_history", cell=cell, target=target)["percent"].unique())
    found = {p: at_epoch(study.pruned(cell, target, p), 0).median() for p in percents}
    return pd.Series({0: dense, **found})


def _fall(study: Study, cell: str, target: str) -> str:
    """The two neighbouring percents between which accuracy falls most, and both accuracies."""
    accuracy = _after_pruning(study, cell, target)
    at = int(np.argmax(-np.diff(accuracy.to_numpy())))
    before, after = accuracy.index[at : at + 2]
    values = f"{number(accuracy[before])} to {number(accuracy[after])}"
    return f"{before:g} to {after:g}\N{NO-BREAK SPACE}%: {values}"


def _fall_and_cliff(study: Study, cell: str, target: str) -> str:
    """The same, and where half of what pruning costs in all is lost: a whole curve's property."""
    cliff = or_dash(lambda: measured("cliff", study, cell, 0, target=target))
    return f"{_fall(study, cell, target)}; half at {cliff}{'' if cliff == NOTHING else ' %'}"


def _falls(study: Study) -> str:
    """Where each cell's accuracy falls most; cells without a value are left out."""
    cells = cells_of(rows_of(study, "pruning_history"))
    falls = {cell: or_dash(_fall, study, cell, "both") for cell in cells}
    return listed({cell: text for cell, text in falls.items() if text != NOTHING})


def _safe(study: Study, cell: str, target: str) -> str:
    """The safe share, and that by first failure where it differs."""
    lasting = measured("lasting_safe_percent", study, cell, 0, target=target, rule="dense")
    first = measured("safe_percent", study, cell, 0, target=target, rule="dense")
    if lasting == NOTHING:
        return NOTHING
    return f"{lasting} %" if lasting == first else f"{lasting} %; by first failure {first} %"


def _regained(study: Study, cell: str, target: str) -> str:
    """Epochs until within a point of the dense network, where pruning cost more than that."""
    level = near_dense(study, cell)
    history = study.rows("pruning_history", cell=cell, target=target)
    percents = sorted(p for p in history["percent"].unique() if p < 100)
    curves = [c for p in percents for c in study.pruned(cell, target, p).iterrows()]
    first = [first_reaching(curve, level[seed]) for seed, curve in curves if seed in level]
    lost = [epoch for epoch in first if epoch > 0]
    if not lost:
        return "nothing lost"
    epochs = over_seeds(lost)
    return shown(epochs.value, epochs.low, epochs.high, 0)


def _safe_everywhere(study: Study) -> str:
    lasting = measured("least_lasting_safe_percent", study, "all", 0, rule="dense")
    first = measured("least_safe_percent", study, "all", 0, rule="dense")
    return f"{lasting} %, and by first failure {first} %"


def _regained_at_once(study: Study) -> str:
    """Cases of all seeds: those below 100 %, then those at 100 %, which the table leaves out."""
    parts = []
    for words, ends in (("below 100 %", {"until": 99}), ("at 100 %", {"since": 100})):
        cases = [one for seed in regained_cases(study, 1, **ends).values() for one in seed]
        parts.append(f"{sum(cases)} of {len(cases)} cases {words}" if cases else "")
    return " and ".join(filter(None, parts)) or NOTHING


def _length_only(studies: Schedules) -> list[str]:
    """What a network still knows without any input-to-hidden weight."""
    length = or_dash(lambda: f"{any_of(studies).length_baseline():.3f}")
    if length == NOTHING:
        return []
    return [
        "Without any input-to-hidden weight (100 %) a network reads no letter. The most that it "
        f"can know is how long a string is, which alone gives an accuracy of {length}."
    ]


FINDINGS: Mapping[str, Finding] = {
    "0": Finding(_dense_sentences),
    "1": Finding(
        lambda studies: _by_schedule(
            studies,
            _falls,
            "Pruned {schedule} of all recurrent weights, accuracy falls most from {text}.",
        ),
        "Between which two percentages accuracy falls most, right after pruning, and the "
        "accuracy at both (medians over seeds; 0 %: the dense network). Then the percentage at "
        "which half of what pruning costs in all is lost (median and range over seeds). Networks "
        "without any input-to-hidden weight know at most how long a string is.",
        lambda studies: _by_target(studies, _fall_and_cliff),
    ),
    "2": Finding(
        lambda studies: _by_schedule(
            studies,
            _safe_everywhere,
            "Pruned {schedule}, the share that every cell and target can lose for at most a point "
            "of the dense network's accuracy is {text}.",
        ),
        "The largest percentage up to which pruning costs at most a point of the dense "
        "network's accuracy, without retraining. It is read from the nearest curve that never "
        "rises, so that one accuracy just below the level, which larger percentages undo, ends "
        "nothing; where that differs, the percentage by first failure follows.",
        lambda studies: _by_target(studies, _safe),
    ),
    "3": Finding(
        lambda studies: [
            *_by_schedule(
                studies,
                _regained_at_once,
                "Pruned {schedule}, one epoch regains the dense network's accuracy but for a "
                "point, where pruning cost more, in {text}.",
            ),
            *_length_only(studies),
        ],
        "Epochs of retraining until the accuracy is within a point of the dense network's, "
        "where pruning less than 100 % had cost more than that (median and range over "
        "percentages and seeds).",
        lambda studies: _by_target(studies, _regained),
    ),
    "4": Finding(
        correlation_sentences,
        "Pearson's r of a graph's properties with the accuracy of the network wired by it: "
        "the strongest (Fisher's interval over graphs), and for how many properties r differs "
        "significantly from 0 (adjusted p).",
        correlation_table,
    ),
    "5": Finding(
        prediction_sentences,
        "R² of each regressor on graphs held out. The interval is a bootstrap over graphs: those "
        "that the thesis's split holds out, and all of them in cross-validation.",
        prediction_table,
    ),
}
"""The finding on each research question, by the question's id."""
