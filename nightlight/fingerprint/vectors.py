"""The processor's own instructions that numba has no name for: bit counts over vectors, and fetching ahead.

LLVM lowers each to the best the machine has (AVX-512 VPOPCNTDQ and BITALG, AVX2, NEON) and to plain arithmetic where
it has none, so that the result never depends on the machine. Nothing here checks a bound: callers pad their arrays.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-call,import-untyped"

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import numba
from llvmlite import ir
from numba import extending
from numba.core import cgutils, types
from numba.np.arrayobj import make_array

from nightlight.fingerprint import kept

kept.keep()

Function = TypeVar("Function", bound=Callable[..., Any])


class Compiler(Protocol):
    """A decorator that compiles a function when it is first called."""

    def __call__(self, function: Function, /) -> Function: ...


def kernel(function: Function) -> Function:
    """Compile a loop when it is first called, without the interpreter's lock, and keep its machine code.

    numba refuses to keep it where neither the source's folder nor the user's cache can be written; then it is made
    anew in each process.
    """
    try:
        return cast(Function, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast(Function, numba.njit(nogil=True)(function))


inlined = cast(Compiler, numba.njit(inline="always"))
# To a caller an intrinsic takes and gives numbers, to numba it is code that writes code.
intrinsic: Any = extending.intrinsic

_I1, _I8, _I16, _I32, _I64 = (ir.IntType(width) for width in (1, 8, 16, 32, 64))


@intrinsic
def popcount(typing: Any, x: Any) -> Any:
    """Count the set bits of an integer, in its own type."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return x(x), build


@intrinsic
def lowest(typing: Any, x: Any) -> Any:
    """Give the position of the lowest set bit of an integer that is not 0."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(_I1, 1))

    return x(x), build


@intrinsic
def fetch_ahead(typing: Any, array: Any, index: Any) -> Any:
    """Ask the cache for ``array.flat[index]`` of a contiguous array; harmless wherever it points."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = builder.bitcast(
            _at(context, builder, signature.args[0], args[0], args[1]), _I8.as_pointer()
        )
        kind = ir.FunctionType(ir.VoidType(), [_I8.as_pointer(), _I32, _I32, _I32])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(fetch, [pointer, ir.Constant(_I32, 0), ir.Constant(_I32, 3), ir.Constant(_I32, 1)])
        return context.get_dummy_value()

    return types.void(array, types.intp), build


@intrinsic
def load32(typing: Any, array: Any, index: Any) -> Any:
    """Read four bytes of a byte array from any index as one native ``uint32``."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = builder.bitcast(
            _at(context, builder, signature.args[0], args[0], args[1]), _I32.as_pointer()
        )
        return builder.load(pointer, align=1)

    return types.uint32(array, types.intp), build


@intrinsic
def near16x32(typing: Any, array: Any, index: Any, value: Any, most: Any) -> Any:
    """Compare 32 16-bit numbers from `index` on with `value`: bit k is set if number k is within `most` bits."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = ir.VectorType(_I16, 32)
        pointer = builder.bitcast(
            _at(context, builder, signature.args[0], args[0], args[1]), lanes.as_pointer()
        )
        numbers = builder.load(pointer, align=2)
        counts = _count(builder, builder.xor(numbers, _splat(builder, args[2], 32, _I16)), lanes, "v32i16")
        near = builder.icmp_unsigned("<=", counts, _splat(builder, args[3], 32, _I16))
        return builder.bitcast(near, _I32)

    return types.uint32(array, types.intp, types.uint16, types.uint16), build


@intrinsic
def near256x8(typing: Any, array: Any, index: Any, w0: Any, w1: Any, w2: Any, w3: Any, most: Any) -> Any:
    """Compare a block of 8 codes at `index` with one: bit k is set if code k differs in at most `most` bits.

    A block is 32 words: the first words of its 8 codes, then their second words, and so on.
    """

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = ir.VectorType(_I64, 8)
        base = _at(context, builder, signature.args[0], args[0], args[1])
        total = ir.Constant(lanes, [0] * 8)
        for word in range(4):
            pointer = builder.bitcast(builder.gep(base, [ir.Constant(_I64, 8 * word)]), lanes.as_pointer())
            differs = builder.xor(builder.load(pointer, align=8), _splat(builder, args[2 + word], 8, _I64))
            total = builder.add(total, _count(builder, differs, lanes, "v8i64"))
        return builder.bitcast(builder.icmp_unsigned("<=", total, _splat(builder, args[6], 8, _I64)), _I8)

    word = types.uint64
    return types.uint8(array, types.intp, word, word, word, word, word), build


def _at(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    return builder.gep(make_array(kind)(context, builder, array).data, [index])


def _splat(builder: Any, value: Any, lanes: int, kind: Any) -> Any:
    empty = ir.Constant(ir.VectorType(kind, lanes), ir.Undefined)
    first = builder.insert_element(empty, value, ir.Constant(_I32, 0))
    return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(_I32, lanes), [0] * lanes))


def _count(builder: Any, value: Any, lanes: Any, suffix: str) -> Any:
    kind = ir.FunctionType(lanes, [lanes])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.ctpop.{suffix}"), [value])
