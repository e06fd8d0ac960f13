"""The rounds of pruning of one dense network, and the controls beside them.

Light to import, as every parse of the Snakefile does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sparsernn import plugins

__all__ = ["CONTROLS", "Round", "rounds_of"]

CONTROLS = ("retrained", "started_anew", "small_dense")
"""What pruning may be compared with, besides criteria."""


@dataclass(frozen=True)
class Round:
    """One round of pruning, which retrains what it has pruned.

    Attributes:
        schedule: "one_shot", "iterative", or the name of a control.
        target: which weights are pruned.
        percent: how many of them.
        criterion: which of them; None: none, the network is only trained on.
        before: the percent of the round that it starts from; None: it starts from the dense
            network.
        start: the "trained" weights, "new" ones, or a "small" dense network.
    """

    schedule: str
    target: str
    percent: float
    criterion: str | None
    before: float | None = None
    start: Literal["trained", "new", "small"] = "trained"

    @property
    def name(self) -> str:
        """Its path below the folder of a network's rounds, without ending."""
        return f"{self.schedule}/{self.target}/{self.percent}"

    @property
    def settings(self) -> dict[str, Any]:
        """What it depends on, besides the network that it starts from."""
        percent = float(self.percent)
        how = {"target": self.target, "percent": percent, "criterion": self.criterion}
        return {"schedule": self.schedule, **how, "start": self.start}

    @property
    def files(self) -> list[str]:
        """The file of its criterion."""
        return [plugins.file("criteria", self.criterion)] if self.criterion else []


def rounds_of(pruning: Mapping[str, Any]) -> dict[str, Round]:
    """Every round by its name; the controls come last.

    Args:
        pruning: the section `pruning` of a configuration.
    """
    percents, targets, controls = (pruning[k] for k in ("percents", "targets", "controls"))
    smaller = dict(zip(percents[1:], percents, strict=False))
    found = [
        Round(schedule, target, percent, "magnitude", before.get(percent))
        for schedule in pruning["schedules"]
        for before in [smaller if schedule == "iterative" else {}]
        for target in targets
        for percent in percents
    ]
    if "retrained" in controls:
        found.append(Round("retrained", "both", 0, None))
    if "both" in targets:
        others = [control for control in controls if control != "retrained"]
        found += [_control(name, percent) for name in others for percent in percents]
    return {round.name: round for round in found}


def _control(name: str, percent: float) -> Round:
    starts: dict[str, Literal["new", "small"]] = {"started_anew": "new", "small_dense": "small"}
    if name in starts:
        return Round(name, "both", percent, "magnitude", start=starts[name])
    return Round(name, "both", percent, name)
