"""The files of the folder config/: the schema with what the files of `plugins` add to it.

The names of families, cells and properties are not in `config/schema.yaml` twice: `x-plugins` names
the folder that has them. Which parameters a generator has is read off its function.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sparsernn.errors import InputError
from sparsernn.plugins import names, parameters

__all__ = ["Schema", "load_settings"]

CONFIG = Path(__file__).resolve().parents[2] / "config"

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
