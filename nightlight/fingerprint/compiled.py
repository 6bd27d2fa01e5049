"""The compiled loops: made for this very machine when first needed, once, and kept.

numba keeps machine code beside the source, or in the user's cache where the source is read-only (`kept`). A stamp
beside it says for which sources, which numba and which processor all of it was made, so that asking needs no compiling.

A module of loops is called ``…_kernels.py``. It declares its signatures, and then importing compiles it, or has a
function ``warm()`` that calls each of its loops once.
"""

import hashlib
import importlib
import pkgutil
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from nightlight.fingerprint import kept

STAMP = "nightlight.compiled"


def kernel_modules() -> list[str]:
    """Name the modules of this package that hold compiled loops, in order."""
    found = (module.name for module in pkgutil.iter_modules([str(kept.HERE)]))
    return sorted(f"nightlight.fingerprint.{name}" for name in found if name.endswith("_kernels"))


def ready() -> bool:
    """Say whether every loop is compiled for this machine. Compiles nothing."""
    wanted = _stamp()
    return any(_read(folder / STAMP) == wanted for folder in kept.folders())


def prepare(say: Callable[[str], object]) -> None:
    """Compile every loop that is not compiled yet, and load the others; `say` is told only if there is any."""
    if ready():
        return
    modules = kernel_modules()
    names = ", ".join(name.rpartition(".")[2].removesuffix("_kernels") for name in modules)
    say(f"Compiling for this machine, once: {names}")
    for name in modules:
        module = importlib.import_module(name)
        getattr(module, "warm", lambda: None)()
    _write(_stamp())


def _stamp() -> str:
    """Digest what machine code depends on: sources, numba, LLVM, the processor and what it can do."""
    from llvmlite import binding  # type: ignore[import-untyped]

    told = (
        kept.digest(),
        sys.version,
        version("numba"),
        version("llvmlite"),
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
    )
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None


def _write(stamp: str) -> None:
    """Leave the stamp in the first folder that takes it; where none does, machine code is made anew each time."""
    for folder in kept.folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / STAMP).write_text(stamp)
        except OSError:
            continue
        return
