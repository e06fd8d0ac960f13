"""The ways in which a study prunes each dense network, and the controls beside them.

Light to import, as every parse of the Snakefile does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sparsernn import plugins

__all__ = ["CONTROLS", "Way", "ways_of"]

CONTROLS = ("retrained", "started_anew", "small_dense")
"""What pruning may be compared with, besides criteria."""


@dataclass(frozen=True)
class Way:
    """A way to prune a dense network; for each percentage it has a round, which then trains.

    Attributes:
        schedule: "one_shot", "iterative", or the name of a control or of a method.
        target: which weights are pruned.
        percents: how many of them, in each round.
        criterion: which of them; None: none, the network is only trained on.
        iterative: whether a round starts from the one before, or each from the dense network.
        start: the "trained" weights, "new" ones, or a "small" dense network.
        method: the fields of `sparsernn.pruning.methods.Method`, which then say how a round begins.
        training: settings of its training that differ from those of other ways.
    """

    schedule: str
    target: str
    percents: tuple[float, ...]
    criterion: str | None
    iterative: bool = False
    start: Literal["trained", "new", "small"] = "trained"
    method: Mapping[str, Any] | None = None
    training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its path below the folder of what is pruned of a network, without ending."""
        return f"{self.schedule}/{self.target}"

    @property
    def settings(self) -> dict[str, Any]:
        """What it depends on, besides the dense network."""
        method = {} if self.method is None else {"method": dict(self.method)}
        return {
            "schedule": self.schedule,
            "target": self.target,
            "percents": [float(percent) for percent in self.percents],
            "criterion": self.criterion,
            "iterative": self.iterative,
            "start": self.start,
            **method,
        }

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


def ways_of(pruning: Mapping[str, Any]) -> dict[str, Way]:
    """Every way by its name; after the schedules come the controls, and then the methods.

    Args:
        pruning: the section `pruning` of a configuration.
    """
    targets, controls = pruning["targets"], pruning["controls"]
    percents = tuple(pruning["percents"])
    found = [
        Way(schedule, target, percents, "magnitude", iterative=schedule == "iterative")
        for schedule in pruning["schedules"]
        for target in targets
    ]
    if "retrained" in controls:
        found.append(Way("retrained", "both", (0,), None))
    if "both" in targets:
        found += [_control(name, percents) for name in controls if name != "retrained"]
    found += [_of_method(name, method, percents) for name, method in pruning["methods"].items()]
    return {way.name: way for way in found}


def _of_method(name: str, given: Mapping[str, Any], percents: tuple[float, ...]) -> Way:
    apart = ("target", "iterative", "training")
    fields = {key: value for key, value in given.items() if key not in apart}
    if "graph" in given:
        graph = given["graph"]
        fields["graph"] = {"generator": graph["generator"], **graph.get("parameters", {})}
    return Way(
        name,
        given.get("target", "both"),
        percents,
        given.get("criterion", "magnitude"),
        iterative=given.get("iterative", False),
        method=fields,
        training=given.get("training", {}),
    )


def _control(name: str, percents: tuple[float, ...]) -> Way:
    starts: dict[str, Literal["new", "small"]] = {"started_anew": "new", "small_dense": "small"}
    if name in starts:
        return Way(name, "both", percents, "magnitude", start=starts[name])
    return Way(name, "both", percents, name)
