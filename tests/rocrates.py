"""RO-Crates as others read them: with the released validator, and without a network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(sys.prefix) / "validator" / "bin"
needs_validator = pytest.mark.skipif(
    not (PROGRAMS / "rocrate-validator").exists(),
    reason=f"needs rocrate-validator beside this Python: run `make validator VENV={sys.prefix}`",
)
# The validator asks the network for the terms of RO-Crate 1.1, or in its cache.
CACHE = """
import sys
from importlib.resources import files
from io import BytesIO

from requests import Request
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3 import HTTPResponse

terms = files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
asked = Request("GET", "https://w3id.org/ro/crate/1.1/context").prepare()
kind = {"Content-Type": "application/ld+json"}
answer = HTTPResponse(BytesIO(terms), kind, status=200, preload_content=False)
CachedSession(sys.argv[1]).cache.save_response(HTTPAdapter().build_response(asked, answer))
"""


def complaints(crate: Path) -> list[str]:
    """What the validator misses in a crate of what the crate's profile requires."""
    cache = crate.parent / "cache-of-the-validator"
    subprocess.run([PROGRAMS / "python", "-c", CACHE, cache], check=True)
    offline = ["--offline", "--cache-path", cache, "--output-format", "json"]
    done = subprocess.run(
        [PROGRAMS / "rocrate-validator", "--no-interactive", "validate", *offline, crate],
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(done.stdout)
    assert said["validation_settings"]["profile_identifiers"] == ["workflow-run-crate-0.5"]
    assert (done.returncode == 0) == said["passed"] == (not said["issues"]), done.stderr
    return [issue["message"] for issue in said["issues"]]
