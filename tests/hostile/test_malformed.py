"""Malformed inputs: each gets its message, in bounded time, and nothing of it is run."""

import os
import time
from pathlib import Path

import malformed
import pytest
from malformed import CASES
from malformed_cases import Case

ROOT = Path(__file__).parents[2]
SECONDS = 10  # of the processor for one; nearly all take milliseconds


def identity(case: Case) -> str:
    return f"{case.kind}: {case.name}"


@pytest.fixture(scope="module")
def messages() -> dict[Case, str]:
    """The messages of all cases, each made once."""
    return {}


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_a_malformed_input_gets_its_message(case: Case, messages: dict[Case, str]) -> None:
    start = time.process_time()
    messages[case] = told = malformed.message(case)
    assert time.process_time() - start < SECONDS
    assert [words for words in case.words if words not in told] == [], told
    assert case.words
    assert "Traceback" not in told
    lines = told.splitlines()
    assert max(map(len, lines)) < 500
    assert all(line.isprintable() for line in lines)


def test_there_are_more_than_a_hundred_different_ones() -> None:
    names = [identity(case) for case in CASES]
    assert len(set(names)) == len(names)
    ours = [case for case in CASES if "Snakemake" not in case.kind]
    assert len(ours) >= 200


def test_the_table_is_up_to_date(messages: dict[Case, str]) -> None:
    told = {case: messages.get(case) or malformed.message(case) for case in CASES}
    written = (ROOT / "docs" / "malformed-inputs.md").read_text(encoding="utf-8")
    assert written == malformed.document(told), (
        "run: PYTHONPATH=scripts python tests/hostile/malformed.py > docs/malformed-inputs.md"
    )
    assert os.sep + "tmp" not in written
