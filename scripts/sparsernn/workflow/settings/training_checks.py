"""Checks of the settings of trainings, which torch knows best."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from sparsernn.workflow.settings.problems import Key, Problems

__all__ = ["check_trainings"]


def check_trainings(config: Any, problems: Problems) -> None:
    """Check optimisers and schedules by making them.

    torch takes a second to import. So only configurations that name an optimiser or a schedule
    import it; where Snakemake's own environment lacks it, the jobs that train check it.
    """
    for key, training in _trainings(config):
        named = {"optimizer", "lr_scheduler"} & {k for k, v in training.items() if v is not None}
        if named and find_spec("torch"):
            _check_named(key, training, problems)
    for name, method in config["pruning"]["methods"].items():
        training = {**config["pruning"]["training"], **method.get("training", {})}
        changing = {"gradual", "growth"} & method.keys()
        if changing and training.get("early_stopping") is not None:
            key = ("pruning", "methods", name, "training", "early_stopping")
            hint = "The best epoch may have other masks than the last."
            expected = "null, or left out, where masks change during the training"
            problems.add(key, training["early_stopping"], expected, hint)


def _trainings(config: Any) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    for part in ("sparse", "dense", "pruning"):
        yield (part, "training"), config[part]["training"]
    for name, method in config["pruning"]["methods"].items():
        key = ("pruning", "methods", name, "training")
        yield key, {**config["pruning"]["training"], **method.get("training", {})}


def _check_named(key: Key, training: Mapping[str, Any], problems: Problems) -> None:
    from sparsernn.training.optimisers import ADAM, SettingError, check

    optimizer, schedule = training.get("optimizer", ADAM), training.get("lr_scheduler")
    validated = training.get("early_stopping") is not None
    try:
        check(optimizer, schedule, training["lr"], training["epochs"], validated)
    except SettingError as error:
        problems.add((*key, *error.key), error.value, error.expected, error.hint)
