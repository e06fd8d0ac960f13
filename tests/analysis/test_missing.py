"""Networks that are missing: counted where they are, and an error only past the limit."""

import pandas as pd
import pytest

from sparsernn.analysis.missing import check_missing, count_missing, described
from sparsernn.errors import InputError


def networks(*statuses: str) -> pd.DataFrame:
    reasons = ["" if status == "ok" else f"because {status}" for status in statuses]
    fixed = {"protocol": "corrected", "cell": "gru", "family": "own", "seed": 0}
    graphs = range(len(statuses))
    return pd.DataFrame({"graph": graphs, "status": statuses, "reason": reasons}).assign(**fixed)


def test_missing_networks_are_counted_where_they_are() -> None:
    table = networks("ok", "diverged", "ok", "out_of_time")
    [row] = count_missing(table, "sparse").to_dict("records")
    expected = {"part": "sparse", "group": "own", "networks": 4, "missing": 2}
    assert row.items() >= (expected | {"diverged": 1, "out_of_time": 1, "out_of_memory": 0}).items()
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
