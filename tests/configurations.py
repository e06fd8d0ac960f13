"""Configurations for the tests of settings, and what is said of bad ones."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sparsernn.errors import InputError
from sparsernn.workflow.settings.validation import validate

ROOT = Path(__file__).parents[1]
Config = dict[str, Any]


def load(name: str) -> Config:
    return yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))


def merged(base: Config, over: Config) -> Config:
    """As Snakemake merges: sections key by key, everything else replaced."""
    both = {**base, **over}
    for key, value in over.items():
        if isinstance(value, dict):
            section = base.get(key)
            both[key] = merged(section if isinstance(section, dict) else {}, value)
    return both


def with_yaml(text: str) -> Config:
    return merged(load("config.yaml"), yaml.safe_load(text))


def lines(config: Any) -> list[str]:
    """The lines of the message about a bad configuration, one for each mistake."""
    with pytest.raises(InputError) as caught:
        validate(config)
    first, *found, last = str(caught.value).splitlines()
    assert str(len(found)) in first
    assert "docs/configuration.md" in last
    return [line.strip() for line in found]
