"""The keys of a task in a configuration, which its file describes."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import core_schema

from sparsernn.data.own_names import baseline_names, metric_names
from sparsernn.errors import InputError
from sparsernn.plugins import literal, names, parameters
from sparsernn.workflow.settings.value_types import OMITTED, Section, allowed

__all__ = ["ByTask", "TaskParameter", "task_parameters"]

_Lengths = Annotated[
    list[Annotated[int, Field(ge=1, le=1_000)]],
    Field(min_length=2, max_length=2),
    allowed("a range [lo, hi] of two integers, at least 1 and at most 1,000"),
]
_COMMON: dict[str, Any] = {
    "count": Annotated[
        int,
        Field(ge=4, le=250_000, description="Number of sequences, training and test."),
    ],
    "length": Annotated[
        _Lengths, Field(description="Least and greatest length of a sequence; for the test, too.")
    ],
    "test_length": Annotated[
        _Lengths,
        Field(
            description="Other lengths for the test: do networks generalise to longer sequences? "
            "Left out, test sequences have the same lengths as those for training."
        ),
    ],
}
_KINDS = {
    ("letters", "classes"),
    ("letters", "next_symbol"),
    ("arrays", "classes"),
    ("arrays", "numbers"),
}


class TaskParameter(Section):
    """A parameter of a task, as the task's file describes it in `PARAMETERS`."""

    type: Literal["integer", "number", "file"]
    description: str
    minimum: int | float = OMITTED
    maximum: int | float = OMITTED
    optional: bool = False

    def key(self) -> Any:
        """The key of a configuration that gives it a value."""
        described = Field(description=self.description)
        if self.type == "file":
            path = allowed("the path of a file")
            return Annotated[str, Field(min_length=1), path, described]
        number = {"integer": int, "number": float}[self.type]
        return Annotated[number, Field(ge=self.minimum, le=self.maximum), described]


def task_parameters(task: str) -> dict[str, TaskParameter]:
    """The own parameters of a task's function, as its file describes them.

    Raises:
        InputError: the file is not what docs/studies.md says.
    """
    where = f"tasks/{task}.py"
    kind = literal("tasks", task, "INPUTS"), literal("tasks", task, "TARGETS")
    if kind not in _KINDS:
        pairs = "; ".join(", ".join(pair) for pair in sorted(_KINDS))
        raise InputError(
            f"{where}: INPUTS and TARGETS are {kind[0]} and {kind[1]}; expected one of these "
            f"pairs: {pairs}. Write both as literals."
        )
    *own, last = parameters("tasks", task) or ("",)
    if last != "rng" or {"name", "test_length"} & set(own):
        raise InputError(
            f"{where}: {task}({', '.join([*own, last])}): expected rng last of its parameters, and "
            "none called name or test_length. Change them; the rng is the only source of "
            "randomness."
        )
    baseline_names(task)
    metric_names(task)
    described = literal("tasks", task, "PARAMETERS") or {}
    named = [name for name in own if name not in _COMMON]
    if not isinstance(described, dict) or set(described) != set(named):
        found, expected = (", ".join(map(str, each)) or "nothing" for each in (described, named))
        raise InputError(
            f"{where}: PARAMETERS describes {found}; expected {expected}, the parameters of {task} "
            "besides count, length and rng. docs/studies.md shows how."
        )
    try:
        return {key: TaskParameter.model_validate(described[key]) for key in named}
    except ValidationError as error:
        [first, *_] = error.errors()
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise InputError(
            f"{where}: PARAMETERS: {what}. Expected of each a type (integer, number or file), a "
            "description and, if it has one, a minimum, a maximum, and whether it is optional."
        ) from None


class _Task(Section):
    """A task: what networks are to learn. Its other keys depend on its name."""

    model_config = ConfigDict(extra="ignore")

    name: str


class ByTask:
    """A task's settings: which keys there are depends on its name."""

    def __get_pydantic_core_schema__(self, _: Any, handler: Any) -> core_schema.CoreSchema:
        known = names("tasks")
        models: dict[str, type[BaseModel]] = {name: _model(name) for name in known}
        about = Field(description="A file in `scripts/sparsernn/data/tasks`.")
        unknown: dict[str, Any] = {"name": (Literal[known], about)}
        models[""] = create_model("Task", __base__=_Task, **unknown)

        def tag(task: Any) -> str:
            name = task.get("name") if isinstance(task, dict) else None
            return name if isinstance(name, str) and name in models else ""

        choices = {name: handler.generate_schema(model) for name, model in models.items()}
        return core_schema.tagged_union_schema(choices, discriminator=tag)


def _model(task: str) -> type[BaseModel]:
    fields: dict[str, Any] = {"name": (Literal[task], ...)}
    own = parameters("tasks", task)
    common = [name for name in _COMMON if name in own]
    for name in common:
        fields[f"own_{name}"] = (_COMMON[name], Field(alias=name))
    if "length" in common:
        fields["own_test_length"] = (_COMMON["test_length"], Field(OMITTED, alias="test_length"))
    for key, parameter in task_parameters(task).items():
        default = OMITTED if parameter.optional else ...
        fields[f"own_{key}"] = (parameter.key(), Field(default, alias=key))
    return create_model(task, __base__=Section, **fields)
