"""What the schema of the configuration allows, in words; and its keys by their paths."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from sparsernn.workflow import schema as models
from sparsernn.workflow.schema import Settings

__all__ = [
    "NAME",
    "Schema",
    "allowed_values",
    "at",
    "child_of",
    "entries",
    "json_schema",
    "of_generator",
    "types_of",
]

NAME = "a name of at most 40 small letters, digits and _, that starts with a letter"
_TYPES = {
    "integer": "an integer",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
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
    """The models as JSON Schema, of which messages, the documentation and editors make use.

    No key is required, as a configuration names only what differs from `config/config.yaml`.
    Besides the standard's keywords there are `x-allowed`, what is allowed in words; `x-least` of a
    degree; and `x-generators`, the generators that have a key.
    """
    whole = Settings.model_json_schema()
    definitions = {**whole["$defs"], "Settings": whole}
    for name, key, text in _descriptions():
        definitions[name]["properties"][key]["description"] = text
    schema = _inlined(whole, definitions)
    families = schema["properties"]["graphs"]["properties"]["families"]["patternProperties"]
    for pattern, family in families.items():
        families[pattern] = _by_generator(family["oneOf"])
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


def _descriptions() -> Iterator[tuple[str, str, str]]:
    """The text below each key of the models: the class, the key, the text."""
    tree = ast.parse(Path(models.__file__).read_text(encoding="utf-8"))
    for model in (node for node in tree.body if isinstance(node, ast.ClassDef)):
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


def _by_generator(options: list[dict[str, Any]]) -> dict[str, Any]:
    """A family's schema: the keys of all generators; those of one where the family names it."""
    *known, unknown = (option["properties"] for option in options)
    models = {model.pop("generator")["const"]: model for model in known}

    def owned(key: str, child: Schema) -> dict[str, Any]:
        owners = [generator for generator, model in models.items() if model.get(key) == child]
        return {**child, "x-generators": owners}

    models = {
        generator: {key: owned(key, child) for key, child in model.items()}
        for generator, model in models.items()
    }
    merged = unknown
    for key in dict.fromkeys(key for model in models.values() for key in model):
        meanings = [model[key] for model in models.values() if key in model]
        distinct = [each for i, each in enumerate(meanings) if each not in meanings[:i]]
        merged[key] = distinct[0] if len(distinct) == 1 else {"anyOf": distinct}
    rules = [
        {
            "if": {"required": ["generator"], "properties": {"generator": {"const": generator}}},
            "then": {
                "type": "object",
                "properties": {"generator": unknown["generator"], **model},
                "additionalProperties": False,
            },
        }
        for generator, model in models.items()
    ]
    return {"type": "object", "properties": merged, "additionalProperties": False, "allOf": rules}


def child_of(schema: Schema, name: str | int) -> Any:
    """What the schema says of a key, or of the items of a list; None if it is unknown."""
    if isinstance(name, int):
        return schema.get("items")
    patterns = schema.get("patternProperties", {}).items()
    matching = (child for pattern, child in patterns if re.fullmatch(pattern, name))
    return schema.get("properties", {}).get(name) or next(matching, None)


def at(schema: Schema, key: tuple[str | int, ...]) -> Any:
    """What the schema says of a key within sections."""
    for name in key:
        schema = child_of(schema, name)
    return schema


def of_generator(family: Schema, name: str) -> Schema:
    """What the schema says of a family with this generator; of any family if there is no such."""
    rules = (rule for rule in family["allOf"] if name == _generator(rule))
    return next((rule["then"] for rule in rules), {**family, "allOf": []})


def _generator(rule: Schema) -> str:
    return str(rule["if"]["properties"]["generator"]["const"])


def entries(schema: Schema, prefix: str = "") -> Iterator[tuple[str, Schema]]:
    """Every key below `schema` with its dotted path, `<name>` in the place of a free name.

    A key that two generators give a meaning of its own comes twice.
    """
    free = (("<name>", child) for child in schema.get("patternProperties", {}).values())
    children = [*schema.get("properties", {}).items(), *free]
    if "allOf" in schema:
        pairs = [pair for rule in schema["allOf"] for pair in rule["then"]["properties"].items()]
        children = [pair for index, pair in enumerate(pairs) if pair not in pairs[:index]]
    for name, child in children:
        yield prefix + name, child
        yield from entries(child, f"{prefix}{name}.")


def types_of(schema: Schema) -> set[str]:
    """The JSON types that a value may have."""
    return {option["type"] for option in schema.get("anyOf", [schema]) if "type" in option}


def allowed_values(schema: Schema) -> str:
    """What a value may be, in words."""
    if "x-allowed" in schema:
        return str(schema["x-allowed"])
    if "enum" in schema:
        return " or ".join([", ".join(schema["enum"][:-1]), schema["enum"][-1]])
    if "anyOf" in schema:
        return f"{allowed_values(schema['anyOf'][0])}, or null"
    if schema["type"] == "object":
        keys = ", ".join(schema.get("properties", {}))
        return f"a section with the keys {keys}" if keys else f"a section, each key {NAME}"
    if schema["type"] == "array":
        size = "not empty" if "minItems" in schema else "possibly empty"
        return f"a list, {size} and without repeats, of {allowed_values(schema['items'])}"
    limits = [f"{word} {schema[key]:,}" for key, word in _LIMITS.items() if key in schema]
    return ", ".join(filter(None, [_TYPES[schema["type"]], " and ".join(limits)]))
