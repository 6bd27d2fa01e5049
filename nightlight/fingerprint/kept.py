"""Where machine code is kept: a folder named after the sources it was made from.

numba looks at a loop's own file only. A loop that was built into its callers in other files would live on in them
after an upgrade, so all of it is made anew when one of the files changes.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
NAME = "nightlight-"


def digest() -> str:
    """The SHA-256, in hex, of every source that machine code is made from."""
    found = hashlib.sha256()
    for source in sorted([*HERE.glob("*_kernels.py"), HERE / "vectors.py"]):
        found.update(source.read_bytes())
    return found.hexdigest()


def folders() -> Iterator[Path]:
    """The folders where numba may keep machine code, in its order."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(os.environ["NUMBA_CACHE_DIR"])
    yield HERE / "__pycache__"
    yield Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "numba"


@cache
def place() -> Path | None:
    """The folder for code made from these sources, new if need be; what older ones left is taken away.

    None where nothing can be kept.
    """
    name = NAME + digest()[:16]
    for folder in folders():
        try:
            (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        for old in folder.glob(f"{NAME}*"):
            if old.name != name:
                shutil.rmtree(old, ignore_errors=True)
        return folder / name
    return None


def keep() -> None:
    """Tells numba to keep code there. Called by every module of loops before its first."""
    import numba

    if folder := place():
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
