"""Where a checkout and its Python may lie: Snakemake can't start jobs from every folder.

`make` looks before it installs anything:

    PYTHONPATH=scripts python -m sparsernn.workflow.places .venv/bin/python
"""

import os
import sys
from pathlib import Path

from sparsernn.errors import InputError

__all__ = ["check_places"]

_WILDCARDS = "{}"
_SHELL = " \t\n\"'\\$`&|;<>()*?[]{}!#~"  # what the shell reads in a word that is not quoted


def check_places(home: str, python: str = sys.executable) -> None:
    """Refuse a checkout, or a Python, from which Snakemake could not start jobs.

    Snakemake takes braces in the path of a script for wildcards, and passes the path of Python to
    the shell without quotes.

    Raises:
        InputError: one of the two paths has such characters.

    Example:
        >>> check_places("/home/me/My Study", "/home/me/venv/bin/python")
    """
    if any(mark in home for mark in _WILDCARDS):
        raise InputError(
            f"{home}: the path of the checkout has braces, which are wildcards to Snakemake; "
            "expected none. Move the checkout to a folder without braces."
        )
    found = sorted({mark for mark in python if mark in _SHELL})
    if found:
        raise InputError(
            f"{python}: the path of Python has characters that the shell reads "
            f"({', '.join(map(repr, found))}); expected none, as Snakemake starts jobs by it. Make "
            "Python's environment in another folder, as by: make VENV=$HOME/sparsernn-venv quick"
        )


if __name__ == "__main__":
    try:
        check_places(str(Path(__file__).parents[3]), os.path.abspath(sys.argv[1]))
    except InputError as error:
        sys.exit(str(error))
