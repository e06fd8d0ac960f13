"""Sums over strips of edges, of one sequence; see `engine.strips`."""

from typing import Any

from llvmlite import ir
from numba import types

from sparsernn.engine.vectors import (
    compiled,
    intrinsic,
    item,
    like,
    llvm_type,
    load,
    pointer,
    put,
    splat,
    store,
)
from sparsernn.engine.views import View

__all__ = ["add_strips"]

Array = Any


@intrinsic
def look_up(typing: Any, vector: Any, array: Any, first: Any, look: Any, at: Any) -> Any:
    """The numbers of 32 from `array[first]` on that 16 bytes from `look[at]` on say.

    Processors with AVX-512 look up float32 numbers in two registers. On others, and for float64,
    each number is loaded by itself.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, data, start, numbers, begin = arguments
        word, wide = ir.IntType(32), llvm_type(vector)
        size = array.dtype.bitwidth // 8
        if array.dtype == types.float32 and "+avx512f" in context.codegen()._tm_features:
            places = [builder.add(start, ir.Constant(start.type, n)) for n in (0, 16)]
            halves = [
                builder.load(pointer(context, builder, array, data, at, wide), align=size, typ=wide)
                for at in places
            ]
            bytes_type, words = ir.VectorType(ir.IntType(8), 16), ir.VectorType(word, 16)
            place = pointer(context, builder, look, numbers, begin, bytes_type)
            which = builder.zext(builder.load(place, align=1, typ=bytes_type), words)
            kind = ir.FunctionType(wide, [wide, words, wide])
            name = "llvm.x86.avx512.vpermi2var.ps.512"
            function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
            return builder.call(function, [halves[0], which, halves[1]])
        value, lane = ir.Constant(wide, ir.Undefined), wide.element
        for i in range(vector.lanes):
            offset = builder.add(begin, ir.Constant(begin.type, i))
            byte = pointer(context, builder, look, numbers, offset, ir.IntType(8))
            number = builder.zext(builder.load(byte, typ=ir.IntType(8)), start.type)
            place = pointer(context, builder, array, data, builder.add(start, number), lane)
            one = builder.load(place, align=size, typ=lane)
            value = builder.insert_element(value, one, ir.Constant(word, i))
        return value

    return vector(vector, array, types.intp, look, types.intp), generate


@compiled
def add_strips(
    strips: Any, weights: Array, block: int, rows: int, x: View, y: View, room: Array
) -> None:
    """y[row] += sum over edges of weight * x[source], for a block's rows and one sequence.

    `room` has place for 16 numbers.
    """
    v = splat(16, y.array.dtype.type(0))
    for s in range(strips.first[block], strips.first[block + 1]):
        acc, other = like(v, 0.0), like(v, 0.0)
        for e in range(item(strips.start, s), item(strips.start, s + 1), 2):
            here = x.start + 16 * item(strips.window, e)
            there = x.start + 16 * item(strips.window, e + 1)
            acc = acc + look_up(v, x.array, here, strips.look, 16 * e) * load(v, weights, 16 * e)
            found = look_up(v, x.array, there, strips.look, 16 * e + 16)
            other = other + found * load(v, weights, 16 * e + 16)
        acc = acc + other
        row = 16 * (s - strips.first[block])
        if row + 16 <= rows:
            store(load(v, y.array, y.start + row) + acc, y.array, y.start + row)
        else:
            store(acc, room, 0)
            for r in range(row, rows):
                put(y.array, y.start + r, item(y.array, y.start + r) + item(room, r - row))
