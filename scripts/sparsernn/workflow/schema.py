"""The schema of the configuration, with what the files of `plugins` add to it, and in words.

The names of families, cells and properties are not in `config/schema.yaml` twice: `x-plugins` names
the folder that has them. Which parameters a generator has is read off its function.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sparsernn.errors import InputError
from sparsernn.plugins import names, parameters

__all__ = [
    "NAME",
    "Schema",
    "allowed_values",
    "at",
    "child_of",
    "entries",
    "load_settings",
    "types_of",
]

CONFIG = Path(__file__).resolve().parents[3] / "config"

NAME = "a name of at most 40 small letters, digits and _, that starts with a letter"
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

Schema = Mapping[str, Any]


@cache
def load_settings(name: str) -> Any:
    """A file of the folder config/."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load((CONFIG / name).read_text(encoding="utf-8"), loader)
    if name == "schema.yaml":
        _add_names(content)
        _add_generators(content["properties"]["graphs"]["properties"]["families"])
    return content


def _add_names(schema: Any) -> None:
    """Put all names there are into each `enum` that has `x-plugins` beside it, in place."""
    if isinstance(schema, dict) and "x-plugins" in schema:
        schema["enum"] = list(names(schema["x-plugins"], first=tuple(schema["enum"])))
    children = schema.values() if isinstance(schema, dict) else schema
    if isinstance(children, list | type({}.values())):
        for child in children:
            _add_names(child)


def _add_generators(families: Any) -> None:
    """Say which keys each generator has, in place: all of them are required, others are wrong."""
    [family] = families["patternProperties"].values()
    known = family["properties"]
    generators: dict[str, tuple[str, ...]] = {"graphml": ("folder",)}
    for name in names("families"):
        generators[name] = ("count", *_parameters(name, known))
    family["allOf"] = [
        {
            "if": {"required": ["generator"], "properties": {"generator": {"const": name}}},
            "then": {
                "required": list(used),
                "properties": {k: {"not": {}} for k in known if k not in ("generator", *used)},
            },
        }
        for name, used in generators.items()
    ]
    for key, child in known.items():
        owners = [name for name, used in generators.items() if key in used]
        if 0 < len(owners) < len(names("families")):
            child["description"] += f" For {' and '.join(owners)}."


def _parameters(name: str, known: Schema) -> list[str]:
    *own, last = parameters("families", name) or ("",)
    if last != "rng" or "n" not in own:
        raise InputError(
            f"families/{name}.py: {name}({', '.join([*own, last])}): expected n first and rng last "
            "of its parameters. Add them; the rng is the only source of randomness."
        )
    missing = [key for key in own if key not in known]
    if missing:
        raise InputError(
            f"families/{name}.py: config/schema.yaml does not say what {', '.join(missing)} may "
            "be. Describe it there beside the other parameters of graphs.families."
        )
    return own


def child_of(schema: Schema, name: str | int) -> Any:
    """What the schema says of a key, or of the items of a list; None if it is unknown."""
    if isinstance(name, int):
        return schema.get("items")
    patterns = schema.get("patternProperties", {}).items()
    matching = (child for pattern, child in patterns if re.search(pattern, name))
    return schema.get("properties", {}).get(name) or next(matching, None)


def at(schema: Schema, key: tuple[str | int, ...]) -> Any:
    """What the schema says of a key within sections."""
    for name in key:
        schema = child_of(schema, name)
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
    limits = " and ".join(
        f"{word} {schema[key]:,}" for key, word in LIMITS.items() if key in schema
    )
    kind = next(text for name, text in KINDS.items() if name in types)
    return ", ".join(filter(None, [kind, limits, "or null" if "null" in types else ""]))
