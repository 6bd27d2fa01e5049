"""What a process gives up before it opens a hostile file: memory, time, files, network, other processes.

Every limit is the kernel's: setrlimit(2), setitimer(2), and Landlock (Linux 5.13 and later; the file system from ABI
1, TCP from ABI 4, signals and abstract sockets from ABI 6). Where the kernel has no Landlock the other limits hold
alone; `has_landlock` says which it is.
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
from pathlib import Path

MEBIBYTE = 1024 * 1024
MOST_FILES = 64  # descriptors

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # landlock(7), the same on every architecture
_NO_NEW_PRIVS = 38  # prctl(2)
_FILES = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))  # rights by the ABI that brought them
_TCP = 0b11  # bind, connect
_SCOPED = 0b11  # abstract sockets, signals
_BENEATH = 1  # a rule about what lies beneath a path
_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute (shared libraries), read files, read folders
# What a decoder may still load late: Python's own and installed code, which holds nothing of the hotline's.
_CODE = tuple({sys.prefix, sys.base_prefix, str(Path(__file__).parents[1])})


def confine(seconds: float, megabytes: int) -> None:
    """Gives up what a decoder does not need, for the rest of this process's life.

    `seconds` of real time (the kernel then sends SIGALRM, which ends the process also inside C code) and twice that
    of processor time; `megabytes` beyond what the process takes now.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime + 2 * seconds) + 1)
    _limit(resource.RLIMIT_AS, _taken() + megabytes * MEBIBYTE)
    _limit(resource.RLIMIT_FSIZE, 0)  # writes no file, whatever it does
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, MOST_FILES)
    _landlock()


def has_landlock() -> int:
    """The kernel's Landlock ABI, 0 without it."""
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, 0, 1)))


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (most, most))


def _taken() -> int:
    """Bytes of address space that this process has mapped."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _landlock() -> None:
    """Forbids opening files and connections, as far as the kernel can; only code may still be read."""
    abi = has_landlock()
    if not abi:
        return
    libc = _libc()
    files = sum(rights for since, rights in _FILES if abi >= since)
    ruleset = struct.pack("=QQQ", files, _TCP if abi >= 4 else 0, _SCOPED if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    descriptor = libc.syscall(_CREATE_RULESET, ruleset, size, 0)
    if descriptor < 0:
        return
    for path in _CODE:
        with contextlib.suppress(OSError):
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", _READ, beneath)
            libc.syscall(_ADD_RULE, descriptor, _BENEATH, rule, 0)
            os.close(beneath)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(_RESTRICT_SELF, descriptor, 0)
    os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
