"""Configuration files of other people: what Snakemake reads without a word, or reads and runs.

Snakemake loads a file before any code of ours runs, takes the last of two values of a key, and
evaluates Python expressions in a file that says `__use_yte__: true`. To look into a file first:

    python -m sparsernn.workflow.settings.configfiles my.yaml

The workflow does this again, with every file, when it is parsed.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from os import PathLike
from typing import Any

import yaml

from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes

__all__ = ["check_configfile", "plain"]

MAX_BYTES = 2**20
MAX_VALUES = 5_000  # values, lists and sections, each as often as it is referred to
MAX_BITS = 1_024  # of an integer
MAX_DEPTH = 32  # of lists and sections in one another
_LOADER = yaml.SafeLoader  # reads as Snakemake's does; libyaml's takes other texts for YAML
_PROGRAM = "__use_yte__"


def check_configfile(path: str | PathLike[str]) -> None:
    """Check that a configuration file holds plain values, and each key once.

    Args:
        path: the file, YAML or JSON, as given to `snakemake --configfile`.

    Raises:
        InputError: it does not; the message names the line, if there is one.
    """
    content = read_bytes(path, MAX_BYTES, "a configuration file")
    try:
        values = _values(content.decode())
        if not isinstance(values, dict):
            raise _refused(1, "no keys at the top", "a line such as seed: 3", "Add a key")
        plain(values)
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8; expected text. Save it as UTF-8.") from None
    except InputError as error:
        separator = ", " if str(error).startswith("line ") else ": "
        raise InputError(f"{path}{separator}{error}") from None


def _values(text: str) -> Any:
    """What Snakemake makes of a file: the values of JSON, which runs nothing; else of YAML."""
    try:
        values = json.loads(text, object_pairs_hook=_each_once)
    except InputError:
        raise
    except (ValueError, RecursionError):
        values = None
    return values if isinstance(values, dict) else _yaml(text)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    section: dict[str, Any] = {}
    for key, value in pairs:
        if key in section:
            raise InputError(f"the key {brief(key)} comes twice; expected it once. Remove one.")
        section[key] = value
    return section


def _yaml(text: str) -> Any:
    try:
        _check_events(yaml.parse(text, Loader=_LOADER))
        return yaml.load(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"not YAML ({cause(ValueError(error.problem))})"
        expected = "keys and values, indented with spaces"
        raise _refused(line, what, expected, "Correct the line") from None
    except yaml.YAMLError as error:
        raise InputError(f"not YAML ({cause(error)}); expected text. Correct it.") from None
    except InputError:
        raise
    except (ValueError, OverflowError) as error:
        what = f"a number or date that is none ({cause(error)})"
        raise InputError(f"{what}; expected plain values. Put text in quotes.") from None


@dataclass
class _Section:
    """A section or list that is being read: how many values came before, and its keys so far."""

    anchor: str | None
    before: int
    lines: dict[str, int] | None  # of the keys; none in a list
    parts: int = 0


def _check_events(events: Iterator[yaml.Event]) -> None:
    """Refuse tags, keys that come twice, and aliases that unfold on and on: yaml takes them all."""
    sizes: dict[str | None, int] = {}  # of what an alias can stand for
    around: list[_Section] = []
    total = 0
    for event in events:
        line, tag = event.start_mark.line + 1, getattr(event, "tag", None)
        if tag not in (None, "!"):  # "!" alone is no type
            raise _refused(line, f"the tag {brief(tag)}", "plain values", "Remove the tag")
        if isinstance(event, yaml.CollectionEndEvent):
            ended = around.pop()
            sizes[ended.anchor] = total - ended.before
        if not isinstance(event, yaml.NodeEvent):
            continue
        if around:
            _check_part(event, around[-1])
        before, is_alias = total, isinstance(event, yaml.AliasEvent)
        total += sizes.get(event.anchor, 1) if is_alias else 1
        if total > MAX_VALUES:
            what = f"more than {MAX_VALUES:,} values, those that aliases (*name) stand for included"
            raise _refused(line, what, "single values and short lists", "Leave some out")
        if isinstance(event, yaml.CollectionStartEvent):
            lines: dict[str, int] | None = {} if isinstance(event, yaml.MappingStartEvent) else None
            around.append(_Section(event.anchor, before, lines))
        if len(around) > MAX_DEPTH:  # yaml's time grows with the square of it
            what = f"lists or sections nested {len(around)} deep"
            raise _refused(line, what, f"at most {MAX_DEPTH}", "Close some before")


def _check_part(event: yaml.NodeEvent, section: _Section) -> None:
    """Check a key; of the parts of a section, every other one is."""
    section.parts += 1
    if section.lines is None or section.parts % 2 == 0:
        return
    line = event.start_mark.line + 1
    if not isinstance(event, yaml.ScalarEvent):
        raise _refused(line, "a key that is a list, section or alias", "a name", "Write a name")
    key, lines = event.value, section.lines
    if key == _PROGRAM:
        what = f"{_PROGRAM}, with which Snakemake runs the expressions in the file as it reads it"
        remedy = (
            "Write values in the place of expressions; if the file is not yours, mind that it may "
            "have run"
        )
        raise _refused(line, what, "plain values", remedy)
    if key in lines and key != "<<":
        what = f"the key {brief(key)} a second time, after line {lines[key]}"
        raise _refused(line, what, "each key once", "Remove one")
    lines[key] = line


def plain(value: Any, steps: Iterator[int] | None = None, depth: int = 0) -> Any:
    """A merged configuration as dicts with text keys, and lists; not more than people write.

    Args:
        value: of the configuration.
        steps: counts the values; those that aliases share are counted, and walked, each time.
        depth: of the lists and sections around.

    Raises:
        InputError: it goes on and on, or has a number that Python would not print.
    """
    steps = count() if steps is None else steps
    if next(steps) > MAX_VALUES or depth > MAX_DEPTH:
        raise _endless(f"more than {MAX_VALUES:,} values, or nested more than {MAX_DEPTH} deep")
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise _endless("a number of some hundred digits or more")
    if isinstance(value, Mapping):
        items = value.items()
        return {_key(plain(k, steps)): plain(item, steps, depth + 1) for k, item in items}
    if isinstance(value, list | tuple):
        return [plain(item, steps, depth + 1) for item in value]
    return value


def _key(value: Any) -> str:
    """A key as text, half of a character (from a JSON file) as Python writes it."""
    return str(value).encode(errors="backslashreplace").decode()


def _endless(what: str) -> InputError:
    return InputError(
        f"The configuration has {what}; expected single values and short lists. Check the YAML's "
        "aliases (*name). Every key is explained in docs/configuration.md."
    )


def _refused(line: int, what: str, expected: str, remedy: str) -> InputError:
    return InputError(f"line {line}: {what}; expected {expected}. {remedy}.")


if __name__ == "__main__":
    try:
        for name in sys.argv[1:]:
            check_configfile(name)
            print(f"{name}: plain values, each key once")
    except InputError as error:
        sys.exit(str(error))
