"""Configurations that are refused: as files, by us and by Snakemake, and as what they merge to."""

from pathlib import Path
from typing import Any

import yaml
from configurations import load
from malformed_cases import Case, Content, Make, nothing, sized
from snakemake.common.configfile import load_configfile
from snakemake_interface_common.exceptions import WorkflowError

from sparsernn.errors import InputError
from sparsernn.workflow.settings.configfiles import MAX_BYTES, check_configfile
from sparsernn.workflow.settings.validation import validate


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
    for name in (
        *("own{cell}.csv", "{x}/0.graphml", "braces/{x}.graphml"),
        *("mine/own.yaml", "mine/graphs/own/shard0/0.graphml"),
        *("{x}/Implementations/experiments/graphs", "{x}/Implementations/dataset/test_data.csv"),
    ):
        (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (path.parent / name).touch()


BOM = b"\xef\xbb\xbf"
FILES: dict[str, Content] = {
    "tag that calls the shell": "seed: !!python/object/apply:os.system [touch ran]\n",
    "tag that names a function": "study: x\nseed: !!python/name:os.system\n",
    "tag of a tuple": "cells: !!python/tuple [gru]\n",
    "tag of a set": "cells: !!set {gru, lstm}\n",
    "tag of bytes": "study: !!binary aGVsbG8=\n",
    "tag of one's own": "seed: !secret 3\n",
    "expressions": "__use_yte__: true\nseed: ?1 + 2\n",
    "tab": "seed:\n\t3\n",
    "bracket that is not closed": "cells: [gru, lstm\nseed: 3\n",
    "two colons": "seed: 3: 4\n",
    "alias of nothing": "seed: *other\n",
    "empty file": "",
    "comments alone": "# seed: 3\n",
    "list at the top": "- seed: 3\n",
    "text at the top": "seed\n",
    "two documents": "seed: 1\n---\nseed: 2\n",
    "key twice": "seed: 3\nstudy: x\nseed: 4\n",
    "key of a section twice": "sparse:\n  seeds: 3\n  seeds: 4\n",
    "key twice in JSON that is no YAML": r'{"seed": 3, "study": "\ud83d\ude00", "seed": 4}',
    "6,000 values in JSON": f'{{"cells": [{", ".join(["1"] * 6000)}]}}',
    "250,000 values": "cells:\n" + "- x\n" * 250_000,
    "expressions in JSON with a mark": BOM
    + rb'{"__use_yte__": true, "study": "\ud800", "seed": "?1 + 2"}',
    "expressions in JSON with a tab and a mark": BOM + b'{\t"__use_yte__": true, "seed": "?1 + 2"}',
    "number without digits": "study: x\nseed: 0x_\n",
    "13th month": "study: 2021-13-01\n",
    "merge of a number": "<<: 3\n",
    "list as a key": "? [a, b]\n: 3\n",
    "aliases of lists that unfold a billionfold": laughs("[", "{}", "]"),
    "aliases of sections that unfold a billionfold": laughs("{", "k: {}", "}"),
    "list in itself": "cells: &a [*a]\n",
    "section in itself": "sparse: &a {x: *a}\n",
    "alias as a key": "study: &a x\n? *a\n: 3\n",
    "expressions that an alias asks for": "study: &a __use_yte__\n? *a\n: true\n",
    "10,000 brackets": "seed: " + "[" * 10_000,
    "number of 500 digits": "seed: " + "9" * 500,
    "number of 5,000 digits": "seed: " + "9" * 5000,
    "Latin-1": "study: é\n".encode("latin-1"),
    "UTF-16": "seed: 3\n".encode("utf-16"),
    "every byte once": bytes(range(256)),
    "control character": "study: a\x07b\n",
    "file of 1 MiB and a byte": sized(MAX_BYTES + 1),
    "folder": Path.mkdir,
    "no file": nothing,
}

# Refused by Snakemake, which reads a file before we do, in its own words.
FIRST = ("empty file", "list at the top", "tab", "two documents", "tag that calls the shell")

CHANGES: dict[str, Any] = {
    "seed that is a list": {"seed": [[3]]},
    "seed that is a date": {"seed": yaml.safe_load("2021-01-01")},
    "seed of 5,000 digits": {"seed": 10**5000},
    "key of 5,000 digits": {10**5000: 3},
    "lists that unfold a billionfold": yaml.safe_load(laughs("[", "{}", "]")),
    "list in itself": yaml.safe_load("cells: &a [*a]"),
    "4,000 cells": {"cells": ["x"] * 4000},
    "path with a NUL": {"dataset": {"strings": "a\0b"}},
    "results in another folder": {"results": "../../etc"},
    "results with a wildcard": {"results": "{cell}"},
    "results that are a file": {"results": "own.yaml/mine"},
    "results of 300 letters": {"results": "a" * 300},
    "results that end in a line break": {"results": "mine\n"},
    "strings among the results": {
        "results": "mine",
        "dataset": {"strings": "mine/../mine/own.yaml"},
    },
    "strings in a file with braces": {"dataset": {"strings": "own{cell}.csv"}},
    "graphs among the results": {"results": "mine", "graphs": own_graphs("mine/graphs/own/shard0")},
    "graphs in a folder with braces": {"graphs": own_graphs("{x}")},
    "graph with braces in its name": {"graphs": own_graphs("braces")},
    "checkout in a folder with braces": {"replay": {"checkout": "{x}"}},
    "seed of 309 digits, and too many graphs": {
        "seed": 2**1024 - 1,
        "graphs": {"families": {"ba": random(count=2**1023)}},
    },
    "a billion repeats": {"sparse": {"seeds": 10**9}, "dense": {"seeds": 10**9}},
    "more networks pruned than trained": {
        "dense": {"seeds": {"published": 3, "corrected": 2}},
        "pruning": {"seeds": 3},
    },
    "generator and another key misspelt": {
        "graphs": {"families": {"mine": {"generatr": "gnm", "cuont": 9, "n": 20}}}
    },
    "graphs of 10,001 vertices": {
        "graphs": {"families": {"ba": random(n=10_001), "bb": random(n=[10, 10**40])}}
    },
    "networks without end": {
        "dense": {"embedding_size": 10**30, "hidden_size": 10**23},
        "limits": {"network_mb": 1e308, "network_minutes": 1e308},
    },
    "more than a million networks": {"graphs": {"families": {"ba": random(count=500_000)}}},
    "more than 50,000 jobs": {
        "shard_size": 1,
        "graphs": {"families": {"ba": random(count=10_000)}},
    },
    "share that rounds to nothing": {"dataset": {"test_share": 1e-310}},
    "family whose name is a number": {"graphs": {"families": {float("-inf"): random()}}},
    "names that end in a line break": {
        "protocols": ["a\n"],
        "custom_protocols": {"a\n": {"base": "corrected"}},
    },
    "escape sequence in a value": {"cells": "gru\x1b[2J\n  results: fine"},
    "escape sequence in a key": {"seed\x1b[2J\n  results": 3},
    "key of 1,000 letters": {"k" * 1000: 3},
    "study with an escape sequence": {"study": "a\x1b[2J"},
    "study with half of a character": {"study": "a\ud800"},
    "key with half of a character": {"a\ud800": 3},
    "study of two lines": {"study": "a\nb"},
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


CASES = [
    Case("configuration file", name, make, check_configfile, "own.yaml")
    for name, make in FILES.items()
]
CASES += [
    Case("merged configuration", name, folders, _merged(change), "own.yaml")
    for name, change in CHANGES.items()
]
SNAKEMAKE = "configuration file, in Snakemake's words"
CASES += [Case(SNAKEMAKE, name, FILES[name], _first, "own.yaml") for name in FIRST]
