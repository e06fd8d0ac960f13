"""Malformed inputs, and the table of them with the message that each gets.

PYTHONPATH=scripts python tests/hostile/malformed.py > docs/malformed-inputs.md
"""

import contextlib
import functools
import tempfile
from pathlib import Path

from malformed_cases import Case
from malformed_checkpoints import CASES as CHECKPOINTS
from malformed_graphs import CASES as GRAPHS
from malformed_settings import CASES as SETTINGS
from malformed_strings import CASES as STRINGS
from malformed_tasks import CASES as TASKS
from malformed_thesis import CASES as THESIS

CASES: list[Case] = [*GRAPHS, *STRINGS, *TASKS, *CHECKPOINTS, *THESIS, *SETTINGS]


@functools.cache
def message(case: Case) -> str:
    """The message of a case, written and read in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        told = case.message(Path(folder)).replace(folder, "the working directory")
        assert not Path("ran").exists(), f"{case.kind}, {case.name}: code of the file was run"
        return told


def document() -> str:
    """The page: a row a case, in the order of kinds and names."""
    command = "PYTHONPATH=scripts python tests/hostile/malformed.py"
    lines = [
        "# Malformed inputs\n",
        f"*Written by `{command}`; the cases are in `tests/hostile`, and tests too.*\n",
        "What is wrong with a file or configuration, and what the workflow says about it: a "
        "message, never a traceback, and within moments. Nothing in these files is run, and none "
        "of them makes the workflow read another file. `tests/hostile/test_malformed_mutations.py` "
        "checks the same for valid files that were cut short or had some bytes changed.\n",
        "The size of each file is bounded before it is read (the limits are in the messages), and "
        "with it what reading it takes: of memory, some dozen times the size at most. There is one "
        "exception. The thesis's weights are pickles, read by PyTorch's restricted reader: a "
        "crafted one can't run anything, but it can ask for more memory than there is or never "
        "come to an end. Replay only checkouts that you trust with your computer's time.\n",
        "| given as | what is wrong | message |",
        "|---|---|---|",
    ]
    return "\n".join([*lines, *sorted(map(row, CASES))]) + "\n"


def row(case: Case) -> str:
    """A case's line in the page."""
    return f"| {' | '.join(map(_cell, (case.kind, case.name, message(case))))} |"


def _cell(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    shown = lines[:3] + ["…"] * (len(lines) > 6) + lines[-3:] if len(lines) > 6 else lines
    escaped = " / ".join(shown).replace("&", "&amp;").replace("<", "&lt;")
    return escaped.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


if __name__ == "__main__":
    print(document(), end="")
