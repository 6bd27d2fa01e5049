"""What there is to scan: every file below a folder, or what a listing names, in an order that never changes.

A listing is what an object store prints of itself, mounted here or synchronised to here: one path per line, or JSON
lines with a `path`. Its paths are taken as they stand, as if each was given to `nightlight match`.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

LONGEST_LINE = 64 * 1024

Item = str | dict[str, Any]
"""A path, or the ready answer `{"path","error"}` to a line that is none."""


def walk(folder: Path, besides: frozenset[str] = frozenset()) -> Iterator[Item]:
    """Every file below a folder, each name in its folder in the order of its bytes, `besides` left out.

    Links to folders are not followed, so no loop can catch us; links to files are files. A folder that can't be read
    is given as an item of its own, because what is below it is missing.
    """
    ahead = [(str(folder), True)]
    while ahead:
        path, is_folder = ahead.pop()
        if not is_folder:
            if os.path.abspath(path) not in besides:  # noqa: PTH100 (links stay as they are)
                yield path
            continue
        try:
            with os.scandir(path) as entries:
                found = [(each.path, each.is_dir(follow_symlinks=False), _is_link(each)) for each in entries]
        except OSError as error:
            yield {"path": path, "error": f"unreadable: the folder can't be read: {_why(error)}"}
            continue
        found.sort(key=lambda each: os.fsencode(each[0]), reverse=True)
        ahead += [(each, below) for each, below, link in found if not link]


def _is_link(entry: "os.DirEntry[str]") -> bool:
    """Whether an entry is a link to a folder."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a loop of links: opening it will say so
        return False


def listing(path: Path) -> Iterator[Item]:
    """What a listing names, in its order. Raises OSError."""
    with path.open("rb") as file:
        yield from _named(file)


def _named(file: BinaryIO) -> Iterator[Item]:
    while line := file.readline(LONGEST_LINE):
        whole = line.endswith(b"\n") or len(line) < LONGEST_LINE
        while not line.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            line = rest
        text = os.fsdecode(line).removeprefix("\ufeff").rstrip("\r\n")
        if not whole:
            yield {
                "path": text[:80],
                "error": f"unreadable: a line of more than {LONGEST_LINE} bytes is no path",
            }
        elif text.lstrip().startswith("{"):
            yield _of_json(text)
        elif text.strip():
            yield text


def _of_json(text: str) -> Item:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text  # a file may have such a name; if it has not, that is its answer
    found = said.get("path")
    if isinstance(found, str) and found:
        return found
    return {"path": text[:80], "error": 'unreadable: a line without a "path"'}


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
