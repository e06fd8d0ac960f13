"""The configuration: checked as a whole, with messages for people.

`config/schema.yaml` says what each key may be; checks that involve several keys are in
`settings_checks`. The workflow imports these modules whenever it is parsed, so they import nothing
heavy.
"""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

from sparsernn.errors import InputError
from sparsernn.workflow.checks import CHECKS
from sparsernn.workflow.configfiles import plain
from sparsernn.workflow.mistakes import Mistakes, close
from sparsernn.workflow.schema import (
    NAME,
    Schema,
    allowed_values,
    at,
    child_of,
    entries,
    load_settings,
    types_of,
)

__all__ = ["as_yaml", "canonical", "validate"]

MAX_LINES = 40  # of mistakes in a message


def validate(config: Mapping[str, Any]) -> None:
    """Check a merged configuration: every key, and the keys against each other.

    Args:
        config: the configuration, as merged from all files and the command line. Paths in it are
            relative to the working directory.

    Raises:
        InputError: something is wrong. Its message has a line for each mistake: the key, the value
            received, what is allowed and, where it can be guessed, what was meant.
    """
    schema, whole, mistakes = load_settings("schema.yaml"), plain(config), Mistakes()
    for error in _Validator(schema).iter_errors(whole):
        _explain(error, schema, mistakes)
    for check in CHECKS:
        check(whole, mistakes)
    if mistakes.lines:
        lines = [f"  {line}" for line in mistakes.lines.values()]
        more = [f"  and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
        listed = "\n".join([*lines[:MAX_LINES], *more])
        raise InputError(
            f"The configuration is wrong in {len(mistakes.lines)} place(s):\n{listed}\n"
            "Every key is explained in docs/configuration.md."
        )


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


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


def _explain(error: ValidationError, schema: Schema, mistakes: Mistakes) -> None:
    key, value = tuple(error.absolute_path), error.instance
    if error.validator == "required":
        for child in ((*key, name) for name in error.validator_value if name not in value):
            mistakes.add(child, None, allowed_values(at(schema, child)), found="missing")
    elif error.validator == "additionalProperties":
        for name in value:
            if child_of(error.schema, name) is None:
                allowed, hint = _explain_unknown(name, error.schema, schema)
                mistakes.add((*key, name), value[name], allowed, hint, "unknown key, received {}")
    elif error.validator == "not":  # a key of another generator
        hint = "Remove it; if it comes from config.yaml, give your family a name of its own."
        mistakes.add(key, value, f"nothing, the generator has no {key[-1]}", hint)
    else:
        target = at(schema, key)
        mistakes.add(key, value, allowed_values(target), _hint(value, target))


def _explain_unknown(name: str, section: Schema, schema: Schema) -> tuple[str, str]:
    """What is allowed in the place of an unknown key, and a hint."""
    if "properties" not in section:
        proper = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        return NAME, f"Did you mean {proper!r}?" if proper[:1].isalpha() else ""
    near = close(name, list(section["properties"]))
    paths: dict[str, list[str]] = {}
    for path, _ in entries(schema):
        paths.setdefault(path.rpartition(".")[2], []).append(path)
    far = paths.get(name) or (
        [] if near else [p for n in close(name, list(paths)) for p in paths[n]]
    )
    meant = " or ".join([*map(repr, near), *far][:4])
    return ", ".join(section["properties"]), f"Did you mean {meant}?" if meant else ""


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
    if "array" in types and not numeric and not isinstance(value, list | dict):
        return f"Write [{value}]."
    if "object" in types:
        return "Write its keys below it, indented."
    if isinstance(value, list) and len(value) == 1 and "array" not in types:
        return f"Write {value[0]}, without brackets."
    if isinstance(value, float) and "integer" in types and value.is_integer():
        return f"Write {int(value)}."
    if "string" in types and not numeric and not isinstance(value, str | list | dict):
        return f"Write it in quotes: '{value}'."
    near = close(str(value), schema.get("enum", []))
    return f"Did you mean {near[0]!r}?" if near else ""


def _number_hint(text: str, whole: bool) -> str:
    match = re.fullmatch(r"([-+]?\d+(\.\d*)?)(e[-+]?\d{1,2})?", text.lower(), re.ASCII)
    if match is None:
        return ""
    if match[3] is None:
        return f"Write {text}, without quotes."
    mantissa = match[1] if match[2] else f"{match[1]}.0"
    dotted = "" if whole else f" or {mantissa}e{int(match[3][1:]):+d}"
    return f"YAML reads {text} as text; write {Decimal(text).normalize():f}{dotted}."


def canonical(value: Any) -> Any:
    """The same configuration in one form: keys in order, whole numbers as integers.

    What is written differently and means the same must not make results anew.

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


def as_yaml(config: Mapping[str, Any]) -> str:
    """A configuration as YAML, its sections in the order of the documentation."""
    ordered = {
        name: config[name] for name in load_settings("schema.yaml")["properties"] if name in config
    }
    return yaml.safe_dump(
        ordered, sort_keys=False, default_flow_style=None, allow_unicode=True, width=90
    )
