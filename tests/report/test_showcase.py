"""The page of results says what the files say."""

import pandas as pd

from sparsernn.report.showcase import Shown, outcomes, page


def networks(*statuses: str) -> pd.DataFrame:
    count = len(statuses)
    return pd.DataFrame(
        {
            "protocol": ["corrected"] * count,
            "cell": ["gru"] * count,
            "seed": range(count),
            "status": statuses,
        }
    )


def test_networks_are_counted_and_those_that_are_missing() -> None:
    table = outcomes({"dense": networks("ok", "diverged", "ok"), "sparse": networks("ok")})
    assert table.to_dict("list") == {
        "part": ["dense", "sparse"],
        "protocol": ["corrected"] * 2,
        "cell": ["gru"] * 2,
        "seeds": [3, 1],
        "networks": [3, 1],
        "missing": [1, 0],
    }


def test_the_page_has_every_figure_page_and_cost() -> None:
    cost = pd.DataFrame(
        {
            "part": ["dense", "strings"],
            "protocol": ["corrected", ""],
            "cell": ["gru", ""],
            "jobs": [3, 1],
            "core_seconds": [7199.6, 0.4],
            "start_up": [5.6, 0.3],
        }
    )
    text = page(
        "thesis",
        {"processor": "fast", "torch": "2.0"},
        outcomes({"dense": networks("ok")}),
        cost,
        [Shown("Curves", "How they are read.", "figures/curves.svg")],
        {"Claims": "claims.md"},
    )
    assert "# Results of the study `thesis`" in text
    assert "- [Claims](claims.md)" in text
    assert "## Curves\n\n![Curves](figures/curves.svg)\n\nHow they are read." in text
    assert "2.00 core-hours" in text
    assert "| dense | corrected | gru | 3 | 7200 | 6 |" in text
    assert "- processor: fast" in text
