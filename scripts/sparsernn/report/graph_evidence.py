"""The evidence on correlation and prediction: sentences, and a table for each."""

from collections.abc import Iterator

import pandas as pd

from sparsernn.report.blocks import Table
from sparsernn.report.measured import NOTHING, Protocols, Schedules, any_of, listed, rows_of, shown
from sparsernn.report.words import cell_name, cells_of, property_name
from sparsernn.thesis.study import Study

__all__ = ["correlation_sentences", "correlation_table"]
__all__ += ["prediction_sentences", "prediction_table"]

_SCHEMES = {"thesis_split": "thesis's split", "cross_validation": "cross-validation"}


def _correlations(study: Study) -> Iterator[tuple[str, pd.DataFrame]]:
    found = rows_of(study, "correlations")
    for cell in cells_of(found):
        rows = found[found["cell"] == cell].dropna(subset=["r"])
        if len(rows):
            yield cell, rows


def _r(row: pd.Series) -> str:
    return f"{property_name(row['property'])} {shown(row['r'], row['low'], row['high'])}"


def _clear(study: Study, rows: pd.DataFrame) -> int:
    """How many properties have an adjusted p below the level."""
    return int((rows["p_adjusted"] < 1 - study.confidence).sum())


def correlation_sentences(studies: Schedules) -> list[str]:
    """The strongest correlation of each cell, and how many differ from 0."""
    study = any_of(studies)
    found = dict(_correlations(study))
    if not found:
        return []
    strongest = {cell: _r(rows.loc[rows["r"].abs().idxmax()]) for cell, rows in found.items()}
    clear = sum(_clear(study, rows) for rows in found.values())
    tested = sum(map(len, found.values()))
    return [
        f"Strongest correlations: {listed(strongest)}.",
        f"{clear} of {tested} correlations differ significantly from 0 "
        f"(adjusted p below {1 - study.confidence:.2g}).",
    ]


def correlation_table(studies: Protocols) -> Table:
    """A row for each protocol and cell: the strongest correlations of either sign."""
    rows = []
    for protocol, schedules in studies.items():
        study = any_of(schedules)
        for cell, found in _correlations(study):
            most, least = found.loc[found["r"].idxmax()], found.loc[found["r"].idxmin()]
            positive = _r(most) if most["r"] > 0 else NOTHING
            negative = _r(least) if least["r"] < 0 else NOTHING
            clear = f"{_clear(study, found)} of {len(found)}"
            graphs = f"{found['n'].max()}"
            rows.append([protocol, cell_name(cell), graphs, positive, negative, clear])
    header = ["Protocol", "Cell", "Graphs", "Strongest positive r", "Strongest negative r"]
    return Table([*header, "Differ from 0"], rows, [11, 11, 10, 30, 30, 12])


def prediction_sentences(studies: Schedules) -> list[str]:
    """The best R² of each cell, by both ways of holding graphs out."""
    sentences = []
    for scheme, words in _SCHEMES.items():
        found = rows_of(any_of(studies), "prediction", scheme=scheme).dropna(subset=["r2"])
        best = {}
        for cell in cells_of(found):
            rows = found[found["cell"] == cell]
            row = rows.loc[rows["r2"].idxmax()]
            regressor = row["regressor"].replace("_", " ")
            best[cell] = f"{shown(row['r2'], row['low'], row['high'])} by {regressor}"
        if best:
            sentences.append(f"Best R², {words}: {listed(best)}.")
    return sentences


def prediction_table(studies: Protocols) -> Table:
    """A row for each protocol, cell and way of holding graphs out; a column a regressor."""
    rows = []
    regressors: dict[str, None] = {}
    for protocol, schedules in studies.items():
        found = rows_of(any_of(schedules), "prediction")
        regressors |= dict.fromkeys(found["regressor"])
        for cell in cells_of(found):
            for scheme, words in _SCHEMES.items():
                chosen = found[(found["cell"] == cell) & (found["scheme"] == scheme)]
                r2 = chosen.set_index("regressor")[["r2", "low", "high"]]
                r2 = r2.reindex(list(regressors))
                texts = [shown(*values) for values in r2.to_numpy()]
                rows.append([protocol, cell_name(cell), words, *texts])
    header = ["Protocol", "Cell", "Held out by", *(name.replace("_", " ") for name in regressors)]
    return Table(header, rows, [11, 11, 17, *[20] * len(regressors)])
