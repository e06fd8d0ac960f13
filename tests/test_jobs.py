"""How a job computes and ends, whatever the machine; what it leaves beside its outputs."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from sparsernn.made import record_path

SCRIPTS = Path(__file__).parents[1] / "scripts"
HEAD = """
import os, sys, time
from pathlib import Path
from types import SimpleNamespace
import torch
from jobs import job

this = SimpleNamespace(
    log=["log"], threads=1, rule="some", wildcards={}, params={"spec": 1}, input=[], output=["out"]
)
"""


def start(folder: Path, body: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HEAD + body],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SCRIPTS), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, body: str) -> tuple[int, str]:
    with start(folder, body) as process:
        _, errors = process.communicate()
    return process.returncode, errors


def test_a_job_has_its_threads_and_no_numbers_too_small_to_be_fast(tmp_path: Path) -> None:
    code, errors = run(
        tmp_path,
        """
with job(this) as say:
    Path("out").write_text("made")
    say(f"{torch.get_num_threads()} {float(torch.tensor([1e-39]) * 1)}")
""",
    )
    assert code == 0, errors
    first, said, last = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert first.startswith("process ")
    assert said == "1 0.0"
    assert last.startswith("core-seconds: ")
    record = json.loads(record_path(tmp_path / "out").read_text(encoding="utf-8"))
    assert record["bytes"] == 4
    assert (record["rule"], record["params"]) == ("some", {"spec": 1})
    assert record["versions"]["torch"] and record["processor"]


def test_a_job_that_failed_has_no_record_and_no_half_written_files(tmp_path: Path) -> None:
    record_path(tmp_path / "out").write_text("of before", encoding="utf-8")
    (tmp_path / ".out.1234.partial").write_text("of a killed job", encoding="utf-8")
    body = """
from sparsernn.errors import InputError
with job(this) as say:
    raise InputError("no good")
"""
    code, errors = run(tmp_path, body)
    assert (code, errors) == (1, "error: no good\n")
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_a_full_disk_is_a_message(tmp_path: Path) -> None:
    body = """
with job(this) as say:
    with open("/dev/full", "w") as file:
        file.write("x")
"""
    code, errors = run(tmp_path, body)
    assert code == 1
    assert "No space left on device" in errors and "run the same command again" in errors
    assert "Traceback" not in errors


def test_a_job_waits_for_another_that_makes_the_same(tmp_path: Path) -> None:
    body = """
this.output = []
with job(this) as say:
    print("begun", flush=True)
    sys.stdin.read()
    Path("order").open("a").write(os.environ["NAME"])
"""
    with start(tmp_path, body, NAME="first") as first:
        assert first.stdout and first.stdin
        first.stdout.readline()
        with start(tmp_path, body, NAME=", second") as second:
            assert second.stderr
            assert f"waiting for the process {first.pid} on" in second.stderr.readline()
            first.communicate()
            second.communicate()
    assert first.returncode == second.returncode == 0
    assert (tmp_path / "order").read_text(encoding="utf-8") == "first, second"


def test_a_job_ends_soon_after_what_started_it(tmp_path: Path) -> None:
    job = HEAD + 'with job(this) as say:\n    Path("pid").write_text("")\n    time.sleep(60)\n'
    (tmp_path / "job.py").write_text(job, encoding="utf-8")
    starter = "import subprocess, sys; subprocess.run([sys.executable, 'job.py'])"
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    parent = subprocess.Popen([sys.executable, "-c", starter], cwd=tmp_path, env=environment)
    while not (tmp_path / "pid").exists():
        time.sleep(0.05)
    pid = int((tmp_path / "log").read_text(encoding="utf-8").split()[1])
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")")[1].split()[0]
    except OSError:
        return False
    return state != "Z"
