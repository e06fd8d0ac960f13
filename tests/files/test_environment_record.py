"""What a result depends on is said in full."""

import platform

import numpy

from sparsernn.files.environment import PACKAGES, machine, versions


def test_versions_are_those_of_what_runs() -> None:
    found = versions()
    assert found["Python"] == platform.python_version()
    assert found["numpy"] == numpy.__version__
    assert set(found) == {"Python", *PACKAGES}
    assert "not installed" not in found.values()


def test_a_package_that_is_absent_is_said_to_be() -> None:
    assert versions(["no-such-package"])["no-such-package"] == "not installed"


def test_the_machine_is_named() -> None:
    assert list(machine()) == ["processor", "instructions", "cores", "system"]
    assert machine()["system"] == platform.platform()
