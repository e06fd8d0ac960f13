"""How much can be pruned without retraining?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import (
    Finding,
    counted,
    ends,
    number,
    of_seeds,
    share,
    span,
    with_ends,
)
from sparsernn.report.words import baseline_name, cell_name

ORDER = 10
INPUTS = {"cliffs": "analysis/cliffs", "baselines": "analysis/baselines"}
_CASE = ["protocol", "cell", "scope"]
_THESIS = 60  # percent that can go in every cell, as the thesis says
_PUBLISHED = "published"
_RULE = "strict bigrams"  # what can be known from pairs of letters alone
_POINT = 0.01
_Arms = Mapping[tuple[str, str], pd.DataFrame]


def cliff(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The half-way point and the safe share of magnitude pruning, beside matched random masks."""
    rows = tables["cliffs"]
    arms = {
        (str(arm), str(measure)): group.set_index(_CASE)
        for (arm, measure), group in rows.groupby(["criterion", "measure"], sort=False)
    }
    magnitude, safe = (arms.get(("magnitude", name)) for name in ("half_way", "safe_share"))
    if magnitude is None or safe is None or safe["median"].isna().all():
        return None
    seeds = {
        str(name): of_seeds(group["seeds"]) for name, group in safe.groupby("protocol", sort=False)
    }
    return Finding(
        question="How much can be pruned without retraining?",
        answer=f"In the median over seeds, magnitude pruning can remove {span(safe['median'])} % "
        "of the recurrent weights, depending on cell, protocol and scope, before it costs more "
        "than a point of accuracy.",
        detail=f"{_half(magnitude)}{_random(arms)}",
        evidence=f"Trained dense networks: {_counted(seeds)} of each cell, pruned at each "
        "percentage of the sweep from the trained network. Half-way is between the accuracies "
        "without pruning and without any of these weights; a fall that larger percentages undo "
        "does not count. Intervals are over seeds: of means those of Student's t, of medians those "
        "between two of the ordered values, of which fewer than six seeds have none at 95 %. A "
        "range is that of cells, protocols and scopes.",
        beside=f"{_baselines(tables['baselines'])}{_alike(arms, tables['baselines'])} Where a seed "
        "has several random masks, their mean is taken first.",
        confounds="All networks learned one data set; a scope (weights compared within layers, or "
        "over all) and a protocol change several things at once.",
        thesis=_thesis(_of_thesis(safe)),
        unknown="Other tasks, sizes and lengths of training; targets other than all recurrent "
        "weights.",
        header=[
            "cell, protocol, scope",
            "before pruning",
            "half lost at",
            "SD over seeds",
            "safe (median)",
            "random: half lost at",
            "random: safe",
            "difference (half)",
        ],
        rows=[_row(case, arms) for case in safe.index],
    )


def _half(magnitude: pd.DataFrame) -> str:
    if magnitude["mean"].isna().all():
        return "No network loses half of what there is to lose. "
    return f"Half of what there is to lose is lost at {span(magnitude['mean'])} %. "


def _random(arms: _Arms) -> str:
    """What random masks lose, and how far magnitude is ahead of them."""
    random, gain = (arms.get((arm, "half_way")) for arm in ("random_matched", "gain"))
    if random is None or gain is None:
        return "There are no random masks beside it."
    if gain["mean"].isna().all():
        return "Where random masks lose half of it can't be compared."
    said = (
        "With random masks of as many weights per layer and gate it is at "
        f"{span(random['mean'])} %. Magnitude loses it {span(gain['mean'])} percentage points later"
    )
    if gain["low"].isna().all():
        return f"{said}; the seeds are too few for an interval."
    ahead, behind = (gain["low"] > 0).sum(), (gain["high"] < 0).sum()
    worse = f", and below in {behind}" if behind else ""
    return (
        f"{said}; the interval of that difference is above 0 in {ahead} of "
        f"{counted(len(gain), 'case')}{worse}."
    )


def _counted(seeds: Mapping[str, str]) -> str:
    return ", ".join(f"{count} ({name})" for name, count in seeds.items())


def _baselines(baselines: pd.DataFrame) -> str:
    told = [
        f"{baseline_name(str(row['baseline']))} for {share(float(row['accuracy']), 1)}"
        for row in baselines.sort_values("accuracy").to_dict("records")
    ]
    return f"Right without any network: {', '.join(told)}."


def _alike(arms: _Arms, baselines: pd.DataFrame) -> str:
    """The cells that know no more than a rule before anything is pruned."""
    rule = baselines.loc[baselines["baseline"] == _RULE, "accuracy"]
    dense = arms.get(("magnitude", "dense"))
    if rule.empty or dense is None:
        return ""
    low = dense[dense["median"] < rule.iloc[0] + _POINT]
    cases = dict.fromkeys(f"{cell_name(case[1])}, {case[0]}" for case in low.index)
    if not cases:
        return ""
    return (
        f" Less than a point above {baseline_name(_RULE)}, before anything is pruned: "
        f"{'; '.join(cases)}."
    )


def _of_thesis(safe: pd.DataFrame) -> pd.DataFrame:
    """The cases of the thesis's own protocol; all if there are none."""
    own = safe[safe.index.get_level_values("protocol") == _PUBLISHED]
    return own if len(own) else safe


def _thesis(safe: pd.DataFrame) -> str:
    """Whether as much can go in every case, by the intervals of the medians."""
    known = safe.dropna(subset=["median"])
    least = known["median"].idxmin()
    case = f"{cell_name(least[1])}, {least[0]}, {least[2]}"
    said = (
        f"It says that more than {_THESIS} % of the weights can go in every cell, from one network "
        f"each. The least median here is {known['median'].min():.0f} % ({case})"
    )
    if (known["median_high"] < _THESIS).any():
        cells = {cell_name(cell) for cell in known[known["median_high"] < _THESIS].index.unique(1)}
        return f"{said}. So it does not hold in every case: not for {', '.join(sorted(cells))}."
    if (known["median_low"] >= _THESIS).all():
        return f"{said}: that agrees."
    if known["median_low"].isna().all():
        return f"{said}, and too few seeds have an interval of the median: it can't be told."
    return f"{said}, and intervals of the median reach {_THESIS} %: it can't be told."


def _row(case: tuple[str, str, str], arms: _Arms) -> list[str]:
    protocol, cell, scope = case

    def of(arm: str, measure: str) -> pd.Series:
        rows = arms.get((arm, measure))
        return rows.loc[case] if rows is not None and case in rows.index else pd.Series(dtype=float)

    half, random, gain = (of(arm, "half_way") for arm in ("magnitude", "random_matched", "gain"))
    return [
        f"{cell_name(cell)}, {protocol}, {scope}",
        share(number(of("magnitude", "dense"), "median"), 1),
        _interval(half, " %"),
        span([number(half, "sd")], 1),
        _interval(of("magnitude", "safe_share"), " %", "median", "median_"),
        _interval(random, " %"),
        span([number(of("random_matched", "safe_share"), "median")], unit=" %"),
        _interval(gain, ""),
    ]


def _interval(row: pd.Series, unit: str, value: str = "mean", prefix: str = "") -> str:
    interval = ends(number(row, f"{prefix}low"), number(row, f"{prefix}high"))
    return with_ends(span([number(row, value)], unit=unit), interval)
