"""Kinds of values that the keys of a configuration have, and those that families of graphs add."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic_core import PydanticCustomError, core_schema

from sparsernn.errors import InputError
from sparsernn.files.graphml import OWN
from sparsernn.graphs.property_names import PROPERTIES
from sparsernn.plugins import literal, names, parameters
from sparsernn.thesis.repository import CELLS
from sparsernn.workflow.ways import CONTROLS

T = TypeVar("T")
OMITTED: Any = None  # the default of a key that may be left out, but may not be null


def control_names() -> tuple[str, ...]:
    """What `pruning.controls` may name: training on with nothing pruned, and other criteria."""
    criteria = names("criteria", first=("random", "random_matched"))
    for name in ("one_shot", "iterative", *CONTROLS):
        if name in criteria:
            raise InputError(
                f"criteria/{name}.py: {name} is a schedule of pruning already. Rename the file, "
                "and its function."
            )
    return (*CONTROLS, *(name for name in criteria if name != "magnitude"))


@dataclass(frozen=True)
class _OneOf:
    """Text that is one of some names, which are looked up when the models are first used."""

    lookup: Callable[[], tuple[str, ...]]

    def __get_pydantic_core_schema__(self, _: Any, __: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(list(self.lookup()))


def allowed(words: str) -> Any:
    """What is allowed in words, where the type and the limits do not read well."""
    return Field(json_schema_extra={"x-allowed": words})


def _without_repeats(items: list[T]) -> list[T]:
    if len(set(items)) < len(items):
        raise PydanticCustomError("repeats", "has repeats")
    return items


def _folder(path: str) -> str:
    if not re.fullmatch(r"\w[\w.-]{0,59}(/\w[\w.-]{0,59})*", path):
        raise PydanticCustomError("folder", "is no such path")
    return path


Name = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")]
Distinct = Annotated[
    list[T], Field(json_schema_extra={"uniqueItems": True}), AfterValidator(_without_repeats)
]
NonEmpty = Annotated[Distinct[T], Field(min_length=1)]
UpToMillion = Annotated[int, Field(ge=1, le=1_000_000)]
UpToTenThousand = Annotated[int, Field(ge=1, le=10_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Repeats = Annotated[int, Field(ge=0, le=10_000)]
Seeds = (
    Repeats
    | Annotated[
        dict[Name, Repeats], allowed("a section with a number of at least 0 for each protocol")
    ]
)
StringCount = Annotated[int, Field(ge=0, le=250_000)]
OfReber = Annotated[
    StringCount, Field(description="Strings of a grammar with the Reber grammar's letters.")
]
Foreign = Annotated[
    StringCount, Field(description="Strings of a grammar with letters that Reber lacks.")
]
Vertices = Annotated[int, Field(ge=2, le=10_000)]
CellName = Annotated[str, _OneOf(lambda: names("cells", first=CELLS))]
PropertyName = Annotated[str, _OneOf(lambda: names("measures", first=PROPERTIES))]
ControlName = Annotated[str, _OneOf(control_names)]
CriterionName = Annotated[str, _OneOf(lambda: names("criteria", first=("magnitude", "random")))]
ScheduleName = Annotated[str, _OneOf(lambda: names("schedules", first=("cubic",)))]
GrowthName = Annotated[str, _OneOf(lambda: names("growth"))]
Generator = Annotated[str, _OneOf(lambda: (*OWN, *names("families")))]
ProtocolName = Annotated[str, allowed("published, corrected or a key of custom_protocols")]
Range = Annotated[
    list[Vertices], Field(min_length=2, max_length=2), allowed("a range [lo, hi] of two")
]
Quotient = Annotated[
    str,
    Field(pattern="^(n|mean_degree) *// *[1-9][0-9]{0,8}$"),
    allowed("a share such as n // 5 or mean_degree // 2"),
]
Degree = Annotated[int, Field(ge=1)] | Quotient


@dataclass(frozen=True)
class InTurn:
    """A value of a kind, or several that the graphs of a family take in turn."""

    kind: Any

    def __get_pydantic_core_schema__(self, _: Any, handler: Any) -> core_schema.CoreSchema:
        return cast(core_schema.CoreSchema, handler.generate_schema(_one_or_several(self.kind)))


def _one_or_several(kind: Any) -> Any:
    return (
        kind
        | Annotated[
            dict[Literal["each"], Annotated[list[kind], Field(min_length=1, max_length=100)]],
            Field(min_length=1),
            allowed("{each: [...]}, values that the graphs take in turn"),
        ]
    )


VertexCount = Annotated[
    Any,
    InTurn(Vertices | Range),
    Field(
        description="Number of vertices; from a range it is drawn uniformly, ends included. Like "
        "any number of a family it may be `{each: [16, 32]}`: the graphs take these values in "
        "turn. Where several numbers are written so, they take all combinations in turn."
    ),
]
MeanDegree = Annotated[
    Any,
    InTurn(Annotated[float, Field(ge=1, le=10_000)]),
    Field(
        description="Mean degree d of the vertices, for any generator: random edges are added or "
        "removed until there are n·d/2, rounded, and the graph stays connected."
    ),
]
SourceCount = Annotated[
    Any,
    InTurn(Annotated[int, Field(ge=1, le=10_000)]),
    Field(
        description="Exact number of source vertices, for any generator of undirected graphs: the "
        "vertices are numbered so that a random set of so many, of which no two are joined, comes "
        "first, and every later one has an earlier neighbour. Without it the generator's own order "
        "decides."
    ),
]
Folder = Annotated[
    str,
    Field(max_length=200),
    AfterValidator(_folder),
    allowed(
        "a relative path below the working directory such as results/mine: letters, digits, _, - "
        "and dots, no .. and no leading or trailing /, at most 60 characters between two / and "
        "200 in all"
    ),
]
GraphCount = Annotated[
    int,
    Field(
        ge=0,
        le=1_000_000,
        description="Number of graphs. 0 switches the family off. Adding graphs leaves the earlier "
        "ones as they are.",
    ),
]
Checkout = Annotated[
    str, Field(min_length=1), allowed("the folder of a checkout of the thesis's repository")
]
Title = Annotated[
    str,
    Field(pattern=r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f\u2028\u2029]*$", max_length=80),
    allowed("text, one line of 1 to 80 characters"),
]


class Section(BaseModel):
    """A section of a configuration: no other keys, and no conversion of values."""

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, defer_build=True, frozen=True
    )


class _NullCounts:
    """A section with a key for each null model."""

    def __get_pydantic_core_schema__(self, _: Any, handler: Any) -> core_schema.CoreSchema:
        about = Field(ge=1, le=1000, description="Number of such graphs for each graph.")
        fields: dict[str, Any] = dict.fromkeys(names("nulls"), (Annotated[int, about], OMITTED))
        model = create_model("Nulls", __base__=Section, **fields)
        return cast(core_schema.CoreSchema, handler.generate_schema(model))


Nulls = Annotated[
    Any,
    _NullCounts(),
    Field(
        description="Null models of each graph and how many of each: random graphs that share a "
        "part of its structure. `keep_layers` leaves every vertex in its layer, `keep_degrees` "
        "leaves it its number of neighbours; `same_density`, `lattice` and `small_world` have as "
        "many edges. Where edges are the recurrence, directed graphs also have "
        "`keep_in_out_degrees` and `keep_reciprocity`, and weighted ones `shuffle_weights` and "
        "`shuffle_signs`. "
        "docs/studies.md says which graphs may have which. Networks are trained on them as on the "
        "graph itself, and compared with it in pairs; correlations leave them out. Adding copies "
        "leaves the others as they are."
    ),
]


class FamilyParameter(Section):
    """A parameter of a family of graphs, as the family's file describes it in `PARAMETERS`."""

    type: Literal["integer", "number", "degree"]
    description: str
    minimum: int | float = OMITTED
    maximum: int | float = OMITTED

    def key(self) -> Any:
        """The key of a configuration that gives it a value."""
        if self.type == "degree":
            return Annotated[Any, InTurn(Degree), Field(description=self.description)]
        number = {"integer": int, "number": float}[self.type]
        limits = Field(ge=self.minimum, le=self.maximum)
        described = Field(description=self.description)
        return Annotated[Any, InTurn(Annotated[number, limits]), described]


def family_parameters(family: str) -> dict[str, FamilyParameter]:
    """The parameters of a family's function between n and rng, as its file describes them.

    Raises:
        InputError: the file is not what docs/studies.md says.
    """
    where = f"families/{family}.py"
    *own, last = parameters("families", family) or ("",)
    if last != "rng" or own[:1] != ["n"] or {"generator", "count"} & set(own):
        raise InputError(
            f"{where}: {family}({', '.join([*own, last])}): expected n first and rng last of its "
            "parameters, and none called generator or count. Change them; the rng is the only "
            "source of randomness."
        )
    described = literal("families", family, "PARAMETERS")
    described = described if isinstance(described, dict) else {}
    if set(described) != set(own[1:]):
        found, expected = (", ".join(map(str, each)) or "nothing" for each in (described, own[1:]))
        raise InputError(
            f"{where}: PARAMETERS describes {found}; expected {expected}, the parameters of "
            f"{family} between n and rng. docs/studies.md shows how."
        )
    try:
        return {key: FamilyParameter.model_validate(described[key]) for key in own[1:]}
    except ValidationError as error:
        [first, *_] = error.errors()
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise InputError(
            f"{where}: PARAMETERS: {what}. Expected of each a type (integer, number or degree), a "
            "description and, if it has one, a minimum and a maximum."
        ) from None
