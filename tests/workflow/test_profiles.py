"""The profiles of Snakemake's command line: they agree with the rules and with one another."""

import re
from typing import Any

import yaml
from studies import ROOT

FILES = [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")]
CODE = "\n\n".join(path.read_text(encoding="utf-8") for path in FILES)


def profile(name: str) -> dict[str, Any]:
    path = ROOT / "profiles" / name / "config.v9+.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> dict[str, str]:
    """The text of each rule."""
    head = r"^( *)(?:use rule \w+ as|rule) (\w+)(?: with)?:\n"
    rule = rf"{head}((?:\1    .*\n|\n(?=\1    ))+)"  # until a line that is indented less
    return {name: text for _, name, text in re.findall(rule, CODE, re.M)}


def test_what_trains_or_predicts_is_submitted_to_a_cluster() -> None:
    submitted = {name for name, text in rules().items() if "    localrule: True\n" not in text}
    training = {"train_sparse", "train_dense", "prune", "sweep", "replay_checkpoints"}
    training |= {"choose_rate", "choose_dense_rate", "train_trial"}
    others = {"predict", "predict_features", "analyse"}
    assert submitted == training | others
    assert set(profile("slurm")["set-resources"]) <= submitted


def test_every_attempt_asks_a_cluster_for_more() -> None:
    slurm = profile("slurm")
    for asked in (slurm["default-resources"], *slurm["set-resources"].values()):
        assert all(re.fullmatch(r"\d+ \* attempt", value) for value in asked.values())
    assert slurm["retries"] > 0


def test_the_profile_of_a_cluster_keeps_what_the_default_one_sets() -> None:
    """Snakemake reads one of them, not both."""
    assert profile("default").items() <= profile("slurm").items()
