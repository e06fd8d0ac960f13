"""What is said of a setting that is wrong: what is allowed there, and what was probably meant."""

import re
from decimal import Decimal
from typing import Any

from sparsernn.workflow.settings.allowed import (
    NAME,
    Schema,
    allowed_values,
    at,
    child_of,
    entries,
    json_schema,
    of_tag,
    types_of,
)
from sparsernn.workflow.settings.problems import Key, Problems, close

__all__ = ["explain"]


def explain(kind: str, loc: Key, whole: Any, problems: Problems) -> None:
    """Explain in our words what pydantic found at a location."""
    key, schema, known = _place(loc)
    value = _value(whole, key)
    if isinstance(value, dict) and _section(schema) and kind != "missing":
        return  # it was tried as a word too; what is wrong with the section is found by itself
    if not known:
        allowed, hint = _explain_unknown(key, schema)
        problems.add(key, value, allowed, hint, "unknown key, received {}")
    elif kind == "missing":
        problems.add(key, None, allowed_values(schema), found="missing")
    else:
        problems.add(key, value, allowed_values(schema), _hint(value, schema))
    if known and key and key[-1] == at(json_schema(), key[:-1]).get("x-tag"):
        _explain_untagged(key[:-1], whole, problems)


def _explain_untagged(key: Key, whole: Any, problems: Problems) -> None:
    """Explain the keys that no tag has, of a section whose own tag is missing or wrong.

    pydantic looks at the other keys only if it knows the tag.
    """
    section = at(json_schema(), key)
    options = (section, *section["anyOf"])
    every = {name: None for option in options for name in option.get("properties", {})}
    for name, value in _value(whole, key).items():
        if name not in every:
            allowed, hint = _explain_unknown((*key, name), {"properties": every})
            problems.add((*key, name), value, allowed, hint, "unknown key, received {}")


def _place(loc: Key) -> tuple[Key, Schema, bool]:
    """The key at a location, what the schema says of it, and whether the schema knows it.

    A location also has the generator of a family, and which of several types was tried. Of an
    unknown key, the schema is that of the section around it.
    """
    key: Key = ()
    schema: Schema = json_schema()
    for part in loc:
        if "x-tag" in schema:
            schema = of_tag(schema, str(part))
            continue
        schema = _nullable(schema) or schema
        child = child_of(schema, part)
        if child is None and part != loc[-1] and _section(schema):
            schema = _section(schema)
            continue
        if child is None:
            is_key = schema.get("type") == "object"
            return ((*key, part) if is_key else key), schema, not is_key
        key, schema = (*key, part), child
    return key, schema, True


def _section(schema: Schema) -> Schema:
    """The section that a key may have in the place of a word; empty where there is none."""
    options = [option for option in schema.get("anyOf", []) if "properties" in option]
    words = [option for option in schema.get("anyOf", []) if "enum" in option]
    return options[0] if options and words and "type" not in schema else {}


def _nullable(schema: Schema) -> Schema:
    """The section that a key has if it isn't null; empty where it is something else."""
    options = schema.get("anyOf", [])
    sections = [option for option in options if "properties" in option]
    others = [option for option in options if "properties" not in option]
    return sections[0] if len(sections) == 1 and others == [{"type": "null"}] else {}


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
        if key[:2] == ("dataset", "task"):
            return allowed, f"The task has no {name}: remove it."
        hint = f"The generator has no {name}: remove it"
        return allowed, f"{hint}; if config.yaml has it, give your family another name."
    near = close(name, list(section["properties"]))
    paths: dict[str, dict[str, None]] = {}
    for path, _ in entries(json_schema()):
        paths.setdefault(path.rpartition(".")[2], {})[path] = None
    far = list(paths.get(name, ())) or (
        [] if near else [p for n in close(name, list(paths)) for p in paths[n] if _beside(p, key)]
    )
    far = [path for path in far if "<name>" not in path] or far
    meant = " or ".join([*map(repr, near), *far][:4])
    return allowed, f"Did you mean {meant}?" if meant else ""


def _beside(path: str, key: Key) -> bool:
    """Whether a path may be meant by a key that is spelled almost so: one of the same section."""
    return len(key) == 1 or path.startswith(f"{key[0]}.")


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
    if "object" in types and not numeric and not isinstance(value, dict):
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
