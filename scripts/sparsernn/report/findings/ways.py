"""At equal numbers of non-zeros, which way to a sparse network is better, and which claims hold?"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sparsernn.report.compared import is_sure, outcome, outcomes, points
from sparsernn.report.finding import Finding, ends, span, with_ends
from sparsernn.report.words import cell_name, way_name

ORDER = 25
INPUTS = {"ways": "analysis/ways", "costs": "pruning/costs"}
_ALPHA = 0.05
_NAMED = 2  # ways or comparisons that a sentence has room to name
_NOTABLE = 0.05  # a difference of accuracy that an answer tells of although it is undecided
_WHOLE = " Whole units go in steps, so a network can have fewer non-zeros."
_LEAST = 5  # seeds: of fewer, hardly any difference can be found
_CLAIMS = {
    "foresight": "Criteria that prune before training, against a random mask (Zhang and Stadie "
    "2020: worse than random in recurrent networks)",
    "growth": "Weights regrown by their gradient, against weights regrown at random (Liu et al. "
    "2021: random is better in recurrent networks)",
    "mask": "A mask that is shuffled or rewired, against the mask that was found (Frankle et al. "
    "2021: of masks found before training, nothing is lost)",
    "labels": "A mask found with shuffled labels, against one found with the true labels",
    "weights": "A mask on new weights, against the same mask on the weights it was found with "
    "(Frankle and Carbin 2019: new ones are worse)",
    "small": "A large network that was pruned, against a small dense one with as many non-zeros "
    "(Kalchbrenner et al. 2018: large and sparse is better)",
    "scope": "The same share of each matrix or gate pruned, against the smallest weights of all "
    "(Stier, Darji and Granitzer 2021: the latter is better)",
    "nulls": "Random masks and graphs, and masks made at random from one that was found, against "
    "one another",
    "chance": "A way against itself with other random numbers, which differ by chance alone",
}


def ways(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """All ways against magnitude pruning, and what papers claim of some of them."""
    rows = tables["ways"]
    rows = rows[rows["estimate"].notna()].rename(columns={"estimate": "mean"})
    if rows.empty:
        return None
    whole, each = rows[rows["percent"].isna()], rows[rows["percent"].notna()]
    main = whole[whole["claim"] == "reference"]
    single = each[each["claim"] == "reference"]
    claims = whole[whole["claim"] != "reference"]
    return Finding(
        question="Which way to a sparse network is best at equal numbers of weights?",
        answer=_counted(main, single),
        brief=_better_or_worse(main) if len(main) else "",
        detail=f"{_means(main)}{_extremes(main)}{_open(main)}{_reached(single)}"
        + _few(int(rows["n"].max())),
        evidence=f"{int(rows['n'].max())} seeds of each way, compared in pairs by seed at "
        f"{span(each['percent'], unit=' %')} of the recurrent weights pruned, and in the mean over "
        f"these percentages. {_exact(tables['costs'])} {_steps(tables['costs'])} Intervals are of "
        "Student's t over seeds. Significant: paired t-test, adjusted for all comparisons of a "
        "cell and protocol (Holm), means over percentages and single percentages apart; within "
        "half a point: both one-sided t-tests at 5 %, not adjusted. Intervals are not adjusted "
        "either, so one that leaves 0 out can be undecided. A star marks a percentage at which the "
        "difference is significant.",
        beside=" ".join(
            [_claim(claims, name) for name in _CLAIMS if name in set(claims["claim"])]
            + _false(each)
        )
        or "No way is a control of another here.",
        confounds="Ways that start from the trained network share its weights, so their networks "
        "are more alike than those of other ways. Those that find a mask in a trained network "
        "spend steps on that, and have fewer to train what is left; those of two trainings have a "
        "learning rate chosen for each. Trials of learning rates are not among the steps. Where "
        "magnitude pruning is nearly always right, no way can be better, and a mean over "
        f"percentages says little.{_WHOLE * _has_units(tables['costs'])}",
        thesis="It prunes by magnitude alone, and so can't tell whether another way is better.",
        unknown="Larger networks, longer training, other tasks. What is undecided may be as large "
        "as its interval.",
        header=[
            "way",
            "cell, protocol",
            "accuracy in %",
            "against",
            "difference in points",
            "by percent",
            "outcome",
        ],
        rows=[_row(row, each) for row in whole.to_dict("records")],
    )


def _counted(main: pd.DataFrame, single: pd.DataFrame) -> str:
    """By how much ways differ from magnitude pruning, and which of them do at a percentage."""
    if main.empty:
        return "No way is compared with magnitude pruning."
    count = main["arm"].nunique()
    return (
        f"Against magnitude pruning, {count} other way{'s' * (count != 1)} "
        f"come{'s' * (count == 1)} out at {points(main['mean'])} in the mean over percentages: "
        f"{_better_or_worse(main)}. At single percentages {_counts(single)} at one or more"
        f"{_unsure(single)}."
    )


def _apart(rows: pd.DataFrame) -> dict[str, list[str]]:
    """The ways that are significantly better than magnitude pruning, and those that are worse."""
    sure = rows[is_sure(rows)]
    which = {"better": sure[sure["mean"] > 0], "worse": sure[sure["mean"] < 0]}
    return {word: sorted(set(some["arm"].astype(str))) for word, some in which.items()}


def _better_or_worse(main: pd.DataFrame) -> str:
    """Which ways differ significantly, by name where these are few."""
    return ", ".join(
        f"{', '.join(map(way_name, ways)) if 0 < len(ways) <= _NAMED else _count(ways)} "
        f"{'significantly ' * (word == 'better')}{word}"
        for word, ways in _apart(main).items()
    )


def _counts(single: pd.DataFrame) -> str:
    return ", ".join(f"{_count(ways)} {word}" for word, ways in _apart(single).items())


def _count(ways: list[str]) -> str:
    return str(len(ways) or "none")


def _unsure(single: pd.DataFrame) -> str:
    """How far ahead a way can be that isn't shown to be better."""
    ahead = single[~is_sure(single) & (single["mean"] > _NOTABLE)]
    if ahead.empty:
        return ""
    return f"; undecided ones are up to {span([100 * ahead['mean'].max()], 1)} points ahead"


def _means(main: pd.DataFrame) -> str:
    return f"In the mean over percentages: {outcomes(main)}. " if len(main) else ""


def _few(seeds: int) -> str:
    """What so few seeds can't show."""
    if seeds >= _LEAST:
        return ""
    return (
        f" There are {seeds} seeds; with fewer than {_LEAST}, hardly any difference can be found."
    )


def _extremes(main: pd.DataFrame) -> str:
    """The best and the worst of the ways that differ significantly."""
    sure = main[is_sure(main)].sort_values("mean")
    ends = {"best": sure[sure["mean"] > 0].tail(1), "worst": sure[sure["mean"] < 0].head(1)}
    parts = [
        f"{word} is {way_name(str(row['arm']))} ({_points(row)}, {cell_name(row['cell'])})"
        for word, rows in ends.items()
        for row in rows.to_dict("records")
    ]
    if not parts:
        return "None is significantly better or worse."
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _open(main: pd.DataFrame) -> str:
    """The ways that their own interval shows to be better, but no adjusted test."""
    ahead = main[~is_sure(main) & (main["low"] > 0)].sort_values("mean", ascending=False)
    told = [
        f"{way_name(str(row['arm']))} ({_points(row)}, {cell_name(row['cell'])})"
        for row in ahead.to_dict("records")
    ]
    if not told:
        return ""
    return f" Ahead by an interval that is not adjusted, but undecided: {', '.join(told)}."


def _reached(each: pd.DataFrame) -> str:
    """The accuracies of the way that all are compared with, of which each pair has the mean."""
    parts = [
        f"{cell_name(str(cell))} ({protocol}): "
        + ", ".join(
            f"{span([100 * accuracy], 1, ' %')} at {percent:g} % pruned"
            for percent, accuracy in rows.groupby("percent")["reference_accuracy"].median().items()
        )
        for (protocol, cell), rows in each.groupby(["protocol", "cell"], sort=False)
    ]
    return f" Magnitude pruning reaches {'; '.join(parts)}." if parts else ""


def _points(row: dict[str, Any]) -> str:
    return with_ends(points(pd.Series([row["mean"]])), ends(100 * row["low"], 100 * row["high"], 1))


def _claim(claims: pd.DataFrame, claim: str) -> str:
    """What is claimed, and what is measured: in the mean over percentages."""
    rows = claims[claims["claim"] == claim]
    if len(rows) > _NAMED:  # the table below has them
        return f"{_CLAIMS[claim]}: {outcomes(rows)}."
    pairs = "; ".join(
        f"{way_name(str(row['arm']))} against {way_name(str(row['reference']))}, "
        f"{cell_name(row['cell'])}: {_points(row)}, {outcome(row)}"
        for row in rows.to_dict("records")
    )
    return f"{_CLAIMS[claim]}: {outcomes(rows)}. {pairs}."


def _false(each: pd.DataFrame) -> list[str]:
    """How often arms that should not differ seem to, before any adjustment."""
    counts = [
        f"{int((rows['p_value'] <= _ALPHA).sum())} of {len(rows)} comparisons of {words}"
        for claim, words in {"chance": "a way with itself", "nulls": "random masks"}.items()
        if len(rows := each[each["claim"] == claim].dropna(subset=["p_value"]))
    ]
    if not counts:
        return []
    return [
        f"At single percentages and not adjusted, p is at most {_ALPHA} in "
        f"{' and in '.join(counts)}; chance alone makes it so in 5 %."
    ]


def _exact(costs: pd.DataFrame) -> str:
    """How equal the numbers of non-zeros are."""
    known = costs[(costs["percent"] > 0) & (costs["percent"] < 100)].dropna(subset=["nonzeros"])
    whole = known.groupby(["protocol", "cell", "percent"])["nonzeros"].agg(lambda s: s.mode()[0])
    wanted = known.set_index(["protocol", "cell", "percent"]).index.map(whole)
    apart = known.assign(share=(known["nonzeros"].to_numpy() - wanted) / wanted)
    other = apart[apart["share"] != 0]
    if other.empty:
        return "All networks of a percentage have the same number of non-zeros in their files."
    told = ", ".join(
        f"{way_name(str(name))} by {span(100 * rows['share'], 2, ' %')}"
        for name, rows in other.groupby("schedule", sort=False)
    )
    return (
        f"{len(apart) - len(other):,} of {len(apart):,} networks have exactly the number of "
        f"non-zeros in their files that is usual at their percentage; the others differ: {told}."
    )


def _has_units(costs: pd.DataFrame) -> bool:
    return "units" in set(costs["target"])


def _steps(costs: pd.DataFrame) -> str:
    """How equal the numbers of training steps are."""
    steps = costs.groupby("schedule")["steps"].median()
    usual = float(steps.mode()[0])
    others = steps[steps != usual]
    told = ", ".join(f"{way_name(str(name))} {value:,.0f}" for name, value in others.items())
    same = f"Trainings take {usual:,.0f} steps in all"
    return f"{same}, but for {told}." if told else f"{same}, of every way."


def _row(row: dict[str, Any], each: pd.DataFrame) -> list[str]:
    pair = ["protocol", "cell", "arm", "reference", "claim"]
    mine = each[(each[pair] == pd.Series({name: row[name] for name in pair})).all(axis=1)]
    by_percent = [_at_percent(one) for one in mine.sort_values("percent").to_dict("records")]
    mean, low, high = (100 * float(row[name]) for name in ("mean", "low", "high"))
    return [
        way_name(str(row["arm"])),
        f"{cell_name(str(row['cell']))}, {row['protocol']}",
        span([100 * float(row["accuracy"])], 1),
        way_name(str(row["reference"])),
        with_ends(span([mean], 1), ends(low, high, 1)),
        "; ".join(by_percent),
        outcome(row),
    ]


def _at_percent(row: dict[str, Any]) -> str:
    """A difference at one percentage, with a star where it is significant."""
    star = "*" if row["p_adjusted"] <= 0.05 else ""
    return f"{row['percent']:g} %: {span([100 * row['mean']], 1)}{star}"
