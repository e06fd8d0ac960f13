"""How soon does a pruned network recover when it is retrained?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import Finding, counted, of_seeds, span
from sparsernn.report.words import cell_name

ORDER = 15
INPUTS = {"regain": "analysis/regain_by_epoch"}
_LEAST = 5  # networks: of fewer, nothing is a finding
_MAGNITUDE = "one_shot"
_RANDOM = {  # arms beside it, and what is random in them: the first that a study has
    "random_matched": "as many weights in every layer and gate",
    "random": "as many weights in all",
}
_CASE = ["cell", "protocol", "percent"]


def regained(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """How many networks are back within a point of their dense network, by epoch of retraining."""
    rows = tables["regain"]
    rows = rows[rows["rule"].astype(str).str.startswith("dense") & (rows["target"] == "both")]
    rows = rows[(rows["percent"] > 0) & (rows["percent"] < 100)]
    random = [arm for arm in _RANDOM if arm in set(rows["schedule"])][:1]
    arms = {arm: rows[rows["schedule"] == arm] for arm in (_MAGNITUDE, *random)}
    magnitude = arms[_MAGNITUDE]
    if magnitude.empty or _counts(magnitude)["seeds"].max() < _LEAST:
        return None
    last, near = int(min(each["epoch"].max() for each in arms.values())), _near(rows)
    if last < 1:
        return None
    epochs = sorted({0, 1, last})
    return Finding(
        question="How soon does a pruned network recover when it is retrained?",
        answer=f"After one epoch, {_told(arms, 1)} are within {near} of their dense network"
        + (f"; after {last}, {_told(arms, last, whole=False)}." if last > 1 else "."),
        detail=f"Right after pruning, {_told(arms, 0, whole=False)} are. Pruned are "
        f"{span(magnitude['percent'], unit=' %')} of the recurrent weights.",
        evidence=f"{of_seeds(magnitude['seeds'])} of each cell and protocol, pruned at "
        f"{counted(magnitude['percent'].nunique(), 'percentage')}. All that are pruned from one "
        "dense network are alike in that, so the counts have no interval. A network counts from "
        "the first epoch on at which its accuracy is that near, or higher.",
        beside=f"Random masks leave {_RANDOM[random[0]]}."
        if random
        else "It has no random masks beside it.",
        confounds="An epoch is all training strings once: with fewer strings it is shorter.",
        thesis=_thesis(magnitude, near),
        unknown="Longer retraining, other percentages, other tasks.",
        header=["cell, protocol, percent"]
        + [f"{words}: {_when(epoch)}" for words in _words(arms) for epoch in epochs],
        rows=_rows(arms, epochs),
        claims=("C113",),
    )


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """By epoch, how many networks there are, and how many have been near enough by then."""
    return rows.groupby("epoch")[["seeds", "regained"]].sum()


def _words(arms: Mapping[str, pd.DataFrame]) -> list[str]:
    return ["by magnitude" if arm == _MAGNITUDE else "at random" for arm in arms]


def _told(arms: Mapping[str, pd.DataFrame], epoch: int, whole: bool = True) -> str:
    """How many networks of each arm are near enough: in full, or the numbers alone."""
    told: list[str] = []
    for words, rows in zip(_words(arms), arms.values(), strict=True):
        networks, near = _counts(rows).loc[epoch]
        first = "networks pruned " if not told else "pruned "
        told.append(f"{near} of {networks} {first}{words}" if whole else f"{near}")
    return " and ".join(told)


def _near(rows: pd.DataFrame) -> str:
    """How far below the dense network's an accuracy may be, from the name of the rule."""
    _, _, within = str(rows["rule"].iloc[0]).partition(" - ")
    points = span([100 * float(within)], 1)
    return "a point" if points == "1.0" else f"{points} points"


def _thesis(rows: pd.DataFrame, near: str) -> str:
    counts = _counts(rows)
    lost = int(counts.loc[0, "seeds"] - counts.loc[0, "regained"])
    back = int(counts.loc[1, "regained"] - counts.loc[0, "regained"])
    said = "It finds that one epoch suffices in most cases, without random masks beside them"
    if not lost:
        return f"{said}. Here no network lost more than {near}, so it can't be told."
    agrees = "that agrees" if back > lost / 2 else "that does not agree"
    return f"{said}. Here {back} of {lost} that lost more than {near} are back: {agrees}."


def _when(epoch: int) -> str:
    return "at once" if epoch == 0 else f"after {counted(epoch, 'epoch')}"


def _rows(arms: Mapping[str, pd.DataFrame], epochs: list[int]) -> list[list[str]]:
    """For each case, how many networks are near enough at each of some epochs."""
    cases = list(dict.fromkeys(arms[_MAGNITUDE][_CASE].itertuples(index=False, name=None)))
    each = [rows.set_index([*_CASE, "epoch"]) for rows in arms.values()]
    return [
        [f"{cell_name(cell)}, {protocol}, {percent:g} %"]
        + [_share(rows, (cell, protocol, percent, epoch)) for rows in each for epoch in epochs]
        for cell, protocol, percent in cases
    ]


def _share(rows: pd.DataFrame, key: tuple[str, str, float, int]) -> str:
    if key not in rows.index:
        return "–"
    row = rows.loc[key]
    return f"{int(row['regained'])} of {int(row['seeds'])}"
