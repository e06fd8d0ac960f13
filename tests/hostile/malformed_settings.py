"""Configurations that are refused: as files, by us and by Snakemake, and as what they merge to."""

from pathlib import Path
from typing import Any

import yaml
from configurations import load
from malformed_cases import Case, Make, content, nothing, sized
from snakemake.common.configfile import load_configfile
from snakemake_interface_common.exceptions import WorkflowError

from sparsernn.errors import InputError
from sparsernn.workflow.configfiles import MAX_BYTES, check_configfile
from sparsernn.workflow.settings import validate

PLAIN = ("expected plain values", "Remove the tag")


def laughs(opening: str, item: str, closing: str) -> str:
    """Aliases of aliases: 10**9 values in some lines."""
    lines = [f"a0: &a0 {opening}{item.format('x')}{closing}\n"]
    for i in range(1, 10):
        items = ", ".join(item.format(f"*a{i - 1}").replace("k", f"k{j}") for j in range(10))
        lines.append(f"a{i}: &a{i} {opening}{items}{closing}\n")
    return "".join(lines)


def random(**changed: Any) -> dict[str, Any]:
    """A family of random graphs."""
    return {"generator": "barabasi_albert", "count": 9, "n": 20, "m": 2, **changed}


def own_graphs(folder: str) -> dict[str, Any]:
    return {"families": {"own": {"generator": "graphml", "folder": folder}}}


def folders(path: Path) -> None:
    """Folders and files that configurations name; `path` is one of the files."""
    path.touch()
    for name in ("own{cell}.csv", "{x}/0.graphml", "braces/{x}.graphml", *IN_RESULTS, *IN_CHECKOUT):
        (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / name).touch()


IN_RESULTS = ("mine/own.yaml", "mine/graphs/own/shard0/0.graphml")
IN_CHECKOUT = tuple(
    f"{{x}}/Implementations/{name}" for name in ("experiments/graphs", "dataset/test_data.csv")
)

# Name: content, and words of the message.
FILES: dict[str, str | bytes] = {
    "tag that calls the shell": (
        "seed: !!python/object/apply:os.system [touch ran]\n",
        ("line 1: the tag 'tag:yaml.org,2002:python/obje", *PLAIN),
    ),
    "tag that names a function": (
        "study: x\nseed: !!python/name:os.system\n",
        ("line 2: the tag 'tag:yaml.org,2002:python/name:os.system'", *PLAIN),
    ),
    "tag of a tuple": ("cells: !!python/tuple [gru]\n", ("line 1", "python/tuple'", *PLAIN)),
    "tag of a set": ("cells: !!set {gru, lstm}\n", ("line 1", "2002:set'", *PLAIN)),
    "tag of bytes": ("study: !!binary aGVsbG8=\n", ("line 1", "2002:binary'", *PLAIN)),
    "tag of one's own": ("seed: !secret 3\n", ("line 1: the tag '!secret'", *PLAIN)),
    "expressions": (
        "__use_yte__: true\nseed: ?1 + 2\n",
        ("line 1: __use_yte__", "Snakemake runs the expressions", "Write values"),
    ),
    "tab": ("seed:\n\t3\n", ("line 2: not YAML", "indented with spaces", "Correct the line")),
    "bracket that is not closed": ("cells: [gru, lstm\nseed: 3\n", ("line 2: not YAML",)),
    "two colons": ("seed: 3: 4\n", ("line 1: not YAML", "mapping values are not allowed")),
    "alias of nothing": ("seed: *other\n", ("line 1: not YAML", "undefined alias")),
    "empty file": ("", ("line 1: no keys at the top", "seed: 3", "Add a key")),
    "comments alone": ("# seed: 3\n", ("no keys at the top", "Add a key")),
    "list at the top": ("- seed: 3\n", ("no keys at the top", "a line such as seed: 3")),
    "text at the top": ("seed\n", ("no keys at the top",)),
    "two documents": (
        "seed: 1\n---\nseed: 2\n",
        ("line 2: not YAML (but found another document)",),
    ),
    "key twice": (
        "seed: 3\nstudy: x\nseed: 4\n",
        ("line 3: the key 'seed' a second time, after line 1", "each key once", "Remove one"),
    ),
    "key of a section twice": (
        "sparse:\n  seeds: 3\n  seeds: 4\n",
        ("line 3: the key 'seeds' a second time, after line 2",),
    ),
    "key twice in JSON that is no YAML": (
        r'{"seed": 3, "study": "\ud83d\ude00", "seed": 4}',
        ("the key 'seed' comes twice", "expected it once", "Remove one"),
    ),
    "6,000 values in JSON": (
        f'{{"cells": [{", ".join(["1"] * 6000)}]}}',
        ("more than 5,000 values", "short lists"),
    ),
    "250,000 values": (
        "cells:\n" + "- x\n" * 250_000,
        ("line 4999: more than 5,000 values", "short lists", "Leave some out"),
    ),
    "expressions in JSON with a mark": (
        b"\xef\xbb\xbf" + rb'{"__use_yte__": true, "study": "\ud800", "seed": "?1 + 2"}',
        ("line 1: __use_yte__",),
    ),
    "expressions in JSON with a tab and a mark": (
        b'\xef\xbb\xbf{\t"__use_yte__": true, "seed": "?1 + 2"}',
        ("line 1: ",),
    ),
    "number without digits": (
        "study: x\nseed: 0x_\n",
        ("a number or date that is none (invalid literal", "expected plain values", "in quotes"),
    ),
    "13th month": (
        "study: 2021-13-01\n",
        ("a number or date that is none (month must be in 1..12)", "in quotes"),
    ),
    "merge of a number": ("<<: 3\n", ("line 1: not YAML", "Correct the line")),
    "list as a key": (
        "? [a, b]\n: 3\n",
        ("line 1: a key that is a list", "expected a name", "Write a name"),
    ),
    "aliases of lists that unfold a billionfold": (
        laughs("[", "{}", "]"),
        ("line 5: more than 5,000 values", "those that aliases", "Leave some out"),
    ),
    "aliases of sections that unfold a billionfold": (
        laughs("{{", "k: {}", "}}").replace("{{", "{").replace("}}", "}"),
        ("line 5: more than 5,000 values", "short lists", "Leave some out"),
    ),
    "list in itself": ("cells: &a [*a]\n", ("nested more than 32 deep", "Check the YAML's")),
    "section in itself": ("sparse: &a {x: *a}\n", ("nested more than 32 deep", "aliases")),
    "alias as a key": ("study: &a x\n? *a\n: 3\n", ("line 2: a key that is a list, section or",)),
    "expressions that an alias asks for": (
        "study: &a __use_yte__\n? *a\n: true\n",
        ("line 2: a key that is a list, section or alias", "Write a name"),
    ),
    "10,000 brackets": ("seed: " + "[" * 10_000, ("line 1: lists or sections nested 33 deep",)),
    "number of 500 digits": ("seed: " + "9" * 500, ("a number of some hundred digits or more",)),
    "number of 5,000 digits": ("seed: " + "9" * 5000, ("a number or date that is none",)),
    "Latin-1": ("study: é\n".encode("latin-1"), ("not UTF-8", "Save it as UTF-8")),
    "UTF-16": ("seed: 3\n".encode("utf-16"), ("not UTF-8", "Save it as UTF-8")),
    "every byte once": (bytes(range(256)), ("not UTF-8",)),
    "control character": ("study: a\x07b\n", ("not YAML", "Correct it")),
}

# Words of Snakemake's, which reads a file before we do.
FIRST = ("empty file", "list at the top", "tab", "two documents", "tag that calls the shell")

CHANGES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "seed that is a list": ({"seed": [[3]]}, ("seed: received [[3]]; allowed: an integer",)),
    "seed that is a date": (
        {"seed": yaml.safe_load("2021-01-01")},
        ("seed: received datetime.date(2021, 1, 1); allowed: an integer, at least 0",),
    ),
    "seed of 5,000 digits": (
        {"seed": 10**5000},
        ("a number of some hundred digits", "expected single values", "docs/configuration.md"),
    ),
    "key of 5,000 digits": ({10**5000: 3}, ("a number of some hundred digits",)),
    "lists that unfold a billionfold": (
        yaml.safe_load(laughs("[", "{}", "]")),
        ("more than 5,000 values", "expected single values and short lists", "aliases"),
    ),
    "list in itself": (
        yaml.safe_load("cells: &a [*a]"),
        ("nested more than 32 deep", "Check the YAML's aliases"),
    ),
    "4,000 cells": ({"cells": ["x"] * 4000}, ("wrong in 4000 place(s)", "and 3960 more")),
    "path with a NUL": (
        {"dataset": {"strings": "a\0b"}},
        (r"dataset.strings: received 'a\x00b'; allowed: the path of a CSV file", "No such file"),
    ),
    "results in another folder": (
        {"results": "../../etc"},
        ("results: received '../../etc'; allowed: a relative path below",),
    ),
    "results with a wildcard": ({"results": "{cell}"}, ("results: received '{cell}'; allowed",)),
    "results that are a file": (
        {"results": "own.yaml/mine"},
        (
            "results: received 'own.yaml/mine'",
            "the path of a folder",
            "own.yaml exists, and is not a folder",
        ),
    ),
    "results of 300 letters": (
        {"results": "a" * 300},
        ("results: received 'aaa", "at most 60 characters between"),
    ),
    "results that end in a line break": (
        {"results": "mine\n"},
        (r"results: received 'mine\n'; allowed: a relative path",),
    ),
    "strings among the results": (
        {"results": "mine", "dataset": {"strings": "mine/../mine/own.yaml"}},
        ("dataset.strings: received 'mine/../mine/own.yaml'", "a path outside of results, mine"),
    ),
    "strings in a file with braces": (
        {"dataset": {"strings": "own{cell}.csv"}},
        ("dataset.strings: received 'own{cell}.csv'", "a path without braces", "Rename it"),
    ),
    "graphs among the results": (
        {"results": "mine", "graphs": own_graphs("mine/graphs/own/shard0")},
        ("graphs.families.own.folder: received", "a path outside of results", "keep your files"),
    ),
    "graphs in a folder with braces": (
        {"graphs": own_graphs("{x}")},
        ("graphs.families.own.folder: received '{x}'", "a path without braces", "Rename it"),
    ),
    "graph with braces in its name": (
        {"graphs": own_graphs("braces")},
        ("graphs.families.own.folder: received 'braces/{x}.graphml'", "without braces"),
    ),
    "checkout in a folder with braces": (
        {"replay": {"checkout": "{x}"}},
        ("replay.checkout: received '{x}'", "a path without braces", "Rename it"),
    ),
    "seed of 309 digits, and too many graphs": (
        {"seed": 2**1024 - 1, "graphs": {"families": {"ba": random(count=2**1023)}}},
        ("graphs.families.ba.count: received 898", "at least 0 and at most 1,000,000"),
    ),
    "a billion repeats": (
        {"sparse": {"seeds": 10**9}, "dense": {"seeds": 10**9}},
        ("sparse.seeds: received 1000000000", "dense.seeds", "at most 10,000"),
    ),
    "graphs of 10,001 vertices": (
        {"graphs": {"families": {"ba": random(n=10_001), "bb": random(n=[10, 10**40])}}},
        ("ba.n: received 10001", "bb.n", "at least 2 and at most 10,000"),
    ),
    "networks without end": (
        {
            "dense": {"embedding_size": 10**30, "hidden_size": 10**23},
            "limits": {"network_mb": 1e308, "network_minutes": 1e308},
        },
        ("embedding_size", "hidden_size", "network_mb: received 1e+308", "network_minutes"),
    ),
    "more than a million networks": (
        {"graphs": {"families": {"ba": random(count=500_000)}}},
        ("number of networks: 4,00", "allowed: at most 1,000,000", "Lower seeds or count"),
    ),
    "more than 50,000 jobs": (
        {"shard_size": 1, "graphs": {"families": {"ba": random(count=10_000)}}},
        ("number of jobs: 9", "allowed: at most 50,000", "Or raise shard_size"),
    ),
    "share that rounds to nothing": (
        {"dataset": {"test_share": 1e-310}},
        ("dataset.test_share: received 1e-310", "at least 1e-06 and below 1"),
    ),
    "family whose name is a number": (
        {"graphs": {"families": {float("-inf"): random()}}},
        ("graphs.families.-inf: unknown key", "a name of at most 40 small letters"),
    ),
    "names that end in a line break": (
        {"protocols": ["a\n"], "custom_protocols": {"a\n": {"base": "corrected"}}},
        (r"custom_protocols.a\n: unknown key", "a name of at most 40 small letters"),
    ),
    "escape sequence in a value": (
        {"cells": "gru\x1b[2J\n  results: fine"},
        (r"cells: received 'gru\x1b[2J\n  results: fine'", r"Write [gru\x1b[2J\n  results: fine]"),
    ),
    "escape sequence in a key": (
        {"seed\x1b[2J\n  results": 3},
        (r"seed\x1b[2J\n  results: unknown key, received 3", "allowed: study, results"),
    ),
    "key of 1,000 letters": ({"k" * 1000: 3}, ("kkk...: unknown key, received 3",)),
    "study with an escape sequence": (
        {"study": "a\x1b[2J"},
        (r"study: received 'a\x1b[2J'; allowed: text, one line",),
    ),
    "study with half of a character": (
        {"study": "a\ud800"},
        (r"study: received 'a\ud800'; allowed: text, one line",),
    ),
    "key with half of a character": (
        {"a\ud800": 3},
        (r"a\ud800: unknown key, received 3; allowed: study, results",),
    ),
    "study of two lines": (
        {"study": "a\nb"},
        (r"study: received 'a\nb'; allowed: text, one line",),
    ),
}


def _merged(change: Any) -> Make:
    def read(_: Path) -> None:
        config = load("config.yaml")
        for key, value in change.items():
            section = isinstance(value, dict) and isinstance(config.get(key), dict)
            config[key] = {**config[key], **value} if section else value
        validate(config)

    return read


def _first(path: Path) -> None:
    """Read as Snakemake does."""
    try:
        load_configfile(path)
    except WorkflowError as error:
        raise InputError(f"WorkflowError: {error}") from None


def _file(name: str, make: Make, *words: str) -> Case:
    return Case("configuration file", name, make, check_configfile, "own.yaml", words)


CASES = [_file(name, content(text), *words) for name, (text, words) in FILES.items()]
CASES += [
    _file("file of 1 MiB and a byte", sized(MAX_BYTES + 1), "at most 1,048,576"),
    _file("folder", Path.mkdir, "not a regular file", "Give the path of a configuration file"),
    _file("no file", nothing, "no such file", "Give the path of a configuration file"),
]
CASES += [
    Case("merged configuration", name, folders, _merged(change), "own.yaml", words)
    for name, (change, words) in CHANGES.items()
]
SNAKEMAKE = "configuration file, in Snakemake's words"
CASES += [
    Case(SNAKEMAKE, name, content(FILES[name][0]), _first, "own.yaml", ("Config file",))
    for name in FIRST
]
