"""The table of the data set."""

import pandas as pd

from sparsernn.data.strings import labels_of

__all__ = ["dataset"]


def dataset(strings: pd.DataFrame, published: pd.DataFrame | None = None) -> pd.DataFrame:
    """Numbers of strings by label and split, and their sums.

    Args:
        strings: columns split and, if they are of classes, valid or label.
        published: columns label, split, strings; None where the study is not the thesis's.

    Returns:
        Columns label, split, value and, with `published`, thesis.
    """
    labels = labels_of(strings)
    labels = strings["string"].map(lambda _: "strings") if labels is None else labels
    table = strings.groupby([labels.rename("label"), "split"]).size().rename("value").reset_index()
    if published is not None:
        theirs = published.rename(columns={"strings": "thesis"})
        table = table.merge(theirs, how="left", on=["label", "split"])
    numbers = [name for name in ("value", "thesis") if name in table]
    for key in ("label", "split"):
        other = "split" if key == "label" else "label"
        sums = table.groupby(other)[numbers].sum(min_count=1).reset_index()
        table = pd.concat([table, sums.assign(**{key: "all"})], ignore_index=True)
    named = sorted(set(labels) - {"valid", "invalid"})
    ordered = ["valid", "invalid", *named, "train", "test", "all"]
    rank = {name: i for i, name in enumerate(ordered)}
    return table.sort_values(["label", "split"], key=lambda names: names.map(rank))
