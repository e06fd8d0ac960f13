"""Malformed inputs: each gets its message, in bounded time, and nothing of it is run."""

import os
import re
import time
from pathlib import Path

import malformed
import pytest
from malformed import CASES
from malformed_cases import Case

PAGE = Path(__file__).parents[2] / "docs" / "malformed-inputs.md"
REGENERATE = "run: PYTHONPATH=scripts python tests/hostile/malformed.py > docs/malformed-inputs.md"
REMEDY = re.compile(
    r"[.:] (Add|Check|Close|Correct|Delete|Drop|Give|Join|Keep|Leave|Load|Make|Number|Order|Put"
    r"|Raise|Remove|Rename|Replace|Save|Separate|Shorten|Split|Take|Write|correct)\b"
    r"|; allowed: .*\n.* docs/configuration\.md|^WorkflowError: ",  # of what to write; not ours
    re.S,
)
SECONDS = 10  # of the processor for one; nearly all take milliseconds


def identity(case: Case) -> str:
    return f"{case.kind}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_a_malformed_input_gets_its_message(case: Case) -> None:
    start = time.process_time()
    told = malformed.message(case)
    assert time.process_time() - start < SECONDS
    assert malformed.row(case) in PAGE.read_text(encoding="utf-8").splitlines(), REGENERATE
    assert "Traceback" not in told
    lines = told.splitlines()
    assert max(map(len, lines)) < 500
    assert all(line.isprintable() for line in lines)
    assert REMEDY.search(told), "it says what to do"


def test_there_are_more_than_a_hundred_different_ones() -> None:
    assert len(set(map(identity, CASES))) == len(CASES)
    assert len([case for case in CASES if "Snakemake" not in case.kind]) >= 200


def test_the_table_is_up_to_date() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == malformed.document(), REGENERATE
    assert os.sep + "tmp" not in written
