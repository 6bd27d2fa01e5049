"""PDQ's inner loops, compiled once per machine and kept in numba's cache.

Two ways lead to the 64 by 64 buffer. `shrink_rgb` and `shrink_grey` apply the tents: each pixel is read about once,
in vector instructions, and sums come out a rounding apart from the reference. `retrace` repeats the reference's
running sums operation by operation (`jaroszFilterFloat` in Meta's `downscaling.cpp`), so that every bit is the
reference's, but several times slower. `pdq.py` takes the second way only where rounding could decide.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import boolean, float32, float64, int64, njit, types, uint8, void

from nightlight.fingerprint import kept

kept.keep()

F32 = np.float32
Kernel = TypeVar("Kernel", bound=Callable[..., object])
BYTES = types.Array(uint8, 2, "C", readonly=True)
BYTE_LINE = types.Array(uint8, 1, "C", readonly=True)
PLANE, LINE, PLACES = float32[:, ::1], float32[::1], int64[::1]


def _exact(signature: Any) -> Callable[[Kernel], Kernel]:
    """Compiles without reordering. All sums are of 32 bits: a stray int64 would lift one to 64 and round it anew."""
    compiler: Callable[[Kernel], Kernel] = njit(
        signature, cache=True, nogil=True, fastmath=False, error_model="numpy"
    )
    return compiler


def _quick(signature: Any) -> Callable[[Kernel], Kernel]:
    """Compiles with sums in whatever order is fastest."""
    compiler: Callable[[Kernel], Kernel] = njit(
        signature, cache=True, nogil=True, fastmath=True, error_model="numpy"
    )
    return compiler


@_quick(void(BYTES, PLACES, PLACES, PLANE, PLACES, PLACES, PLANE, LINE, PLANE))
def shrink(
    pixels: Any, top: Any, high: Any, down: Any, left: Any, wide: Any, across: Any, luma: Any, out: Any
) -> None:
    """Writes the 64 by 64 buffer of `pixels`: rows of `width * len(luma)` bytes, one byte for each weight in `luma`.

    `top`, `high`, `down` are the row tents, `left`, `wide`, `across` the column tents (`tents.Tents`).
    """
    columns = pixels.shape[1]
    channels = len(luma)
    width = columns // channels
    sums, grey = np.empty(columns, F32), np.empty(width, F32)
    for i in range(64):
        sums[:] = F32(0)
        first = top[i]
        k = 0
        while k + 4 <= high[i]:
            a, b, c, d = down[i, k], down[i, k + 1], down[i, k + 2], down[i, k + 3]
            row0, row1 = pixels[first + k], pixels[first + k + 1]
            row2, row3 = pixels[first + k + 2], pixels[first + k + 3]
            for x in range(columns):
                sums[x] += a * F32(row0[x]) + b * F32(row1[x]) + c * F32(row2[x]) + d * F32(row3[x])
            k += 4
        while k < high[i]:
            a = down[i, k]
            row0 = pixels[first + k]
            for x in range(columns):
                sums[x] += a * F32(row0[x])
            k += 1
        if channels == 3:
            for x in range(width):
                grey[x] = luma[0] * sums[3 * x] + luma[1] * sums[3 * x + 1] + luma[2] * sums[3 * x + 2]
        line = grey if channels == 3 else sums
        for j in range(64):
            total = F32(0)
            for k in range(wide[j]):
                total += across[j, k] * line[left[j] + k]
            out[i, j] = total


@_exact(void(LINE, LINE, int64))
def _box(source: Any, out: Any, width: Any) -> None:
    """One pass of the reference's box filter along a row, in its order of additions and subtractions."""
    side = len(source)
    ahead = (width + 2) // 2
    total = F32(0)
    count = 0
    read = 0
    for _ in range(ahead - 1):
        total += source[read]
        count += 1
        read += 1
    written = 0
    for _ in range(width - ahead + 1):
        total += source[read]
        count += 1
        out[written] = total / F32(count)
        read += 1
        written += 1
    dropped = 0
    for _ in range(side - width):
        total += source[read]
        total -= source[dropped]
        out[written] = total / F32(count)
        read += 1
        dropped += 1
        written += 1
    for _ in range(ahead - 1):
        total -= source[dropped]
        count -= 1
        out[written] = total / F32(count)
        dropped += 1
        written += 1


@_exact(int64(LINE, int64, int64, int64, PLANE, LINE, LINE))
def _box_down(row: Any, step: int, height: int, width: int, ring: Any, sums: Any, out: Any) -> int:
    """One step of the box filter along columns, all columns at once; steps count from 0.

    Takes row number `step` (nothing is taken once `step >= height`) and writes row number `step - ahead + 1` to
    `out` if there is one; returns that number or -1. `ring` holds the last `width` rows taken.
    """
    ahead = (width + 2) // 2
    columns = len(sums)
    written = step - ahead + 1
    if step < height:
        slot = ring[step % width]
        if step >= width:
            for x in range(columns):
                sums[x] = (sums[x] + row[x]) - slot[x]
                slot[x] = row[x]
        else:
            for x in range(columns):
                sums[x] += row[x]
                slot[x] = row[x]
    else:
        slot = ring[step % width]
        for x in range(columns):
            sums[x] -= slot[x]
    if written < 0:
        return -1
    count = F32(min(height - 1, step) - max(0, step - width + 1) + 1)
    for x in range(columns):
        out[x] = sums[x] / count
    return written


@_exact(void(BYTE_LINE, float64[::1], boolean, LINE))
def weigh(line: Any, luma: Any, double: Any, out: Any) -> None:
    """The luminances of a row of bytes, of three channels or one."""
    if len(luma) == 1:
        for x in range(len(out)):
            out[x] = F32(line[x])
    elif double:
        for x in range(len(out)):
            out[x] = F32(luma[0] * line[3 * x] + luma[1] * line[3 * x + 1] + luma[2] * line[3 * x + 2])
    else:
        red, green, blue = F32(luma[0]), F32(luma[1]), F32(luma[2])
        for x in range(len(out)):
            out[x] = red * F32(line[3 * x]) + green * F32(line[3 * x + 1]) + blue * F32(line[3 * x + 2])


@_exact(void(LINE, int64, PLACES, PLACES, PLANE))
def _keep(line: Any, number: Any, rows: Any, columns: Any, out: Any) -> None:
    """Decimation: takes the kept columns of row `number` if it is a row to keep."""
    for i in range(64):
        if rows[i] == number:
            for j in range(64):
                out[i, j] = line[columns[j]]


@_exact(void(BYTES, float64[::1], boolean, int64, int64, PLACES, PLACES, PLANE))
def retrace(
    pixels: Any, luma: Any, double: Any, across: Any, down: Any, columns: Any, rows: Any, out: Any
) -> None:
    """Writes the 64 by 64 buffer exactly as the reference does, rounding for rounding, a row at a time.

    `luma` weighs the bytes of a pixel; `double`: in 64 bits and then rounded (pdqhash), else in 32 bits (Meta's
    tool). `across`, `down`: widths of the box filter; `columns`, `rows`: the 64 positions kept.
    """
    height = pixels.shape[0]
    channels = len(luma)
    width = pixels.shape[1] // channels
    grey, blurred = np.empty(width, F32), np.empty(width, F32)
    once, twice = np.empty(width, F32), np.empty(width, F32)
    ring1, ring2 = np.zeros((down, width), F32), np.zeros((down, width), F32)
    sums1, sums2 = np.zeros(width, F32), np.zeros(width, F32)
    lag = (down + 2) // 2 - 1
    step2 = 0
    for step in range(height + lag):
        if step < height:
            weigh(pixels[step], luma, double, grey)
            _box(grey, blurred, across)
        if _box_down(blurred, step, height, down, ring1, sums1, once) < 0:
            continue
        _box(once, blurred, across)
        last = step2 + 1 == height
        while True:
            done = _box_down(blurred, step2, height, down, ring2, sums2, twice)
            step2 += 1
            if done >= 0:
                _keep(twice, done, rows, columns, out)
            if not last or step2 >= height + lag:
                break


@_exact(void(PLANE, PLANE, PLANE))
def transform(buffer: Any, dct: Any, out: Any) -> None:
    """Writes the 16 by 16 lowest frequencies but the zeroth of a 64 by 64 buffer (`dct64To16`)."""
    half = np.zeros((16, 64), F32)
    for i in range(16):
        for k in range(64):
            weight = dct[i, k]
            for j in range(64):
                half[i, j] += weight * buffer[k, j]
    for i in range(16):
        for j in range(16):
            total = F32(0)
            for k in range(64):
                total += half[i, k] * dct[j, k]
            out[i, j] = total


@_exact(int64(PLANE, float32))
def gradients(buffer: Any, slack: Any) -> int:
    """The sum of whole gradients of a 64 by 64 buffer, in hundredths of full contrast, each lifted by `slack`.

    With no slack this is the reference's sum (`pdqImageDomainQualityMetric`).
    """
    total = 0
    for i in range(64):
        for j in range(64):
            if i < 63:
                size = abs((buffer[i, j] - buffer[i + 1, j]) * F32(100) / F32(255)) + slack
                total += int(max(size, F32(0)))
            if j < 63:
                size = abs((buffer[i, j] - buffer[i, j + 1]) * F32(100) / F32(255)) + slack
                total += int(max(size, F32(0)))
    return total
