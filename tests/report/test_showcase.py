"""The page of results says what the files say."""

from pathlib import Path

import pandas as pd

from sparsernn.report.showcase import Showcase, Shown, outcomes, publish


def networks(*statuses: str) -> pd.DataFrame:
    table = pd.DataFrame({"seed": range(len(statuses)), "status": statuses})
    return table.assign(protocol="corrected", cell="gru")


def test_networks_are_counted_and_those_that_are_missing() -> None:
    table = outcomes({"dense": networks("ok", "diverged", "ok"), "sparse": networks("ok")})
    assert list(table) == ["part", "protocol", "cell", "seeds", "networks", "missing"]
    assert table.values.tolist() == [
        ["dense", "corrected", "gru", 3, 3, 1],
        ["sparse", "corrected", "gru", 1, 1, 0],
    ]


def test_the_folder_has_every_figure_page_and_cost(tmp_path: Path) -> None:
    cost = pd.DataFrame(
        [("dense", "corrected", "gru", 3, 7199.6, 5.6), ("strings", "", "", 1, 0.4, 0.3)],
        columns=["part", "protocol", "cell", "jobs", "core_seconds", "start_up"],
    )
    for name in ("drawn.svg", "claims.md", "settings.yaml"):
        (tmp_path / name).write_text(name)
    showcase = Showcase(
        study="thesis",
        about={"processor": "fast", "torch": "2.0"},
        networks={"dense": networks("ok")},
        cost=cost,
        figures=[Shown("mine/c", "Curves", "How they are read.", f"{tmp_path}/drawn.svg")],
        pages={"Settings": f"{tmp_path}/settings.yaml", "Claims": f"{tmp_path}/claims.md"},
    )
    publish(showcase, tmp_path / "shown")
    files = {path.name: path for path in tmp_path.glob("shown/**/*.*")}
    assert files["mine_c.svg"].read_text() == "drawn.svg"
    assert files["claims.md"].read_text() == "claims.md"
    assert files["settings.yaml"].read_text() == "settings.yaml"
    text = files["README.md"].read_text()
    assert "- [Settings](settings.yaml)\n- [Claims](claims.md)\n" in text
    assert "# Results of the study `thesis`" in text
    assert "## Curves\n\n![Curves](figures/mine_c.svg)\n\nHow they are read." in text
    assert "2.00 core-hours" in text
    assert "| dense | corrected | gru | 3 | 7200 | 6 |" in text
    assert "- processor: fast" in text and "findings.md" not in text
    (tmp_path / "shown/findings.md").write_text("found")
    publish(showcase, tmp_path / "shown")
    assert "- [**What was found**](findings.md)\n- [Settings]" in files["README.md"].read_text()
    assert (tmp_path / "shown/findings.md").read_text() == "found"
