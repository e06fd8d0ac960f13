"""The configuration: checked as a whole, with messages for people.

`models` say what each key may be; `checks` are those that involve several keys. The workflow
imports these modules whenever it is parsed, so they import nothing heavy.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError

from sparsernn.errors import InputError
from sparsernn.workflow.settings.allowed import (
    NAME,
    Schema,
    allowed_values,
    at,
    child_of,
    entries,
    json_schema,
    of_generator,
    types_of,
)
from sparsernn.workflow.settings.checks import CHECKS
from sparsernn.workflow.settings.configfiles import plain
from sparsernn.workflow.settings.models import Settings
from sparsernn.workflow.settings.problems import Key, Problems, close

__all__ = ["as_yaml", "canonical", "validate"]

MAX_LINES = 40  # of a message


def validate(config: Mapping[str, Any]) -> None:
    """Check a merged configuration: every key, and the keys against each other.

    Args:
        config: the configuration, as merged from all files and the command line. Paths in it are
            relative to the working directory.

    Raises:
        InputError: something is wrong. Its message has a line for each key: the value received,
            what is allowed and, where it can be guessed, what was meant.
    """
    whole, problems = plain(config), Problems()
    try:
        Settings.model_validate(whole)
    except ValidationError as found:
        for error in found.errors(include_url=False, include_context=False, include_input=False):
            _explain(error["type"], error["loc"], whole, problems)
    for keys, check in CHECKS:
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


def _explain(kind: str, loc: Key, whole: Any, problems: Problems) -> None:
    """Explain in our words what pydantic found at a location."""
    key, schema, known = _place(loc)
    value = _value(whole, key)
    if not known:
        allowed, hint = _explain_unknown(key, schema)
        problems.add(key, value, allowed, hint, "unknown key, received {}")
    elif kind == "missing":
        problems.add(key, None, allowed_values(schema), found="missing")
    else:
        problems.add(key, value, allowed_values(schema), _hint(value, schema))


def _place(loc: Key) -> tuple[Key, Schema, bool]:
    """The key at a location, what the schema says of it, and whether the schema knows it.

    A location also has the generator of a family, and which of several types was tried. Of an
    unknown key, the schema is that of the section around it.
    """
    key: Key = ()
    schema: Schema = json_schema()
    for part in loc:
        if schema.get("type") == "object" and "anyOf" in schema:
            schema = of_generator(schema, str(part))
            continue
        child = child_of(schema, part)
        if child is None:
            is_key = schema.get("type") == "object"
            return ((*key, part) if is_key else key), schema, not is_key
        key, schema = (*key, part), child
    return key, schema, True


def _value(whole: Any, key: Key) -> Any:
    for part in key:
        known = isinstance(whole, list) or (isinstance(whole, dict) and part in whole)
        whole = whole[part] if known else None
    return whole


def _explain_unknown(key: Key, section: Schema) -> tuple[str, str]:
    """What is allowed in the place of an unknown key, and a hint."""
    name = str(key[-1])
    if "properties" not in section:
        proper = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        return NAME, f"Did you mean {proper!r}?" if proper[:1].isalpha() else ""
    allowed = ", ".join(section["properties"])
    if child_of(at(json_schema(), key[:-1]), name):
        hint = f"The generator has no {name}: remove it"
        return allowed, f"{hint}; if config.yaml has it, give your family another name."
    near = close(name, list(section["properties"]))
    paths: dict[str, dict[str, None]] = {}
    for path, _ in entries(json_schema()):
        paths.setdefault(path.rpartition(".")[2], {})[path] = None
    far = paths.get(name) or (
        [] if near else [p for n in close(name, list(paths)) for p in paths[n]]
    )
    meant = " or ".join([*map(repr, near), *far][:4])
    return allowed, f"Did you mean {meant}?" if meant else ""


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
    if types == {"string"} and "enum" not in schema and not isinstance(value, str | list | dict):
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


def as_yaml(config: Mapping[str, Any]) -> str:
    """A configuration as YAML, its sections in the order of the documentation."""
    ordered = {name: config[name] for name in Settings.model_fields if name in config}
    return yaml.safe_dump(
        ordered, sort_keys=False, default_flow_style=None, allow_unicode=True, width=90
    )
