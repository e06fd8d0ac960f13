"""docs/pruning-methods.md followed by the letter: its files written, its code run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from configurations import ROOT, load, merged

from sparsernn import plugins
from sparsernn.report.words import way_name
from sparsernn.workflow.settings.validation import validate
from sparsernn.workflow.ways import ways_of

DENSE = "dense/networks.csv"
PAGE = (ROOT / "docs" / "pruning-methods.md").read_text(encoding="utf-8")


def test_the_three_files_work_and_the_script_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts" / "sparsernn", tmp_path / "scripts" / "sparsernn")
    files = re.findall(r"^`(scripts/\S+\.py)`:\n\n```python\n(.*?)^```$", PAGE, re.M | re.S)
    for path, text in files:
        assert not (tmp_path / path).exists()
        (tmp_path / path).write_text(text, encoding="utf-8")
    folders = {Path(path).parent.name for path, _ in files}
    assert folders == {"criteria", "schedules", "growth"}
    [code] = re.findall(r"^## All of it in Python\n\n```python\n(.*?)^```$", PAGE, re.M | re.S)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    grown, total, gradual = map(int, done.stdout.split())
    left = (3 * 8 * 4 + 3 * 8 * 8) // 4
    assert grown == gradual == left
    others = 128 * 4 + 2 * 3 * 8 + 2 * 8 + 2
    assert left // 2 <= total - others <= left


def test_the_configurations_are_valid_and_plan_each_method_at_each_percentage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [own, text] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S)
    own_ways = merged(load("config.yaml"), yaml.safe_load(own))
    monkeypatch.chdir(tmp_path)
    Path("own_sequences.npz").touch()
    validate(own_ways)
    assert {"snip/both", "rewound/both"} <= ways_of(own_ways["pruning"]).keys()
    config = merged(load("config.yaml"), yaml.safe_load(text))
    validate(config)
    ways = ways_of(config["pruning"])
    for name in config["pruning"]["methods"]:
        assert ways[f"{name}/both"].percents == (75, 90, 95)
    assert ways["lottery/both"].iterative and not ways["snip/both"].iterative


def test_the_page_names_all_there_is() -> None:
    kinds: list[plugins.PluginKind] = ["criteria", "growth"]
    for name in (name for kind in kinds for name in plugins.names(kind)):
        assert f"`{name}`" in PAGE
    rows = re.findall(r"^\| ([^|`]+) \|", PAGE, re.M)
    told = {name for row in rows for name in row.split(", ")}
    for study in ("reber", "cycle", "digits"):
        config = load(f"methods/{study}.yaml")
        assert told >= {way_name(name) for name in config["pruning"]["methods"]}
        validate(merged(load("config.yaml"), config))
        assert {"selfish_rnn", "rigl", "rewound", "snip"} <= config["pruning"]["methods"].keys()


def test_every_network_of_the_kept_studies_chose_its_own_rate() -> None:
    kept = sorted((ROOT / "docs/results/ways").iterdir())
    assert kept
    for folder in kept:
        rates, dense = (pd.read_csv(folder / name) for name in ("pruning/rates.csv", DENSE))
        assert set(rates["seed"]) == set(dense["seed"])
        asked = load(f"methods/{folder.name}.yaml")["pruning"]["choose_rate"]["rates"]
        assert set(rates["lr"]) == set(asked)
