"""The reference of the configuration, from its models: a page for readers, a schema for editors.

    PYTHONPATH=scripts python -m sparsernn.workflow.reference

writes `docs/configuration.md` and `config/schema.json`.
"""

import json
from pathlib import Path
from typing import Any

import yaml

from sparsernn.files.whole import write_text
from sparsernn.plugins import names
from sparsernn.workflow.allowed import Schema, allowed_values, entries, json_schema
from sparsernn.workflow.problems import shown

__all__ = ["page", "schema_file"]

ROOT = Path(__file__).resolve().parents[3]
_INTRODUCTION = """# Configuration

*Written by `python -m sparsernn.workflow.reference` from the models in
`scripts/sparsernn/workflow/schema.py`; edit those.*

`config/config.yaml` is the study of the thesis at full scale and names every key. A configuration
of your own names only what differs from it, and is laid over it:

```bash
snakemake --cores 8 results/quick/figures/all.pdf --configfile config/quick.yaml
```

- Sections are merged key by key: `sparse: {training: {epochs: 4}}` changes the epochs and keeps
  the rest of `sparse`.
- Lists are replaced whole: `cells: [gru]` leaves only the GRU.
- Families and custom protocols are sections too, so yours are added to those of
  `config/config.yaml`. Switch a family off with `count: 0`; give one with another generator a new
  name.
- Single values can be set on the command line, over all files: `--config seed=3`.
- Write small numbers with a dot: YAML reads `1.0e-3` as a number and `1e-3` as text.

A mistake stops the workflow before anything runs, and all mistakes are reported at once. Editors
that know JSON Schema report most of them as you type, and show what a key means, if the first line
of the file is `# yaml-language-server: $schema=schema.json` with the path to `config/schema.json`.

A configuration of someone else's may be a program: Snakemake runs the expressions in a file that
says `__use_yte__: true` as soon as it reads it. `python -m sparsernn.workflow.configfiles FILE`
(`PYTHONPATH=scripts`) looks into a file before that, and refuses expressions, tags, keys that come
twice, and aliases that unfold to more than 5,000 values; the workflow does the same, but later.
"""


def page() -> str:
    """The page in Markdown: a section for each key at the top, a line for each key below it."""
    defaults = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    parts = [_INTRODUCTION]
    for name, section in json_schema()["properties"].items():
        children = [(f"{name}.{path}", child) for path, child in entries(section)]
        about = f"{section['description']}\n\n" if children else ""
        parts.append(f"\n## {name}\n\n{about}")
        parts.append("| key | default | allowed | meaning |\n|---|---|---|---|\n")
        described = [each for each in children or [(name, section)] if _has_line(*each)]
        parts += [_line(path, schema, defaults) for path, schema in described]
    return "".join(parts)


def _has_line(path: str, schema: Schema) -> bool:
    return not path.endswith(".<name>") and ("properties" not in schema or "description" in schema)


def _line(path: str, schema: Schema, defaults: Any) -> str:
    values = [] if schema.get("type") == "object" else _at(defaults, path.split("."), schema)
    default = ", ".join(dict.fromkeys(f"`{shown(value)}`".replace("'", "") for value in values))
    meaning = f"{schema['description']}{_generators(schema)}"
    return f"| `{path}` | {default} | {allowed_values(schema)} | {meaning} |\n"


def _generators(schema: Schema) -> str:
    generators = schema.get("x-generators", [])
    if generators == [*names("families")]:
        return " Not for graphml."
    return f" For {' and '.join(generators)}." if generators else ""


def _at(value: Any, path: list[str], schema: Schema) -> list[Any]:
    """The values at `path`, several where it goes through `<name>`; of a family only those of a
    generator that has the key.
    """
    if not path:
        return [value]
    if "generator" in value and value["generator"] not in schema.get(
        "x-generators", [value["generator"]]
    ):
        return []
    free = value if path[0] == "<name>" else [path[0]]
    return [leaf for name in free if name in value for leaf in _at(value[name], path[1:], schema)]


def schema_file() -> str:
    """The schema as JSON, in one line."""
    return json.dumps(json_schema(), ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_text(page(), ROOT / "docs" / "configuration.md")
    write_text(schema_file(), ROOT / "config" / "schema.json")
