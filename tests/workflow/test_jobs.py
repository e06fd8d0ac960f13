"""How a job computes and ends, whatever the machine; what it leaves beside its outputs."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from configurations import ROOT
from studies import processes

from sparsernn.workflow.provenance import record_path

HEAD = """
import os, sys, time
from pathlib import Path
from types import SimpleNamespace
from sparsernn.workflow.jobs import job, log, running

this = SimpleNamespace(
    log=["log"], threads=1, rule="some", wildcards={}, params={"spec": 1}, input=[], output=["out"]
)
"""


def start(folder: Path, code: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts"), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, body: str, **environment: str) -> tuple[int, str, str]:
    """The status of a job with this body, what it printed, and its errors."""
    with start(folder, HEAD + body, **environment) as process:
        output, errors = process.communicate()
    return process.returncode, output, errors


def test_a_job_logs_what_it_and_the_library_say_and_records_its_outputs(tmp_path: Path) -> None:
    body = """
import logging
with running(this):
    Path("out").write_text("made")
    log("50 %s")
    logging.getLogger("sparsernn.training.job").info("%d epochs", 3)
    logging.getLogger("matplotlib").warning("not ours")
    print(Path("log").read_text().count("epochs"))
logging.getLogger("sparsernn.training.job").info("after the job")
"""
    assert run(tmp_path, body) == (0, "1\n", "not ours\n"), "lines are written at once"
    first, *lines, last = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert first.startswith("process ")
    assert lines == ["50 %s", "3 epochs"]
    assert last.startswith("core-seconds: ")
    record = json.loads(record_path(tmp_path / "out").read_text(encoding="utf-8"))
    assert record["bytes"] == 4
    assert (record["rule"], record["params"]) == ("some", {"spec": 1})
    assert record["versions"]["torch"] and record["processor"]


def test_a_job_that_failed_has_no_record_and_no_half_written_files(tmp_path: Path) -> None:
    record_path(tmp_path / "out").write_text("of before", encoding="utf-8")
    for partial in (".out.1234.partial", "..out.made.json.1234.partial"):
        (tmp_path / partial).write_text("of a killed job", encoding="utf-8")
    body = """
from sparsernn.errors import InputError
with running(this):
    raise InputError("no good")
"""
    assert run(tmp_path, body) == (1, "", "error: no good\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".snakemake", "log"]


@pytest.mark.parametrize("log", ["log", "/dev/full"])
def test_a_full_disk_is_a_message(tmp_path: Path, log: str) -> None:
    body = f"""
this.log = ["{log}"]
with running(this):
    log("begun")
    with open("/dev/full", "w") as file:
        file.write("x")
"""
    code, _, errors = run(tmp_path, body)
    assert code == 1
    assert errors.startswith("error: out: [Errno 28] No space left on device")
    assert "run the same command again" in errors and "Traceback" not in errors


def test_a_log_on_a_full_disk_costs_no_result(tmp_path: Path) -> None:
    body = """
this.log = ["/dev/full"]
with running(this):
    log("begun")
    Path("out").write_text("made")
"""
    assert run(tmp_path, body) == (0, "", "")
    assert record_path(tmp_path / "out").exists()


def test_a_job_waits_for_another_that_makes_the_same(tmp_path: Path) -> None:
    body = """
this.output = []
with running(this):
    print("begun", flush=True)
    sys.stdin.read()
    Path("order").open("a").write(os.environ["NAME"])
"""
    with start(tmp_path, HEAD + body, NAME="first") as first:
        assert first.stdout
        first.stdout.readline()
        with start(tmp_path, HEAD + body, NAME=", second") as second:
            assert second.stderr
            assert "waiting for a job of an earlier run" in second.stderr.readline()
            first.communicate()
            second.communicate()
    assert first.returncode == second.returncode == 0
    assert (tmp_path / "order").read_text(encoding="utf-8") == "first, second"


def test_a_job_ends_soon_after_what_started_it(tmp_path: Path) -> None:
    job = HEAD + 'with running(this):\n    Path("pid").write_text("")\n    time.sleep(60)\n'
    (tmp_path / "job.py").write_text(job, encoding="utf-8")
    starter = "import subprocess, sys; subprocess.run([sys.executable, 'job.py'])"
    with start(tmp_path, starter) as parent:
        while not (tmp_path / "pid").exists():
            assert parent.poll() is None
            time.sleep(0.05)
        pid = int((tmp_path / "log").read_text(encoding="utf-8").split()[1])
        parent.kill()
    deadline = time.monotonic() + 20
    while any(process.number == pid for process in processes()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_job_whose_snakemake_ended_before_it_began_does_nothing(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    body = "with running(this):\n    Path('out').write_text('made')\n"
    message = f"not begun: Snakemake, process {ended.pid}, has ended\n"
    assert run(tmp_path, body, SPARSERNN_RUN=str(ended.pid)) == (1, "", message)
    assert list(tmp_path.iterdir()) == []
