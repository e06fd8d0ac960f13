"""The rounds of pruning of one dense network, and the controls beside them.

Light to import, as every parse of the Snakefile does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
        method: the fields of `sparsernn.pruning.methods.Method`, which then say how it begins.
        training: settings of its training that differ from those of other rounds.
    """

    schedule: str
    target: str
    percent: float
    criterion: str | None
    before: float | None = None
    start: Literal["trained", "new", "small"] = "trained"
    method: Mapping[str, Any] | None = None
    training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its path below the folder of a network's rounds, without ending."""
        return f"{self.schedule}/{self.target}/{self.percent}"

    @property
    def settings(self) -> dict[str, Any]:
        """What it depends on, besides the network that it starts from."""
        percent = float(self.percent)
        how = {"target": self.target, "percent": percent, "criterion": self.criterion}
        method = {} if self.method is None else {"method": dict(self.method)}
        return {"schedule": self.schedule, **how, "start": self.start, **method}

    @property
    def named(self) -> str:
        """The name of a way to a sparse network that has rounds at other percentages, too."""
        return f"{self.schedule}/{self.target}"

    @property
    def files(self) -> list[str]:
        """The files of its criterion, schedule, growth rule and family of graphs."""
        method = self.method or {}
        used: list[tuple[plugins.PluginKind, str | None]] = [("criteria", self.criterion)]
        if "gradual" in method:
            used.append(("schedules", method["gradual"].get("schedule", "cubic")))
        used.append(("growth", method.get("growth", {}).get("rule")))
        used.append(("families", method.get("graph", {}).get("generator")))
        return [plugins.file(kind, name) for kind, name in used if name]


def rounds_of(pruning: Mapping[str, Any]) -> dict[str, Round]:
    """Every round by its name; after the schedules come the controls, and then the methods.

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
    for name, method in pruning["methods"].items():
        found += _of_method(name, method, percents)
    return {round.name: round for round in found}


def _of_method(name: str, method: Mapping[str, Any], percents: Sequence[float]) -> list[Round]:
    """The rounds of a method: all from the dense network, or each from the one before."""
    apart = ("target", "iterative", "training")
    fields = {key: value for key, value in method.items() if key not in apart}
    if "graph" in method:
        graph = method["graph"]
        fields["graph"] = {"generator": graph["generator"], **graph.get("parameters", {})}
    target, criterion = method.get("target", "both"), method.get("criterion", "magnitude")
    before = [None, *percents[:-1]] if method.get("iterative") else [None] * len(percents)
    training = method.get("training", {})
    return [
        Round(name, target, percent, criterion, start, method=fields, training=training)
        for percent, start in zip(percents, before, strict=True)
    ]


def _control(name: str, percent: float) -> Round:
    starts: dict[str, Literal["new", "small"]] = {"started_anew": "new", "small_dense": "small"}
    if name in starts:
        return Round(name, "both", percent, "magnitude", start=starts[name])
    return Round(name, "both", percent, name)
