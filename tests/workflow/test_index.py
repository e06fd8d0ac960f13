"""The index of the thesis's figures and tables: every file in it can be made, none is left out."""

import re

from studies import ROOT, make_plan

from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.catalogue.tables import TABLES
from sparsernn.workflow.products import products

PAGE = (ROOT / "docs" / "thesis-index.md").read_text(encoding="utf-8")
LINES = [line for line in PAGE.splitlines() if line.startswith("|")]


def test_the_index_names_every_figure_and_table_and_only_these() -> None:
    targets = re.findall(r"`(results/[^`]+)`", "\n".join(LINES))
    plan = make_plan({"protocols": ["corrected"]}, base={})
    expected = [f"results/figures/{name}.pdf" for name in products(plan, FIGURES)]
    expected += [f"results/tables/{name}.md" for name in products(plan, TABLES)]
    assert sorted(targets) == sorted([*expected, "results/analysis/claims.csv"])


def test_the_index_has_every_number_of_a_figure_or_table_once() -> None:
    found: dict[str, list[str]] = {"Figure": [], "Table": []}
    for cell in (line.split("|")[1] for line in LINES):
        if match := re.match(r" (Figure|Table)s? ", cell):
            found[match[1]] += re.findall(r"\w\.\d+", cell)
    chapters = {"4": range(2, 6), "6": range(1, 33), "C": range(1, 11)}
    figures = [f"{chapter}.{i}" for chapter, numbers in chapters.items() for i in numbers]
    assert sorted(found["Figure"]) == sorted(figures)
    assert sorted(found["Table"]) == ["4.2", *(f"6.{i}" for i in range(1, 6)), "B.1", "B.2"]
