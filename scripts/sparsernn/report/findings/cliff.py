"""How much can be pruned without retraining?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.report.finding import Finding, span
from sparsernn.report.words import cell_name

ORDER = 10
INPUTS = {"cliffs": "analysis/cliffs", "baselines": "analysis/baselines"}
_CASE = ["protocol", "cell", "scope"]


def cliff(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The half-way point and the safe share of magnitude pruning, beside matched random masks."""
    if tables["cliffs"]["mean"].isna().all():
        return None
    values = tables["cliffs"].set_index([*_CASE, "criterion", "measure"])
    arms = {
        (arm, measure): values.xs((arm, measure), level=("criterion", "measure"))
        for arm in ("magnitude", "random_matched", "gain")
        for measure in ("half_way", "safe_share")
    }
    magnitude, random = (arms[arm, "half_way"] for arm in ("magnitude", "random_matched"))
    safe, gain = arms["magnitude", "safe_share"], arms["gain", "half_way"]
    seeds = {name: int(rows["seeds"].max()) for name, rows in magnitude.groupby("protocol")}
    sure = gain[gain["low"] > 0]
    ahead = (
        f"so magnitude moves the cliff by {span(gain['mean'])} percentage points"
        if len(sure) == len(gain)
        else f"magnitude is ahead beyond doubt in {len(sure)} of {len(gain)} cases"
    )
    return Finding(
        answer=f"Without retraining, pruning by magnitude costs at most a point of accuracy up to "
        f"{span(safe['median'])} % of the recurrent weights, depending on the cell, and half of "
        f"what was learned at {span(magnitude['mean'])} %. Random masks of the same weights per "
        f"layer and gate lose half at {span(random['mean'])} %; {ahead}.",
        evidence=f"Trained dense networks: {_counted(seeds)} of each cell, pruned at each "
        "percentage of the sweep from the trained network. Half-way: where the accuracy first "
        "falls to the middle between the trained network's and that of always naming one class. "
        "Intervals are bootstrap intervals over seeds, of the mean; a range is that of cells, "
        "protocols and scopes.",
        beside=f"{_baseline(tables['baselines'])} Where a seed has several random masks, their "
        "mean is taken first.",
        confounds="All networks learned one data set; a scope (weights compared within layers, or "
        "over all) and a protocol change several things at once.",
        thesis=_thesis(safe),
        unknown="Other tasks, sizes and lengths of training; targets other than all recurrent "
        "weights.",
        header=[
            "cell, protocol, scope",
            "half lost at",
            "SD over seeds",
            "safe",
            "random: half lost at",
            "random: safe",
            "difference (half)",
        ],
        rows=[_row(case, arms) for case in magnitude.index],
    )


def _counted(seeds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} seeds ({name})" for name, count in seeds.items())


def _baseline(baselines: pd.DataFrame) -> str:
    known = baselines.set_index("baseline")["accuracy"]
    return (
        f"Always naming one class is right for {100 * known['one class']:.1f} % of the strings, "
        f"the length alone tells {100 * known['length']:.1f} %."
    )


def _thesis(safe: pd.DataFrame) -> str:
    least = safe["median"].min()
    verdict = "agrees" if least >= 60 else "does not hold for every cell and protocol"
    return (
        "It says that more than 60 % of the weights can go in every cell, from one network each: "
        f"that {verdict} (least median here: {least:.0f} %)."
    )


def _row(case: tuple[str, str, str], arms: Mapping[tuple[str, str], pd.DataFrame]) -> list[str]:
    protocol, cell, scope = case
    values = {key: rows.loc[case] for key, rows in arms.items()}
    half, safe = values["magnitude", "half_way"], values["magnitude", "safe_share"]
    random, gain = values["random_matched", "half_way"], values["gain", "half_way"]
    return [
        f"{cell_name(cell)}, {protocol}, {scope}",
        _interval(half),
        f"{half['sd']:.1f}",
        f"{safe['median']:.0f} %",
        _interval(random),
        f"{values['random_matched', 'safe_share']['median']:.0f} %",
        _interval(gain, unit=""),
    ]


def _interval(row: pd.Series, unit: str = " %") -> str:
    ends = span([row["low"], row["high"]])
    return f"{row['mean']:.0f}{unit}" + ("" if ends == "–" else f" ({ends})")
