"""What the schema of the configuration allows, in words; and its keys by their paths."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import getsource
from itertools import pairwise
from typing import Any

from sparsernn.workflow.settings import methods, models, protocols, training
from sparsernn.workflow.settings.models import Settings

__all__ = [
    "NAME",
    "Schema",
    "allowed_values",
    "at",
    "child_of",
    "entries",
    "json_schema",
    "of_tag",
    "types_of",
]

NAME = "a name of at most 40 small letters, digits and _, that starts with a letter"
_TYPES = {
    "integer": "an integer",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
}
_LIMITS = {
    "exclusiveMinimum": "above",
    "minimum": "at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}

Schema = Mapping[str, Any]


@cache
def json_schema() -> dict[str, Any]:
    """The models as JSON Schema, from which messages, the documentation and editors take theirs.

    No key is required, as a configuration names only what differs from `config/config.yaml`.
    `x-allowed` is what is allowed in words.
    """
    whole = Settings.model_json_schema()
    definitions = {**whole["$defs"], "Settings": whole}
    for name, key, text in _descriptions():
        definitions[name]["properties"][key]["description"] = text
    schema = _inlined(whole, definitions)
    families = schema["properties"]["graphs"]["properties"]["families"]["patternProperties"]
    for family in families.values():
        family |= _by_tag(family.pop("oneOf"), "generator")
    dataset = schema["properties"]["dataset"]["properties"]
    task, null = dataset["task"].pop("anyOf")
    dataset["task"] |= _by_tag(task["oneOf"], "name", null)
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


def _by_tag(choices: list[Schema], tag: str, *others: Schema) -> dict[str, Any]:
    """A section whose keys depend on one of them, the tag; the last choice is for unknown tags."""
    *options, unknown = choices
    words = f"a section with the key {tag}, and those of this {tag}"
    section = {**unknown, "x-tag": tag, "x-allowed": words, "anyOf": [*options, *others]}
    if others:
        del section["type"]  # it may be null, too
        section["x-allowed"] = f"{words}, or null"
    return section


def _descriptions() -> Iterator[tuple[str, str, str]]:
    """The text below each key of the models: the class, the key, the text."""
    modules = (protocols, training, methods, models)
    nodes = [node for module in modules for node in ast.parse(getsource(module)).body]
    for model in (node for node in nodes if isinstance(node, ast.ClassDef)):
        for key, text in pairwise(model.body):
            if isinstance(key, ast.AnnAssign) and isinstance(text, ast.Expr):
                yield model.name, ast.unparse(key.target), ast.literal_eval(text.value)


def _inlined(schema: Schema, definitions: Schema) -> dict[str, Any]:
    """A schema with what it refers to in its place, and without what readers do not need."""
    if "$ref" in schema:
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **schema}
    left_out = ("$defs", "$ref", "title", "default", "required")
    inlined = {key: value for key, value in schema.items() if key not in left_out}
    if "description" in inlined:
        inlined["description"] = " ".join(inlined["description"].split())
    if "patternProperties" in inlined:
        inlined["additionalProperties"] = False
    for key in {"properties", "patternProperties"} & set(inlined):
        inlined[key] = {name: _inlined(each, definitions) for name, each in schema[key].items()}
    for key in {"anyOf", "oneOf"} & set(inlined):
        inlined[key] = [_inlined(each, definitions) for each in schema[key]]
    if "items" in inlined:
        inlined["items"] = _inlined(schema["items"], definitions)
    return inlined


def child_of(schema: Schema, name: str | int) -> Any:
    """What the schema says of a key, or of the items of a list; None if it is unknown."""
    if isinstance(name, int):
        return schema.get("items")
    for option in (schema, *schema.get("anyOf", [])):
        if name in option.get("properties", {}):
            return option["properties"][name]
    patterns = schema.get("patternProperties", {}).items()
    return next((child for pattern, child in patterns if re.fullmatch(pattern, name)), None)


def at(schema: Schema, key: tuple[str | int, ...]) -> Any:
    """What the schema says of a key within sections."""
    for name in key:
        schema = child_of(schema, name)
    return schema


def of_tag(section: Schema, name: str) -> Schema:
    """What the schema says of a section with this tag, or with one that it doesn't know."""
    for option in section["anyOf"]:
        if option.get("properties", {}).get(section["x-tag"], {}).get("const") == name:
            return option
    return {key: value for key, value in section.items() if key not in ("anyOf", "x-tag")}


def entries(schema: Schema, prefix: str = "") -> Iterator[tuple[str, Schema]]:
    """Every key below `schema` with its dotted path, `<name>` in the place of a free name.

    A key that two generators give different meanings comes twice.
    """
    options = (option.get("properties", {}) for option in (schema, *schema.get("anyOf", [])))
    pairs = [pair for option in options for pair in option.items() if "const" not in pair[1]]
    free = [("<name>", child) for child in schema.get("patternProperties", {}).values()]
    for index, (name, child) in enumerate([*pairs, *free]):
        if (name, child) not in pairs[:index]:
            yield prefix + name, child
            yield from entries(child, f"{prefix}{name}.")


def types_of(schema: Schema) -> set[str]:
    """The JSON types that a value may have."""
    return {option["type"] for option in schema.get("anyOf", [schema]) if "type" in option}


def allowed_values(schema: Schema) -> str:
    """What a value may be, in words."""
    if "x-allowed" in schema:
        return str(schema["x-allowed"])
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return " or ".join([", ".join(schema["enum"][:-1]), schema["enum"][-1]])
    if "anyOf" in schema:
        return ", or ".join(map(allowed_values, schema["anyOf"]))
    if schema["type"] == "object":
        keys = ", ".join(schema.get("properties", {}))
        return f"a section with the keys {keys}" if keys else f"a section, each key {NAME}"
    if schema["type"] == "array":
        size = "not empty" if "minItems" in schema else "possibly empty"
        return f"a list, {size} and without repeats, of {allowed_values(schema['items'])}"
    limits = [f"{word} {schema[key]:,}" for key, word in _LIMITS.items() if key in schema]
    return ", ".join(filter(None, [_TYPES[schema["type"]], " and ".join(limits)]))
