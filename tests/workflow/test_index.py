"""The index of the thesis's figures and tables: every file in it can be made, none is left out."""

import re
from pathlib import Path

from studies import ROOT, new_study

MADE = ("figure", "table", "judge_claims")


def test_the_index_names_every_figure_and_table_and_only_these(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "thesis-index.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    targets = re.findall(r"`(results/[^`]+)`", "\n".join(rows))
    assert len(targets) == len(set(targets))
    study = new_study(tmp_path)

    def change(config: dict[str, object]) -> None:
        config["cells"] = ["rnn_tanh", "rnn_relu", "lstm", "gru"]
        config["pruning"] = {"targets": ["both", "i2h", "h2h"]}
        config["protocols"] = ["corrected"]

    study.configure(change)
    listed, every = study.planned(*targets), study.planned()
    assert sum(listed[rule] for rule in MADE) == len(targets)
    assert {rule: listed[rule] for rule in MADE} == {rule: every[rule] for rule in MADE}


def test_the_index_has_every_number_of_a_figure_or_table_once() -> None:
    page = (ROOT / "docs" / "thesis-index.md").read_text(encoding="utf-8")
    first = [line.split("|")[1] for line in page.splitlines() if line.startswith("|")]
    found: dict[str, list[str]] = {"Figure": [], "Table": []}
    for cell in first:
        if match := re.match(r" (Figure|Table)s? ", cell):
            found[match[1]] += re.findall(r"\w\.\d+", cell)
    figures = [f"4.{i}" for i in range(2, 6)] + [f"6.{i}" for i in range(1, 33)]
    figures += [f"C.{i}" for i in range(1, 11)]
    assert sorted(found["Figure"]) == sorted(figures)
    assert sorted(found["Table"]) == ["4.2", *(f"6.{i}" for i in range(1, 6)), "B.1", "B.2"]
