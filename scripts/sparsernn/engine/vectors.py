"""Vectors of numbers as values in compiled code.

A kernel holds sums in vectors of 16 to 128 lanes, whatever the machine's registers (LLVM cuts them
to size), so its speed does not depend on what the loop vectoriser can prove about aliasing.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import extending, njit, types
from numba.extending import models, overload, register_model

from sparsernn.wiring import elementwise

__all__ = [
    "FLAGS",
    "OPTIONS",
    "Vector",
    "broadcast",
    "compiled",
    "device",
    "intrinsic",
    "item",
    "like",
    "llvm_type",
    "load",
    "pointer",
    "prefetch",
    "put",
    "splat",
    "store",
]

intrinsic: Any = extending.intrinsic

# May form fused multiply-adds. Not `reassoc`: LLVM would choose an order of products and sums by
# how long a processor's instructions take, so that results would depend on its model.
FLAGS = ("contract", "nsz")


class Vector(types.Type):  # type: ignore[misc]
    """Numba's type of a vector of float32 or float64 lanes."""

    def __init__(self, dtype: Any, lanes: int) -> None:
        self.dtype, self.lanes = dtype, lanes
        super().__init__(f"vector({dtype} x {lanes})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, llvm_type(vector))


def llvm_type(vector: Vector) -> ir.VectorType:
    """LLVM's type of a vector."""
    lane = ir.FloatType() if vector.dtype == types.float32 else ir.DoubleType()
    return ir.VectorType(lane, vector.lanes)


# No reference counts (`_nrt`): they would cost more than the sums, and nothing is allocated.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
INLINED = {"forceinline": True, **OPTIONS}


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a helper that kernels call."""
    return njit(no_cpython_wrapper=True, **OPTIONS)(function)


def device(function: Callable[..., Any]) -> Any:
    """Compile a helper that becomes part of the kernels that call it."""
    return njit(no_cpython_wrapper=True, **INLINED)(function)


def broadcast(context: Any, builder: Any, value: Any, kind: Any, vector: Vector) -> Any:
    """A vector with the value, of the given kind, in every lane."""
    scalar = context.cast(builder, value, kind, vector.dtype)
    type_, index = llvm_type(vector), ir.IntType(32)
    one = builder.insert_element(ir.Constant(type_, ir.Undefined), scalar, ir.Constant(index, 0))
    everywhere = ir.Constant(ir.VectorType(index, vector.lanes), [0] * vector.lanes)
    return builder.shuffle_vector(one, ir.Constant(type_, ir.Undefined), everywhere)


@intrinsic(prefer_literal=True)
def splat(typing: Any, lanes: Any, value: Any) -> Any:
    """A vector of `lanes` (a literal) times the same value."""
    vector = Vector(value, lanes.literal_value)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return broadcast(context, builder, arguments[1], value, vector)

    return vector(lanes, value), generate


@intrinsic
def like(typing: Any, vector: Any, value: Any) -> Any:
    """The value in every lane of a vector of the given one's type."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return broadcast(context, builder, arguments[1], value, vector)

    return vector(vector, value), generate


def pointer(context: Any, builder: Any, array: Any, data: Any, offset: Any, type_: Any) -> Any:
    """The place of `array[offset]`, as one of the given type."""
    start = context.make_array(array)(context, builder, data).data
    return builder.bitcast(builder.gep(start, [offset]), ir.PointerType(type_))


@intrinsic
def item(typing: Any, array: Any, index: Any) -> Any:
    """`array[index]`, for an index that isn't negative: numba's own test costs more than a sum."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_data_type(array.dtype)
        return builder.load(pointer(context, builder, array, *arguments, kind), typ=kind)

    return array.dtype(array, types.intp), generate


@intrinsic
def put(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """`array[index] = value`, as `item`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_data_type(array.dtype)
        place = pointer(context, builder, array, arguments[0], arguments[1], kind)
        builder.store(arguments[2], place)
        return context.get_dummy_value()

    return types.void(array, types.intp, array.dtype), generate


@intrinsic
def load(typing: Any, vector: Any, array: Any, offset: Any) -> Any:
    """The lanes from `array[offset]` on; the given vector only says how many."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = pointer(context, builder, array, arguments[1], arguments[2], llvm_type(vector))
        return builder.load(place, align=array.dtype.bitwidth // 8, typ=llvm_type(vector))

    return vector(vector, array, types.intp), generate


@intrinsic
def store(typing: Any, vector: Any, array: Any, offset: Any) -> Any:
    """Write the lanes to `array[offset]` and on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = pointer(context, builder, array, arguments[1], arguments[2], llvm_type(vector))
        builder.store(arguments[0], place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(vector, array, types.intp), generate


@intrinsic
def prefetch(typing: Any, array: Any, offset: Any) -> Any:
    """Ask for the cache line of `array[offset]`, which may lie outside: it is only a hint."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = pointer(context, builder, array, arguments[0], arguments[1], ir.IntType(8))
        hint = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], hint)
        builder.call(function, [place, *(ir.Constant(word, n) for n in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


def _operation(instruction: str) -> Any:
    @intrinsic
    def operation(typing: Any, vector: Any, other: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, instruction)(*arguments, flags=FLAGS)

        return vector(vector, other), generate

    return operation


def _overload(symbol: Any, instruction: str) -> None:
    operation = _operation(instruction)

    @overload(symbol)
    def vectors(a, b):  # type: ignore[no-untyped-def]
        if isinstance(a, Vector) and isinstance(b, Vector):
            return lambda a, b: operation(a, b)
        if isinstance(a, Vector) and isinstance(b, types.Number):
            return lambda a, b: operation(a, like(a, b))
        if isinstance(b, Vector) and isinstance(a, types.Number):
            return lambda a, b: operation(like(b, a), b)
        return None


for _symbol, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _overload(_symbol, _instruction)


def _choice(comparison: str) -> Any:
    """Lanes of the second where it compares so with the first: a NaN in the first one stays."""

    @intrinsic
    def choose(typing: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            value, bound = arguments
            return builder.select(builder.fcmp_ordered(comparison, value, bound), bound, value)

        return a(a, b), generate

    return choose


at_least, at_most = _choice("<"), _choice(">")


@intrinsic
def _select_positive(typing: Any, a: Any, b: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(arguments[0].type, None)
        return builder.select(builder.fcmp_unordered(">", arguments[0], zero), arguments[1], zero)

    return a(a, b), generate


def _scalar_tanh(x: float) -> float:
    return math.tanh(x)


@intrinsic
def _lanewise_tanh(typing: Any, a: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value, index = arguments[0], ir.IntType(32)
        for lane in range(a.lanes):
            at = ir.Constant(index, lane)
            scalar = context.compile_internal(
                builder, _scalar_tanh, a.dtype(a.dtype), [builder.extract_element(value, at)]
            )
            value = builder.insert_element(value, scalar, at)
        return value

    return a(a), generate


# tanh(x) / x = P(x^2) / Q(x^2) up to CLAMP, where tanh is within 2 ulp of 1: a least-squares fit of
# the relative error, reweighted until it is level (6e-9; float32 rounding makes it 5 ulp).
CLAMP = 8.0
P = (1.0, 0.13444498, 0.0035715988, 2.1894673e-05, 1.5230434e-08)
Q = (1.0, 0.46777827, 0.026164446, 0.00034112931, 8.5224531e-07)


@device
def _rational_tanh(a: Any) -> Any:
    x = at_most(at_least(a, like(a, -CLAMP)), like(a, CLAMP))
    t = x * x
    p = t * P[4] + P[3]
    p = p * t + P[2]
    p = p * t + P[1]
    p = p * t + P[0]
    q = t * Q[4] + Q[3]
    q = q * t + Q[2]
    q = q * t + Q[1]
    q = q * t + Q[0]
    return x * p / q


@overload(elementwise.tanh, jit_options=INLINED)
def _tanh(a):  # type: ignore[no-untyped-def]
    """The hyperbolic tangent of each lane; float32 by a rational function, to a few ulp."""
    if not isinstance(a, Vector):
        return None
    if a.dtype == types.float64:
        return lambda a: _lanewise_tanh(a)
    return lambda a: _rational_tanh(a)


@overload(elementwise.sigmoid, jit_options=INLINED)
def _sigmoid(a):  # type: ignore[no-untyped-def]
    """The logistic function of each lane: (1 + tanh(a / 2)) / 2."""
    if isinstance(a, Vector):
        return lambda a: elementwise.tanh(a * 0.5) * 0.5 + 0.5
    return None


@overload(elementwise.relu, jit_options=INLINED)
def _relu(a):  # type: ignore[no-untyped-def]
    """The positive part of each lane."""
    return (lambda a: at_least(a, like(a, 0.0))) if isinstance(a, Vector) else None


@overload(elementwise.where_positive, jit_options=INLINED)
def _where_positive(a, b):  # type: ignore[no-untyped-def]
    """The lanes of `b` where `a` is above zero, else zero; `b` also where `a` is NaN."""
    return (lambda a, b: _select_positive(a, b)) if isinstance(a, Vector) else None


@overload(elementwise.zeros_like, jit_options=INLINED)
def _zeros_like(a):  # type: ignore[no-untyped-def]
    """Zero in every lane."""
    return (lambda a: like(a, 0.0)) if isinstance(a, Vector) else None
