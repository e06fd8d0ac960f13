"""Networks that are missing: counted where they are, and an error only past the limit."""

import pandas as pd
import pytest

from sparsernn.analysis.missing import check_missing, count_missing, described
from sparsernn.errors import InputError

IDENTITY = {"protocol": "corrected", "cell": "gru", "family": "own", "graph": 0, "seed": 0}


def networks(*statuses: str) -> pd.DataFrame:
    rows = [
        {**IDENTITY, "graph": i, "status": s, "reason": "" if s == "ok" else f"because {s}"}
        for i, s in enumerate(statuses)
    ]
    return pd.DataFrame(rows)


def test_missing_networks_are_counted_where_they_are() -> None:
    table = networks("ok", "diverged", "ok", "out_of_time")
    [row] = count_missing(table, "sparse").to_dict("records")
    assert (row["part"], row["group"]) == ("sparse", "own")
    assert (row["networks"], row["missing"]) == (4, 2)
    assert (row["diverged"], row["out_of_time"], row["out_of_memory"]) == (1, 1, 0)
    said = described(count_missing(table, "sparse"))
    assert said.startswith("2 of 4 networks are missing: 2 of 4 sparse/corrected/gru/own")
    assert "diverged, ran out of time" in said
    assert described(count_missing(networks("ok"), "dense")) == "None of the 1 networks is missing."


def test_only_past_the_limit_is_it_an_error() -> None:
    table = networks("ok", "diverged", "ok", "ok")
    counts = count_missing(table, "sparse")
    check_missing(counts, table, 0.25)
    with pytest.raises(InputError, match=r"1 of 4 .* At most 20% .*because diverged"):
        check_missing(counts, table, 0.2)
