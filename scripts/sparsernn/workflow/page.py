"""The page of the documentation that explains every setting, from the schema."""

from typing import Any

from sparsernn.workflow.mistakes import shown
from sparsernn.workflow.schema import Schema, allowed_values, entries, load_settings, types_of

__all__ = ["document"]


def document() -> str:
    """The schema as Markdown: a section for each key at the top, a row for each key below it."""
    schema = load_settings("schema.yaml")
    command = "python -m sparsernn.workflow.page"
    source = f"*Written by `{command}` from `config/schema.yaml`; edit that file.*"
    parts = [f"# {schema['title']}\n\n{source}\n\n{schema['description']}"]
    for name, section in schema["properties"].items():
        rows = [(f"{name}.{path}", child) for path, child in entries(section)]
        about = f"{section['description']}\n\n" if rows else ""
        parts.append(f"\n## {name}\n\n{about}")
        parts.append("| key | default | allowed | meaning |\n|---|---|---|---|\n")
        parts += [_row(*row) for row in rows or [(name, section)] if "description" in row[1]]
    return "".join(parts)


def _row(path: str, schema: Schema) -> str:
    values = (
        []
        if "object" in types_of(schema)
        else _defaults(load_settings("config.yaml"), path.split("."))
    )
    default = ", ".join(dict.fromkeys(f"`{shown(value)}`".replace("'", "") for value in values))
    return f"| `{path}` | {default} | {allowed_values(schema)} | {schema['description']} |\n"


def _defaults(value: Any, path: list[str]) -> list[Any]:
    """The values at `path`, several where it goes through `<name>`."""
    if not path:
        return [value]
    names = value if path[0] == "<name>" else [path[0]]
    return [leaf for name in names if name in value for leaf in _defaults(value[name], path[1:])]


if __name__ == "__main__":
    print(document(), end="")
