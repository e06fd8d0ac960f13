"""The configuration: checked as a whole, with messages for people, and documented.

`config/schema.yaml` says what each key may be; checks that involve several keys are here. The
workflow imports this module whenever it is parsed, so it imports nothing heavy.
"""

import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from sparsernn.checkout import missing_from
from sparsernn.configfiles import plain
from sparsernn.degrees import degree
from sparsernn.engines import FUSED_CELLS
from sparsernn.errors import InputError
from sparsernn.files import graph_files
from sparsernn.schema import Schema, load_settings

__all__ = [
    "allowed_values",
    "as_yaml",
    "canonical",
    "entries",
    "shown",
    "types_of",
    "validate",
]

MAX_LINES = 40  # of mistakes in a message
PROTOCOLS = ("published", "corrected")
NAME = "a name of small letters, digits and _, that starts with a letter"
KINDS = {
    "integer": "an integer",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
}
LIMITS = {
    "exclusiveMinimum": "above",
    "minimum": "at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}

Key = tuple[str | int, ...]


def validate(config: Mapping[str, Any]) -> None:
    """Check a merged configuration: every key, and the keys against each other.

    Args:
        config: the configuration, as merged from all files and the command line. Paths in it are
            relative to the working directory.

    Raises:
        InputError: something is wrong. Its message has a line for each mistake: the key, the value
            received, what is allowed and, where it can be guessed, what was meant.
    """
    schema, whole, mistakes = load_settings("schema.yaml"), plain(config), _Mistakes()
    for error in _Validator(schema).iter_errors(whole):
        _explain(error, schema, mistakes)
    checks = [_check_protocols, _check_engine, _check_dataset, _check_families, _check_percents]
    for check in [*checks, _check_sizes, _check_replay]:
        check(whole, mistakes)
    if mistakes.lines:
        lines = [f"  {line}" for line in mistakes.lines.values()]
        more = [f"  and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
        listed = "\n".join([*lines[:MAX_LINES], *more])
        raise InputError(
            f"The configuration is wrong in {len(mistakes.lines)} place(s):\n{listed}\n"
            "Every key is explained in docs/configuration.md."
        )


class _Mistakes:
    """The mistakes found so far: one line for each key."""

    def __init__(self) -> None:
        self.lines: dict[Key, str] = {}

    def add(
        self, key: Key, value: Any, allowed: str, hint: str = "", found: str = "received {}"
    ) -> None:
        name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)[1:]
        text = shown(value)
        found = found.format(text if len(text) <= 80 else f"{text[:77]}...")
        line = f"{name or 'the configuration'}: {found}; allowed: {allowed}. {hint}"
        self.lines.setdefault(key, line.rstrip())

    def spare(self, *key: str) -> bool:
        """Whether nothing is wrong at `key`, above it or below it."""
        return not any(key[: len(bad)] == bad[: len(key)] for bad in self.lines)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# Python's bool is an int, 3.0 passes for an integer and nan passes every comparison: not here.
_Validator = validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: _is_number(value) and isinstance(value, int),
            "number": lambda _, value: _is_number(value),
        }
    ),
)


def _explain(error: ValidationError, schema: Schema, mistakes: _Mistakes) -> None:
    key, value = tuple(error.absolute_path), error.instance
    if error.validator == "required":
        for child in ((*key, name) for name in error.validator_value if name not in value):
            mistakes.add(child, None, allowed_values(_at(schema, child)), found="missing")
    elif error.validator == "additionalProperties":
        for name in value:
            if _child(error.schema, name) is None:
                allowed, hint = _explain_unknown(name, error.schema, schema)
                mistakes.add((*key, name), value[name], allowed, hint, "unknown key, received {}")
    elif error.validator == "not":  # a key of another generator
        hint = "Remove it; if it comes from config.yaml, give your family a name of its own."
        mistakes.add(key, value, f"nothing, the generator has no {key[-1]}", hint)
    else:
        target = _at(schema, key)
        mistakes.add(key, value, allowed_values(target), _hint(value, target))


def _explain_unknown(name: str, section: Schema, schema: Schema) -> tuple[str, str]:
    """What is allowed in the place of an unknown key, and a hint."""
    if "properties" not in section:
        proper = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        return NAME, f"Did you mean {proper!r}?" if proper[:1].isalpha() else ""
    near = _close(name, list(section["properties"]))
    paths: dict[str, list[str]] = {}
    for path, _ in entries(schema):
        paths.setdefault(path.rpartition(".")[2], []).append(path)
    far = paths.get(name) or (
        [] if near else [p for n in _close(name, list(paths)) for p in paths[n]]
    )
    meant = " or ".join([*map(repr, near), *far][:4])
    return ", ".join(section["properties"]), f"Did you mean {meant}?" if meant else ""


def _child(schema: Schema, name: str | int) -> Any:
    if isinstance(name, int):
        return schema.get("items")
    patterns = schema.get("patternProperties", {}).items()
    matching = (child for pattern, child in patterns if re.search(pattern, name))
    return schema.get("properties", {}).get(name) or next(matching, None)


def _at(schema: Schema, key: Key) -> Any:
    for name in key:
        schema = _child(schema, name)
    return schema


def entries(schema: Schema, prefix: str = "") -> Iterator[tuple[str, Schema]]:
    """Every key below `schema` with its dotted path, `<name>` in the place of a free name."""
    free = [("<name>", child) for child in schema.get("patternProperties", {}).values()]
    for name, child in [*schema.get("properties", {}).items(), *free]:
        yield prefix + name, child
        yield from entries(child, f"{prefix}{name}.")


def types_of(schema: Schema) -> set[str]:
    """The JSON types that a value may have."""
    options = [schema, *schema.get("anyOf", [])]
    listed = (option.get("type", []) for option in options)
    return {kind for item in listed for kind in ([item] if isinstance(item, str) else item)}


def allowed_values(schema: Schema) -> str:
    """What a value may be, in words."""
    if "x-allowed" in schema:
        return str(schema["x-allowed"])
    if "enum" in schema:
        return " or ".join([", ".join(schema["enum"][:-1]), schema["enum"][-1]])
    types = types_of(schema)
    if "object" in types:
        keys = ", ".join(schema.get("properties", {}))
        return f"a section with the keys {keys}" if keys else f"a section, each key {NAME}"
    if "array" in types:
        return f"a list, not empty and without repeats, of {allowed_values(schema['items'])}"
    limits = " and ".join(f"{word} {schema[key]}" for key, word in LIMITS.items() if key in schema)
    kind = next(text for name, text in KINDS.items() if name in types)
    return ", ".join(filter(None, [kind, limits, "or null" if "null" in types else ""]))


def _hint(value: Any, schema: Schema) -> str:
    """What was probably meant by a value that is not allowed."""
    types = types_of(schema)
    numeric = types & {"integer", "number"}
    if isinstance(value, str) and "null" in types and value.lower() in ("none", "null", ""):
        return "Write null, without quotes."
    if isinstance(value, str) and numeric:
        return _number_hint(value, whole="number" not in types)
    if isinstance(value, bool) and numeric:
        return "YAML reads yes, no, on, off, true and false as truth values; write a number."
    if value is None:
        return "An empty value is null; write one, or remove the key."
    if "array" in types and not isinstance(value, list | dict):
        return f"Write [{value}]."
    if "object" in types:
        return "Write its keys below it, indented."
    if isinstance(value, list) and len(value) == 1 and "array" not in types:
        return f"Write {value[0]}, without brackets."
    if isinstance(value, float) and "integer" in types and value.is_integer():
        return f"Write {int(value)}."
    if "string" in types and not numeric and not isinstance(value, str | list | dict):
        return f"Write it in quotes: '{value}'."
    close = _close(str(value), schema.get("enum", []))
    return f"Did you mean {close[0]!r}?" if close else ""


def _number_hint(text: str, whole: bool) -> str:
    match = re.fullmatch(r"([-+]?\d+(\.\d*)?)(e[-+]?\d{1,2})?", text.lower(), re.ASCII)
    if match is None:
        return ""
    if match[3] is None:
        return f"Write {text}, without quotes."
    mantissa = match[1] if match[2] else f"{match[1]}.0"
    dotted = "" if whole else f" or {mantissa}e{int(match[3][1:]):+d}"
    return f"YAML reads {text} as text; write {Decimal(text).normalize():f}{dotted}."


def _close(word: str, names: Sequence[str]) -> list[str]:
    return get_close_matches(re.sub(r"[- ]", "_", word.lower()), names, n=1, cutoff=0.65)


def shown(value: Any) -> str:
    """A value nearly as YAML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {shown(item)}' for key, item in value.items())}}}"
    return {"None": "null", "True": "true", "False": "false"}.get(repr(value), repr(value))


def _check_protocols(config: Any, mistakes: _Mistakes) -> None:
    own = [*config["custom_protocols"]] if mistakes.spare("custom_protocols") else []
    for name in PROTOCOLS:
        if name in own:
            key = ("custom_protocols", name)
            mistakes.add(key, config[key[0]][name], "names other than the built-in protocols'")
    if mistakes.spare("protocols") and mistakes.spare("custom_protocols"):
        known = [*PROTOCOLS, *own]
        for index, name in enumerate(config["protocols"]):
            if name not in known:
                close = _close(name, known)
                hint = f"Did you mean {close[0]!r}?" if close else "Define it in custom_protocols."
                mistakes.add(("protocols", index), name, ", ".join(known), hint)


def _check_engine(config: Any, mistakes: _Mistakes) -> None:
    if mistakes.spare("engine") and mistakes.spare("cells") and config["engine"] == "fused":
        others = [cell for cell in config["cells"] if cell not in FUSED_CELLS]
        if others:
            allowed = f"torch or fastest, as the fused engine has no kernels of {', '.join(others)}"
            hint = "Write fastest: it leaves the other cells as they are."
            mistakes.add(("engine",), "fused", allowed, hint)


def _check_dataset(config: Any, mistakes: _Mistakes) -> None:
    if not mistakes.spare("dataset"):
        return
    dataset = config["dataset"]
    if dataset["strings"] is not None:
        if not os.path.isfile(dataset["strings"]):
            allowed, hint = "the path of a CSV file, or null", f"No such file in {os.getcwd()}."
            mistakes.add(("dataset", "strings"), dataset["strings"], allowed, hint)
        return
    share = dataset["test_share"]
    least = math.ceil(1 / min(share, 1 - share))
    for name, count in ("n_valid", dataset["n_valid"]), ("decoys", sum(dataset["decoys"].values())):
        if count < least:
            allowed = f"at least {least} strings in all where test_share is {share}"
            hint = "Training and test set both need strings of both classes."
            mistakes.add(("dataset", name), dataset[name], allowed, hint)


def _check_families(config: Any, mistakes: _Mistakes) -> None:
    families = config["graphs"]["families"] if mistakes.spare("graphs") else {}
    for name, family in families.items():
        key = ("graphs", "families", name)
        if family["generator"] != "graphml":
            _check_random_family(key, family, mistakes)
        elif not _size(family):
            allowed, hint = "a folder with *.graphml files", f"There are none in {os.getcwd()}."
            mistakes.add((*key, "folder"), family["folder"], allowed, hint)


def _check_random_family(key: Key, family: Any, mistakes: _Mistakes) -> None:
    low, high = family["n"] if isinstance(family["n"], list) else [family["n"]] * 2
    if low > high:
        hint = f"Write [{high}, {low}]."
        return mistakes.add((*key, "n"), [low, high], "[lo, hi] with lo at most hi", hint)
    schema = _at(load_settings("schema.yaml"), key)
    for name in family:
        # Neither a degree nor n minus it falls as n grows, so the smallest graph decides.
        least = _child(schema, name).get("x-least")
        if least is not None and not least <= (value := degree(family[name], low)) < low:
            allowed, hint = f"at least {least} and below n", f"It is {value} for n = {low}."
            mistakes.add((*key, name), family[name], allowed, hint)


def _size(family: Any) -> int:
    if "count" in family:
        return int(family["count"])
    return len(graph_files(family["folder"]))


def _check_percents(config: Any, mistakes: _Mistakes) -> None:
    key = ("pruning", "percents")
    percents = config["pruning"]["percents"] if mistakes.spare(*key) else []
    if percents != sorted(percents):
        mistakes.add(key, percents, "ascending percentages", f"Write {sorted(percents)}.")


def _check_sizes(config: Any, mistakes: _Mistakes) -> None:
    """The number of graphs against what the analysis splits and fits."""
    if not mistakes.spare("graphs"):
        return
    families = config["graphs"]["families"]
    total = sum(map(_size, families.values()))
    if total == 0:
        return mistakes.add(("graphs", "families"), families, "at least one graph in all")
    hint = f"There are {total} graphs in all."
    key = ("analysis", "prediction")
    if mistakes.spare(*key):
        folds, share = (config["analysis"]["prediction"][name] for name in ("folds", "test_share"))
        if 2 * folds > total:
            mistakes.add((*key, "folds"), folds, "at least 2 graphs for each fold", hint)
        if not 2 <= math.ceil(share * total) <= total - 2:
            allowed = "a share that holds out, and leaves, at least 2 graphs"
            mistakes.add((*key, "test_share"), share, allowed, hint)
    key = ("analysis", "ols")
    if mistakes.spare(*key) and len(config["analysis"]["ols"]) > total - 2:
        allowed = "at least 2 fewer properties than graphs"
        mistakes.add(key, config["analysis"]["ols"], allowed, hint)


def _check_replay(config: Any, mistakes: _Mistakes) -> None:
    key = ("replay", "checkout")
    folder = config["replay"]["checkout"] if mistakes.spare(*key) else None
    if folder is not None and (missing := missing_from(folder)):
        allowed = allowed_values(_at(load_settings("schema.yaml"), key))
        mistakes.add(key, folder, allowed, f"There is no {os.path.abspath(missing)}.")


def canonical(value: Any) -> Any:
    """The same configuration in one form: keys in order, whole numbers as integers.

    What is written differently and means the same must not make results anew.

    Example:
        >>> canonical({"p": 1.0, "n": [10, 50]})
        {'n': [10, 50], 'p': 1}
    """
    if isinstance(value, Mapping):
        return {key: canonical(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_yaml(config: Mapping[str, Any]) -> str:
    """A configuration as YAML, its sections in the order of the documentation."""
    ordered = {
        name: config[name] for name in load_settings("schema.yaml")["properties"] if name in config
    }
    return yaml.safe_dump(
        ordered, sort_keys=False, default_flow_style=None, allow_unicode=True, width=90
    )
