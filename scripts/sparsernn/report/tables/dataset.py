"""The table of the data set."""

import pandas as pd

__all__ = ["dataset"]


def dataset(strings: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Numbers of strings by label and split, and their sums.

    Args:
        strings: columns valid, split.
        published: columns label, split, strings.

    Returns:
        Columns label, split, value, thesis.
    """
    labels = strings["valid"].map({1: "valid", 0: "invalid"}).rename("label")
    ours = strings.groupby([labels, "split"]).size().rename("value").reset_index()
    theirs = published.rename(columns={"strings": "thesis"})
    table = ours.merge(theirs, how="left", on=["label", "split"])
    for key in ("label", "split"):
        other = "split" if key == "label" else "label"
        sums = table.groupby(other)[["value", "thesis"]].sum(min_count=1).reset_index()
        table = pd.concat([table, sums.assign(**{key: "all"})], ignore_index=True)
    rank = {name: i for i, name in enumerate(["valid", "invalid", "train", "test", "all"])}
    return table.sort_values(["label", "split"], key=lambda names: names.map(rank))
