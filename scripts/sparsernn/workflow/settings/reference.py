"""The reference of the configuration, from its models: a page for readers, a schema for editors.

    PYTHONPATH=scripts python -m sparsernn.workflow.settings.reference

writes config/schema.json, and the tables of docs/configuration.md.
"""

import json
from pathlib import Path
from typing import Any

import yaml

from sparsernn.files.whole import write_text
from sparsernn.workflow.settings.allowed import Schema, allowed_values, at, entries, json_schema
from sparsernn.workflow.settings.problems import shown

__all__ = ["page", "schema_file"]

ROOT = Path(__file__).resolve().parents[4]
_TAGGED = {
    "graphs.families.<name>": ("graphs", "families", "any"),
    "dataset.task": ("dataset", "task"),
}  # sections whose keys depend on one of them
PAGE, SCHEMA = ROOT / "docs" / "configuration.md", ROOT / "config" / "schema.json"


def schema_file() -> str:
    """The schema as JSON, in one line."""
    return json.dumps(json_schema(), ensure_ascii=False) + "\n"


def page() -> str:
    """The page in Markdown: its introduction as it is, then a line for each key, in sections."""
    defaults = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    parts = [PAGE.read_text(encoding="utf-8").partition("\n## ")[0]]
    for name, section in json_schema()["properties"].items():
        children = [(path, child) for path, child in entries(section) if "description" in child]
        about = f"{section['description']}\n\n" if children else ""
        parts.append(
            f"\n## {name}\n\n{about}| key | default | allowed | meaning |\n|---|---|---|---|\n"
        )
        parts += [_line(f"{name}.{path}", child, defaults) for path, child in children]
        parts += [] if children else [_line(name, section, defaults)]
    return "".join(parts)


def _line(path: str, schema: Schema, defaults: Any) -> str:
    generators = _generators(path, schema)
    is_section = schema.get("type") == "object"
    values = [] if is_section else _defaults(defaults, path.split("."), generators)
    default = ", ".join(dict.fromkeys(f"`{shown(value)}`".replace("'", "") for value in values))
    meaning = schema["description"] + (f" For {', '.join(generators)}." if generators else "")
    return f"| `{path}` | {default} | {allowed_values(schema)} | {meaning} |\n"


def _generators(path: str, schema: Schema) -> list[str]:
    """The generators of families, or the tasks, that have a key of this meaning; none of others."""
    section, _, key = path.rpartition(".")
    if section not in _TAGGED:
        return []
    tagged = at(json_schema(), _TAGGED[section])
    options = [option["properties"] for option in tagged["anyOf"] if "properties" in option]
    return [each[tagged["x-tag"]]["const"] for each in options if each.get(key) == schema]


def _defaults(value: Any, path: list[str], generators: list[str]) -> list[Any]:
    """The values at a path, several where it goes through `<name>`; only of these generators."""
    if not path:
        return [value]
    if not isinstance(value, dict):  # a section that is null by default
        return []
    if generators and value.get("generator", generators[0]) not in generators:
        return []
    keys = value if path[0] == "<name>" else [path[0]]
    return [v for key in keys if key in value for v in _defaults(value[key], path[1:], generators)]


if __name__ == "__main__":
    write_text(page(), PAGE)
    write_text(schema_file(), SCHEMA)
