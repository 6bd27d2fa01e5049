"""What reporters wrote, read as addresses: the same reading wherever a report is looked at."""

from collections.abc import Iterable

from nightlight.net.address import Address, NotAnAddress, canonical, find


def understand(entries: Iterable[str]) -> tuple[list[tuple[str, Address]], list[str]]:
    """Reads each entry as one address or, where it is none, as text, a list or a table that holds some.

    Returns pairs of the spelling as reported and the canonical address, each address once and in order; and what
    made no sense, each piece once. An entry with nothing in it makes no sense either.
    """
    understood: dict[str, tuple[str, Address]] = {}
    not_understood: dict[str, None] = {}
    for entry in entries:
        pairs, rest = _read(entry)
        for spelling, address in pairs:
            understood.setdefault(address.url, (spelling, address))
        not_understood.update(dict.fromkeys(rest))
    return list(understood.values()), list(not_understood)


def _read(entry: str) -> tuple[list[tuple[str, Address]], list[str]]:
    try:
        return [(entry.strip(), canonical(entry))], []
    except NotAnAddress:
        pairs, rest = find(entry)
    return pairs, rest if pairs or rest else [entry]
