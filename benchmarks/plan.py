"""How long Snakemake plans a study of 10,000 sparse networks: `python benchmarks/plan.py`.

Prints the seconds and the memory of a dry run, in a folder without results.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
STUDY = """
protocols: [corrected]
graphs:
  families:
    barabasi_albert: {count: 1250}
    watts_strogatz: {count: 1250}
"""


def main() -> None:
    """Plan, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder, "study.yaml")
        study.write_text(STUDY, encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
        command += ["--directory", folder, "--configfile", str(study), "--cores", "1"]
        begun = perf_counter()
        done = subprocess.run(
            [*command, "--dry-run", "--quiet", "rules"], check=True, capture_output=True, text=True
        )
        seconds = perf_counter() - begun
    jobs = next(line for line in done.stdout.splitlines() if line.startswith("total"))
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"10,000 networks, {jobs.split()[1]} jobs: {seconds:.1f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
