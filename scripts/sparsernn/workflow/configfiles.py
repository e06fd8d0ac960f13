"""Configuration files of other people: what Snakemake reads without a word, or reads and runs.

Snakemake loads a file before any code of ours runs, takes the last of two values of a key, and
evaluates Python expressions in a file that says `__use_yte__: true`. To look into a file first:

    python -m sparsernn.workflow.configfiles my.yaml

Light to import: the workflow does this again, with every file, when it is parsed.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import count
from os import PathLike
from typing import Any

import yaml

from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes

__all__ = ["check_configfile", "plain"]

MAX_BYTES = 2**20
MAX_LETTERS = 1_000  # of a value
MAX_NODES = 5_000  # values, lists and sections, each as often as it is referred to
MAX_BITS = 1_024  # of an integer
MAX_DEPTH = 32  # of lists and sections in one another
_LOADER = yaml.SafeLoader  # reads as Snakemake's does; libyaml's takes other texts for YAML
_PROGRAM = "__use_yte__"
_LONE = re.compile(r"[\ud800-\udfff]")
_SURROGATE = "half of a character (\\ud800 to \\udfff)"


def check_configfile(path: str | PathLike[str]) -> None:
    """Check that a configuration file holds plain values, and each key once.

    Args:
        path: the file, YAML or JSON, as given to `snakemake --configfile`.

    Raises:
        InputError: it does not; the message names the line, or the key in JSON.
    """
    where = str(path)
    content = read_bytes(path, MAX_BYTES, "a configuration file")
    try:
        text = content.decode()  # with its mark, which is no JSON
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(where, line, "not UTF-8", "text in UTF-8", "Save it as UTF-8") from None
    # As Snakemake does: in what is JSON, it runs nothing.
    if not _is_json(text, where):
        _check_yaml(text, where)


def _is_json(text: str, where: str) -> bool:
    """Whether a file is JSON with keys at the top; refuses one that does not hold plain values."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        section: dict[str, Any] = {}
        for key, value in pairs:
            if key in section:
                what = f"the key {brief(key)} comes twice; expected each key once. Remove one."
                raise InputError(f"{where}: {what}")
            section[key] = value
        return section

    try:
        values = json.loads(text, object_pairs_hook=once)
    except InputError:
        raise
    except (ValueError, RecursionError):
        return False
    if not isinstance(values, dict):
        return False
    try:
        json.dumps(plain(values), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InputError(f"{where}: {_SURROGATE}; expected text. Correct it.") from None
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return True


def _check_yaml(text: str, where: str) -> None:
    reader = _Constructor()
    try:
        nested = max(_depths(text, where), default=0)
        root = yaml.compose(text, Loader=_LOADER) if nested else None
        if not isinstance(root, yaml.MappingNode):
            raise _refused(where, 1, "no keys at the top", "a line such as seed: 3", "Add a key")
        _count(root, where, {})
        reader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"not YAML ({cause(ValueError(error.problem))})"
        expected = "keys and values, indented with spaces"
        raise _refused(where, line, what, expected, "Correct the line") from None
    except yaml.YAMLError as error:
        raise _refused(where, 1, f"not YAML ({cause(error)})", "text", "Correct it") from None
    except InputError:
        raise
    except (ValueError, OverflowError) as error:
        what = f"a number or date that is none ({cause(error)})"
        expected = "plain values"
        raise _refused(where, reader.line, what, expected, "Put text in quotes") from None


class _Constructor(yaml.constructor.SafeConstructor):
    """Makes values of nodes, and knows the line it is at: Python's own errors name none."""

    line = 1

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node."""
        self.line = node.start_mark.line + 1
        return super().construct_object(node, deep)


def _depths(text: str, where: str) -> Iterator[int]:
    """The depth of every list and section; refuses what can be told without nesting calls."""
    depth = documents = nodes = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1
        nodes += isinstance(event, yaml.NodeEvent)
        if nodes > MAX_NODES:
            what = f"more than {MAX_NODES:,} values"
            raise _refused(where, line, what, "single values and short lists", "Leave some out")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):  # "!" alone is no type
            what = f"the tag {brief(tag)}"
            raise _refused(where, line, what, "plain values", "Remove the tag")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                what, remedy = "a second document", "Remove the line ---"
                raise _refused(where, line, what, "one document", remedy)
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                what = f"lists or sections nested {depth} deep"
                raise _refused(where, line, what, f"at most {MAX_DEPTH}", "Close some before")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent) and len(event.value) > MAX_LETTERS:
            what = f"a value of {len(event.value):,} letters"
            raise _refused(where, line, what, f"at most {MAX_LETTERS:,}", "Shorten it")
        elif isinstance(event, yaml.ScalarEvent) and _LONE.search(event.value):
            raise _refused(where, line, _SURROGATE, "text", "Correct it")
        yield depth


def _count(node: yaml.Node, where: str, known: dict[int, int]) -> int:
    """The number of nodes that a node stands for, aliases followed; refuses keys that come twice.

    Args:
        node: where to begin.
        where: the file, for messages.
        known: sizes of the nodes so far, 0 for those around this one.
    """
    line = node.start_mark.line + 1
    if id(node) in known:
        if known[id(node)] == 0:
            raise _refused(where, line, "a value that contains itself", "an end", "Write it out")
        return known[id(node)]
    known[id(node)] = 0
    children: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        _check_keys(node, where)
        children = [part for pair in node.value for part in pair]
    elif isinstance(node, yaml.SequenceNode):
        children = node.value
    total = 1 + sum(_count(child, where, known) for child in children)
    if total > MAX_NODES:
        what = f"{total:,} values, those that aliases (*name) stand for counted each time"
        raise _refused(where, line, what, f"at most {MAX_NODES:,}", "Leave out aliases")
    known[id(node)] = total
    return total


def _check_keys(node: yaml.MappingNode, where: str) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _refused(where, line, "a key that is a list or section", "a name", "Rename it")
        if key.value == _PROGRAM:
            raise _refused(
                where,
                line,
                f"{_PROGRAM}, with which Snakemake runs the expressions in the file as it reads it",
                "plain values",
                "Write values in the place of expressions; if the file is not yours, mind that it "
                "may have run",
            )
        if key.value in seen and key.value != "<<":
            what = f"the key {brief(key.value)} a second time, after line {seen[key.value]}"
            raise _refused(where, line, what, "each key once", "Remove one")
        seen[key.value] = line


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
    if next(steps) > MAX_NODES or depth > MAX_DEPTH:
        raise _endless(f"more than {MAX_NODES:,} values, or nested more than {MAX_DEPTH} deep")
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise _endless("a number of some hundred digits or more")
    if isinstance(value, Mapping):
        items = value.items()
        return {str(plain(k, steps)): plain(item, steps, depth + 1) for k, item in items}
    if isinstance(value, list | tuple):
        return [plain(item, steps, depth + 1) for item in value]
    return value


def _endless(what: str) -> InputError:
    return InputError(
        f"The configuration has {what}; expected single values and short lists. Check the YAML's "
        "aliases (*name). Every key is explained in docs/configuration.md."
    )


def _refused(where: str, line: int, what: str, expected: str, remedy: str) -> InputError:
    return InputError(f"{where}, line {line}: {what}; expected {expected}. {remedy}.")


if __name__ == "__main__":
    try:
        for name in sys.argv[1:]:
            check_configfile(name)
            print(f"{name}: plain values, each key once")
    except InputError as error:
        sys.exit(str(error))
