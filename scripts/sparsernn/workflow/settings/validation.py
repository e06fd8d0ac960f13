"""The configuration: checked as a whole, with messages for people.

`models` say what each key may be; `checks` are those that involve several keys. The workflow
imports these modules whenever it is parsed, so they import nothing heavy.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sparsernn.errors import InputError
from sparsernn.workflow.settings.checks import ANALYSIS_CHECKS, CHECKS
from sparsernn.workflow.settings.configfiles import plain
from sparsernn.workflow.settings.hints import explain
from sparsernn.workflow.settings.models import Settings
from sparsernn.workflow.settings.problems import Problems

__all__ = ["canonical", "validate"]

MAX_LINES = 40  # of a message


def validate(config: Mapping[str, Any], analysed: bool = True) -> None:
    """Check a merged configuration: every key, and the keys against each other.

    Args:
        config: the configuration, as merged from all files and the command line. Paths in it are
            relative to the working directory.
        analysed: whether there must be enough graphs for the analysis. Without it, they are looked
            at only if something else is wrong, so that all mistakes are reported at once.

    Raises:
        InputError: something is wrong. Its message has a line for each key: the value received,
            what is allowed and, where it can be guessed, what was meant.
    """
    whole, problems = plain(config), Problems()
    try:
        Settings.model_validate(whole)
    except ValidationError as found:
        for error in found.errors(include_url=False, include_context=False, include_input=False):
            explain(error["type"], error["loc"], whole, problems)
    for checks in (CHECKS, ANALYSIS_CHECKS):
        if checks is CHECKS or analysed or problems.lines:
            for keys, check in checks:
                if all(problems.none_at(*key.split(".")) for key in keys):
                    check(whole, problems)
    if problems.lines:
        lines = [f"  {line}" for line in problems.lines.values()]
        more = [f"  and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
        listed = "\n".join([*lines[:MAX_LINES], *more])
        raise InputError(
            f"The configuration is wrong in {len(lines)} place(s):\n{listed}\n"
            "Every key is explained in docs/configuration.md."
        )


def canonical(value: Any) -> Any:
    """The same configuration in one form: keys in order, whole numbers as integers.

    Otherwise results would be computed again when only the way of writing changes.

    Example:
        >>> canonical({"p": 1.0, "n": [10, 50]})
        {'n': [10, 50], 'p': 1}
    """
    if isinstance(value, Mapping):
        named = {str(key): item for key, item in value.items()}  # YAML reads .inf as a number
        return {key: canonical(named[key]) for key in sorted(named)}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
