"""Tiles: tuples of vectors that are loaded, multiplied and summed together.

The rows of a tile lie `step` apart in one array, so a tile needs no loop and no list of places.
"""

from typing import Any

from llvmlite import ir
from numba import types

from sparsernn.engine.vectors import FLAGS, Vector, broadcast, intrinsic, llvm_type, pointer

__all__ = [
    "add_outer",
    "add_picked",
    "add_products",
    "folded",
    "load_grid",
    "load_places",
    "load_rows",
    "no_products",
    "repeated",
    "splat_rows",
    "store_places",
    "store_rows",
    "totals",
    "transposed",
]


def _pick(builder: Any, vectors: Any, lanes: list[int]) -> Any:
    """Lanes of two vectors, counted on from the first to the second."""
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return builder.shuffle_vector(*vectors, mask)


@intrinsic(prefer_literal=True)
def repeated(typing: Any, count: Any, vector: Any) -> Any:
    """A tuple of `count` (a literal) times the same vector."""
    tile = types.UniTuple(vector, count.literal_value)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_tuple(builder, tile, [arguments[1]] * len(tile))

    return tile(count, vector), generate


@intrinsic
def no_products(typing: Any, rows: Any, others: Any) -> Any:
    """The zeros that `add_outer` begins with."""
    tile = types.UniTuple(rows.dtype, len(rows) * len(others))

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(llvm_type(rows.dtype), None)
        return context.make_tuple(builder, tile, [zero] * len(tile))

    return tile(rows, others), generate


@intrinsic
def totals(typing: Any, vectors: Any) -> Any:
    """A vector of the sums of the lanes of each of 1, 2, 4, 8 or 16 vectors.

    Lanes are added by halves: the same order on every machine. Each level adds the halves of all
    pieces, and puts those of two vectors beside each other; so all vectors share the additions.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = [builder.extract_value(arguments[0], i) for i in range(len(vectors))]
        lanes = piece = vectors.dtype.lanes
        while piece > 1:
            half, pieces = piece // 2, lanes // piece * min(len(values), 2)
            starts = [range(k * piece, k * piece + half) for k in range(pieces)]
            low = [lane for start in starts for lane in start]
            high = [lane + half for lane in low]
            pairs = [
                (values[i], values[min(i + 1, len(values) - 1)]) for i in range(0, len(values), 2)
            ]
            values = [
                builder.fadd(_pick(builder, pair, low), _pick(builder, pair, high))
                for pair in pairs
            ]
            lanes, piece = len(low), half
        return values[0]

    return Vector(vectors.dtype.dtype, len(vectors))(vectors), generate


def _places(builder: Any, count: int, first: Any, step: Any) -> list[Any]:
    places = [first]
    while len(places) < count:
        places.append(builder.add(places[-1], step))
    return places[:count]


@intrinsic
def load_rows(typing: Any, tile: Any, array: Any, first: Any, step: Any) -> Any:
    """`load` of as many rows as the tile has; it only says how many, and of what."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, data, start, apart = arguments
        values = []
        for at in _places(builder, len(tile), start, apart):
            place = pointer(context, builder, array, data, at, llvm_type(tile.dtype))
            values.append(
                builder.load(place, align=array.dtype.bitwidth // 8, typ=llvm_type(tile.dtype))
            )
        return context.make_tuple(builder, tile, values)

    return tile(tile, array, types.intp, types.intp), generate


@intrinsic
def load_places(typing: Any, vector: Any, array: Any, first: Any, numbers: Any, stride: Any) -> Any:
    """`load` of each of the rows of a tuple of numbers, rows being `stride` apart."""
    tile = types.UniTuple(vector, len(numbers))

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, data, start, rows, apart = arguments
        values = []
        for i in range(len(tile)):
            at = builder.add(start, builder.mul(builder.extract_value(rows, i), apart))
            place = pointer(context, builder, array, data, at, llvm_type(vector))
            values.append(
                builder.load(place, align=array.dtype.bitwidth // 8, typ=llvm_type(vector))
            )
        return context.make_tuple(builder, tile, values)

    return tile(vector, array, types.intp, numbers, types.intp), generate


@intrinsic
def store_rows(typing: Any, vectors: Any, array: Any, first: Any, step: Any) -> Any:
    """`store` of a tuple of vectors."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, data, start, apart = arguments
        for i, at in enumerate(_places(builder, len(vectors), start, apart)):
            place = pointer(context, builder, array, data, at, llvm_type(vectors.dtype))
            value = builder.extract_value(values, i)
            builder.store(value, place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(vectors, array, types.intp, types.intp), generate


def _scalar(context: Any, builder: Any, array: Any, data: Any, at: Any, vector: Any) -> Any:
    """The number at a place of an array, in every lane."""
    kind = context.get_data_type(array.dtype)
    number = builder.load(pointer(context, builder, array, data, at, kind), typ=kind)
    return broadcast(context, builder, number, array.dtype, vector)


@intrinsic
def splat_rows(typing: Any, tile: Any, array: Any, first: Any, step: Any) -> Any:
    """As many vectors as the tile has, each with one number of the array in every lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, data, start, apart = arguments
        values = [
            _scalar(context, builder, array, data, at, tile.dtype)
            for at in _places(builder, len(tile), start, apart)
        ]
        return context.make_tuple(builder, tile, values)

    return tile(tile, array, types.intp, types.intp), generate


def _gain(builder: Any, acc: Any, a: Any, b: Any) -> Any:
    return builder.fadd(acc, builder.fmul(a, b, flags=FLAGS), flags=FLAGS)


@intrinsic
def add_products(typing: Any, accs: Any, row: Any, weight: Any, first: Any, step: Any) -> Any:
    """Each of a tuple of vectors gains `row` times its own number of `weight`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        sums, vector, data, start, apart = arguments
        values = [
            _gain(
                builder,
                builder.extract_value(sums, i),
                vector,
                _scalar(context, builder, weight, data, at, row),
            )
            for i, at in enumerate(_places(builder, len(accs), start, apart))
        ]
        return context.make_tuple(builder, accs, values)

    return accs(accs, row, weight, types.intp, types.intp), generate


@intrinsic
def add_outer(typing: Any, accs: Any, rows: Any, others: Any) -> Any:
    """Sums gain all products of two tuples of vectors, the second one's index running faster."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = []
        for i in range(len(accs)):
            a = builder.extract_value(arguments[1], i // len(others))
            b = builder.extract_value(arguments[2], i % len(others))
            values.append(_gain(builder, builder.extract_value(arguments[0], i), a, b))
        return context.make_tuple(builder, accs, values)

    return accs(accs, rows, others), generate


@intrinsic
def load_grid(typing: Any, vector: Any, array: Any, firsts: Any, numbers: Any, stride: Any) -> Any:
    """`load_places` from each of several places on, one after another."""
    tile = types.UniTuple(vector, len(firsts) * len(numbers))

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, data, starts, rows, apart = arguments
        values = []
        for p in range(len(firsts)):
            for i in range(len(numbers)):
                offset = builder.mul(builder.extract_value(rows, i), apart)
                at = builder.add(builder.extract_value(starts, p), offset)
                place = pointer(context, builder, array, data, at, llvm_type(vector))
                values.append(
                    builder.load(place, align=array.dtype.bitwidth // 8, typ=llvm_type(vector))
                )
        return context.make_tuple(builder, tile, values)

    return tile(vector, array, firsts, numbers, types.intp), generate


@intrinsic
def store_places(
    typing: Any, vectors: Any, array: Any, first: Any, numbers: Any, stride: Any
) -> Any:
    """`store` of each of a tuple of vectors to the row of its number."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, data, start, rows, apart = arguments
        for i in range(len(vectors)):
            at = builder.add(start, builder.mul(builder.extract_value(rows, i), apart))
            place = pointer(context, builder, array, data, at, llvm_type(vectors.dtype))
            value = builder.extract_value(values, i)
            builder.store(value, place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(vectors, array, types.intp, numbers, types.intp), generate


def _four_numbers(context: Any, builder: Any, array: Any, data: Any, at: Any) -> list[Any]:
    """Four numbers of 16 bits, taken by one load: the last ones are its upper bits."""
    word = ir.IntType(64)
    place = pointer(context, builder, array, data, at, word)
    four = builder.load(place, align=2, typ=word)
    parts = (builder.lshr(four, ir.Constant(word, 16 * i)) for i in range(4))
    return [builder.and_(part, ir.Constant(word, 0xFFFF)) for part in parts]


@intrinsic
def add_picked(
    typing: Any,
    accs: Any,
    factors: Any,
    array: Any,
    firsts: Any,
    stride: Any,
    source: Any,
    at: Any,
) -> Any:
    """Eight sums gain products of vectors with rows that `source` numbers from `at` on.

    There may be several places from which rows are counted, each with factors of its own; the sums
    take these in turn.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        sums, others, data, starts, apart, numbers, begin = arguments
        count = len(factors) // len(firsts)
        rows = []
        for i in range(0, len(accs), 4):
            four = builder.add(begin, ir.Constant(begin.type, i))
            rows += _four_numbers(context, builder, source, numbers, four)
        values = []
        for j, row in enumerate(rows):
            value, offset = builder.extract_value(sums, j), builder.mul(row, apart)
            for p in range(len(firsts)):
                place = builder.add(builder.extract_value(starts, p), offset)
                place = pointer(context, builder, array, data, place, llvm_type(accs.dtype))
                x = builder.load(place, align=array.dtype.bitwidth // 8, typ=llvm_type(accs.dtype))
                factor = builder.extract_value(others, p * count + j % count)
                value = _gain(builder, value, x, factor)
            values.append(value)
        return context.make_tuple(builder, accs, values)

    return accs(accs, factors, array, firsts, types.intp, source, types.intp), generate


@intrinsic
def folded(typing: Any, vectors: Any) -> Any:
    """The first half of a tuple of vectors plus the second."""
    half = types.UniTuple(vectors.dtype, len(vectors) // 2)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = [builder.extract_value(arguments[0], i) for i in range(len(vectors))]
        pairs = zip(values[: len(half)], values[len(half) :], strict=True)
        return context.make_tuple(builder, half, [builder.fadd(a, b) for a, b in pairs])

    return half(vectors), generate


@intrinsic
def transposed(typing: Any, vectors: Any) -> Any:
    """Sixteen vectors of sixteen lanes, with rows for columns.

    Each turn puts the lanes of one half of the vectors between those of the other half; the fourth
    has then brought every number to its place.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = len(vectors)
        values = [builder.extract_value(arguments[0], i) for i in range(lanes)]
        between = [lane for i in range(lanes) for lane in (i, lanes + i)]
        for _ in range(4):
            pairs = list(zip(values[: lanes // 2], values[lanes // 2 :], strict=True))
            halves = between[:lanes], between[lanes:]
            values = [_pick(builder, pair, half) for pair in pairs for half in halves]
        return context.make_tuple(builder, vectors, values)

    return vectors(vectors), generate
