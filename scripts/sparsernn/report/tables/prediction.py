"""Tables of what goes with accuracy: correlations, regressors, what a random forest relies on."""

import pandas as pd

from sparsernn.report.tables.values import beside_thesis

__all__ = ["feature_importance", "pearson", "r2"]


def pearson(correlations: pd.DataFrame, published: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pearson's r of test accuracy with each property, with its confidence interval.

    Args:
        correlations: columns cell, property, r, low, high, and r_within, low_within, high_within,
            which give rows below the others where there are several families.
        published: columns cell, property, r; None where the study is not the thesis's.

    Returns:
        Columns graphs ("all" or "within families"), property, cell, value, low, high and, with
        `published`, thesis.
    """
    theirs = None if published is None else published.assign(graphs="all")
    ends = {f"{name}_within": name for name in ("r", "low", "high")}
    within = correlations.dropna(subset=["r_within"]).drop(columns=["r", "low", "high"])
    both = [
        correlations.assign(graphs="all"),
        within.rename(columns=ends).assign(graphs="within families"),
    ]
    whole = pd.concat(both, ignore_index=True)
    return beside_thesis(whole, theirs, ["graphs", "property", "cell"], "r")


def r2(prediction: pd.DataFrame, published: pd.DataFrame | None = None) -> pd.DataFrame:
    """R² of each regressor on graphs held out, with its interval.

    Args:
        prediction: columns cell, regressor, scheme, r2, low, high, and where graphs have several
            starts, ceiling, ceiling_low, ceiling_high, which give a row below the regressors.
        published: columns cell, regressor, r2; of the thesis's split. None where the study is
            not the thesis's.

    Returns:
        Columns scheme, regressor, cell, value, low, high and, with `published`, thesis.
    """
    theirs = None if published is None else published.assign(scheme="thesis_split")
    table = beside_thesis(_with_ceiling(prediction), theirs, ["scheme", "regressor", "cell"], "r2")
    return table.sort_values("scheme", ascending=False, kind="stable")


def _with_ceiling(prediction: pd.DataFrame) -> pd.DataFrame:
    """The scores, and below them their ceiling, where it is known."""
    if "ceiling" not in prediction or prediction["ceiling"].isna().all():
        return prediction
    known = prediction.dropna(subset=["ceiling"]).drop_duplicates(["cell", "scheme"])
    ceiling = known.assign(
        regressor="ceiling",
        r2=known["ceiling"],
        low=known["ceiling_low"],
        high=known["ceiling_high"],
    )
    return pd.concat([prediction, ceiling], ignore_index=True)


def feature_importance(
    scores: pd.DataFrame,
    importances: pd.DataFrame,
    cell: str,
    published_scores: pd.DataFrame | None = None,
    published_importances: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """R² of a random forest on sets of features, and what it relies on: range over its draws.

    Args:
        scores: columns cell, regressor, features, r2, seeds_low, seeds_high.
        importances: columns cell, features, property, importance, seeds_low, seeds_high.
        cell: whose networks are predicted.
        published_scores: columns cell, features, r2; None where the study is not the thesis's.
        published_importances: columns cell, features, property, importance; likewise.

    Returns:
        Columns property (`r2` in the rows of R²), features, value, low, high and, with the
        published ones, thesis.
    """
    forest = scores[scores["regressor"] == "random_forest"].assign(property="r2")
    draws = {"seeds_low": "low", "seeds_high": "high"}
    keys = ["property", "features", "cell"]
    fitted = beside_thesis(
        forest.drop(columns=["low", "high"], errors="ignore").rename(columns=draws),
        None if published_scores is None else published_scores.assign(property="r2"),
        keys,
        "r2",
    )
    relied = beside_thesis(
        importances.rename(columns=draws), published_importances, keys, "importance"
    )
    table = pd.concat([fitted, relied], ignore_index=True)
    return table[table["cell"] == cell].drop(columns="cell")
