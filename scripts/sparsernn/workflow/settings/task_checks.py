"""Checks of a task's settings that involve several keys, or the files that it names."""

from typing import Any

from sparsernn.workflow.settings.own_paths import check_file
from sparsernn.workflow.settings.problems import Problems
from sparsernn.workflow.settings.task_types import task_parameters

__all__ = ["check_task"]


def check_task(config: Any, problems: Problems) -> None:
    """Check the settings of a task."""
    dataset = config["dataset"]
    task, key = dataset["task"], ("dataset", "task")
    for other in ("strings", "derive"):
        if dataset[other] is not None:
            hint = "A task brings its own examples."
            problems.add(("dataset", other), dataset[other], "null where there is a task", hint)
    for name in ("length", "test_length"):
        if name in task and task[name][0] > task[name][1]:
            allowed, hint = "[lo, hi] with lo at most hi", f"Write {task[name][::-1]}."
            problems.add((*key, name), task[name], allowed, hint)
    if "count" in task:
        test = round(task["count"] * dataset["test_share"])
        if not 2 <= test <= task["count"] - 2:
            share = dataset["test_share"]
            allowed = (
                f"a number that leaves 2 or more to train and to test, with test_share {share}"
            )
            problems.add((*key, "count"), task["count"], allowed)
    for name, parameter in task_parameters(task["name"]).items():
        if parameter.type == "file" and name in task:
            check_file((*key, name), task[name], config, problems, "the path of a file")
