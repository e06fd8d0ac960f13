"""Checks of `pruning`: percentages, methods, and where learning rates are chosen."""

from typing import Any

from sparsernn.workflow.settings.problems import Key, Problems
from sparsernn.workflow.settings.value_types import family_parameters
from sparsernn.workflow.ways import CONTROLS

__all__ = ["check_methods", "check_percents", "check_rates"]


def check_percents(config: Any, problems: Problems) -> None:
    """Check that percentages ascend."""
    percents = config["pruning"]["percents"]
    if percents != sorted(percents):
        hint = f"Write {sorted(percents)}."
        problems.add(("pruning", "percents"), percents, "ascending percentages", hint)


def check_methods(config: Any, problems: Problems) -> None:
    """Check what the fields of a method say together."""
    controls, epochs = config["pruning"]["controls"], config["dense"]["training"]["epochs"]
    for name, method in config["pruning"]["methods"].items():
        key = ("pruning", "methods", name)
        if name in ("one_shot", "iterative", *CONTROLS, *controls):
            problems.add(key, method, f"another name: {name} is a schedule or a control")
        for field in ("find", "start"):
            if isinstance(method.get(field), int) and method[field] > epochs:
                allowed = f"an epoch of the dense training, at most {epochs}"
                problems.add((*key, field), method[field], allowed)
        if method.get("start") == "small":
            _small_method(key, method, problems)
        if "graph" in method:
            _graph_method(key, method, problems)
        unused = {"find", "mask", "growth", "graph"} & method.keys()
        if "gradual" in method and unused:
            hint = f"Leave out {', '.join(sorted(unused))}, or gradual."
            allowed = "no gradual pruning where a mask is found before the training"
            problems.add((*key, "gradual"), method["gradual"], allowed, hint)
        if method.get("target") == "units" and method.get("scope") in ("uniform", "gate"):
            problems.add((*key, "scope"), method["scope"], "layer or global, as units are pruned")


def check_rates(config: Any, problems: Problems) -> None:
    """Check where learning rates can be chosen."""
    pruning = config["pruning"]
    if (how := pruning["choose_rate"]) is None:
        return
    rounds = [name for name, method in pruning["methods"].items() if method.get("iterative")]
    rounds += [name for name in pruning["schedules"] if name == "iterative"]
    if rounds:
        hint = f"Leave out {', '.join(rounds)}, or write null."
        allowed = "null where a percentage starts from the one before"
        problems.add(("pruning", "choose_rate"), how, allowed, hint)
    alien = [percent for percent in how.get("percents", []) if percent not in pruning["percents"]]
    if alien:
        key = ("pruning", "choose_rate", "percents")
        problems.add(key, how["percents"], "percentages of pruning.percents")


def _small_method(key: Key, method: Any, problems: Problems) -> None:
    unused = sorted(method.keys() - {"start", "training"})
    if unused:
        hint = f"Leave out {', '.join(unused)}."
        problems.add((*key, "start"), "small", "no mask where a small dense network is", hint)


def _graph_method(key: Key, method: Any, problems: Problems) -> None:
    generator, given = method["graph"]["generator"], method["graph"].get("parameters", {})
    if generator == "graphml":
        problems.add((*key, "graph", "generator"), generator, "a random family of graphs")
        return
    if method.get("scope") != "gate":
        allowed = "gate, as all gates have the edges of the graph"
        problems.add((*key, "scope"), method.get("scope"), allowed)
    expected = sorted(family_parameters(generator).keys() - {"mean_degree"})
    if sorted(given) != expected:
        allowed = f"the parameters of {generator}: {', '.join(expected) or 'none'}"
        problems.add((*key, "graph", "parameters"), given, allowed)
