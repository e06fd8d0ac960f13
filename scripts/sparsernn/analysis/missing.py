"""Missing networks, those that did not finish: how many, where and why; and if too many."""

import pandas as pd

from sparsernn.errors import InputError

__all__ = ["check_missing", "count_missing", "described"]

_GROUPS = ("family", "schedule")
_WHY = {
    "diverged": "diverged",
    "out_of_time": "ran out of time",
    "out_of_memory": "ran out of memory",
}


def count_missing(networks: pd.DataFrame, part: str) -> pd.DataFrame:
    """Count the networks of one part of a study, and those that are missing.

    Args:
        networks: columns protocol, cell, status, and family or schedule where the part has it.
        part: sparse, dense or pruning.

    Returns:
        Columns part, protocol, cell, group (the family or schedule), networks, missing, and of
        these diverged, out_of_time, out_of_memory.
    """
    group = next((name for name in _GROUPS if name in networks.columns), None)
    table = networks.assign(
        part=part,
        group=networks[group] if group else "",
        networks=1,
        missing=(networks["status"] != "ok").astype(int),
        **{status: (networks["status"] == status).astype(int) for status in _WHY},
    )
    keys = ["part", "protocol", "cell", "group"]
    return table.groupby(keys, sort=False)[["networks", "missing", *_WHY]].sum().reset_index()


def check_missing(counts: pd.DataFrame, networks: pd.DataFrame, share: float) -> None:
    """Raise if more than a share of a part's networks are missing.

    Args:
        counts: from `count_missing`.
        networks: the networks that were counted, with the column reason.
        share: share of all networks that may be missing.

    Raises:
        InputError: more are missing; the message says how many, where and why.
    """
    total, missing = counts["networks"].sum(), counts["missing"].sum()
    if missing <= share * total:
        return
    reasons = networks.loc[networks["status"] != "ok", "reason"].value_counts().head(3)
    raise InputError(
        f"{described(counts)} At most {share:.0%} may be missing (limits: missing_share). "
        f"The most frequent reasons: {'; '.join(map(str, reasons.index))}. Change what makes them "
        "fail (learning rate, limits), or allow more of them to be missing."
    )


def described(counts: pd.DataFrame) -> str:
    """What is missing, in a sentence.

    Args:
        counts: from `count_missing`, for one part or several.
    """
    lost = counts[counts["missing"] > 0]
    total = counts["networks"].sum()
    if lost.empty:
        return f"None of the {total} networks is missing."
    where = [
        f"{row['missing']} of {row['networks']} {_name(row)} ({_why(row)})"
        for row in lost.to_dict("records")
    ]
    return f"{lost['missing'].sum()} of {total} networks are missing: {', '.join(where)}."


def _name(row: dict[str, str]) -> str:
    parts = (row["part"], row["protocol"], row["cell"], row["group"])
    return "/".join(str(part) for part in parts if part and part == part)


def _why(row: dict[str, int]) -> str:
    return ", ".join(words for status, words in _WHY.items() if row[status])
