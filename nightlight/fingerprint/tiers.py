"""Which levels of an index are due to be sorted together.

Levels belong to tiers that grow fourfold. As soon as a tier has three, its levels become one: so a row is sorted
about once for each tier it passes, and a query meets few levels. A level of which a quarter is dead is sorted alone.
"""

from collections.abc import Sequence

from nightlight.fingerprint.levels import Level

GROWTH = 4
TOGETHER = 3
DEAD_SHARE = 4
FEW_DEAD = 64


def tier(rows: int, capacity: int) -> int:
    """Give the tier of so many rows: 0 up to `capacity`, 1 up to 4 times that, and so on."""
    found, most = 0, capacity
    while rows > most:
        found, most = found + 1, most * GROWTH
    return found


def due(levels: Sequence[Level], capacity: int) -> list[Level]:
    """Choose the levels, all of them full, to sort together next; none if all is well."""
    for level in levels:
        if level.alive == 0 or (level.buried > FEW_DEAD and level.buried * DEAD_SHARE > level.n):
            return [level]
    by_tier: dict[int, list[Level]] = {}
    for level in levels:
        by_tier.setdefault(tier(level.n, capacity), []).append(level)
    for _, together in sorted(by_tier.items()):
        if len(together) >= TOGETHER:
            return together
    return []
