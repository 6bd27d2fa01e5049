"""The process beside the service that lets others open hostile files: `python -m … MODULE:FUNCTION`.

It warms up once (libraries, compiled loops), says `{"ready": true}` or why it can't be, `{"broken": …}`, and then forks
a child for every file: the child confines itself, opens the file, answers and ends. So no file sees another one, memory
stays flat, and whatever a file does to its child, the next is there at once. This process itself decodes nothing and
belongs to its parent: where the parent's pipe closes, it ends, and its child with it.

Question, on standard input: `HEAD`, JSON of that many bytes, the file. Answer, on standard output: its length, JSON:
`{"ok": …}`, `{"error": name, "say": sentence}` or `{"died": name}`.
"""

import contextlib
import importlib
import json
import os
import selectors
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from nightlight.fingerprint.confined import confine
from nightlight.fingerprint.errors import MediaError

HEAD = struct.Struct("!IQ")  # bytes of JSON, bytes of the file
LENGTH = struct.Struct("!I")
MOST_ANSWER = 16 * 1024 * 1024
PIECE = 1024 * 1024

Examine = Callable[..., dict[str, Any]]
# What a child's end says about the file; any other signal (SIGSEGV, SIGABRT, SIGBUS …) is a broken decoder.
_DEATHS = {
    signal.SIGALRM: "timed_out",
    signal.SIGXCPU: "timed_out",
    signal.SIGKILL: "out_of_memory",  # the kernel's, for want of memory
}


def main(target: str) -> int:
    """Serves files until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the pipe
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):  # what a library prints or reads does not get between question and answer
        os.dup2(nothing, descriptor)
    os.close(nothing)
    module, _, function = target.partition(":")
    try:
        room = importlib.import_module(module)
        room.warm_up()
        examine: Examine = getattr(room, function)
    except Exception as error:
        _say(answers, {"broken": f"{type(error).__name__}: {error}"})
        return 1
    _say(answers, {"ready": True})
    while head := questions.read(HEAD.size):
        size, length = HEAD.unpack(head)
        question = json.loads(questions.read(size))
        data = questions.read(length)
        if len(data) < length:
            break
        _say(answers, _answer(examine, data, question, questions, answers))
        del data
    return 0


def _say(answers: BinaryIO, words: dict[str, Any]) -> None:
    text = json.dumps(words).encode()
    answers.write(LENGTH.pack(len(text)) + text)
    answers.flush()


def _answer(
    examine: Examine, data: bytes, question: dict[str, Any], questions: BinaryIO, answers: BinaryIO
) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        questions.close()
        answers.close()
        _be_child(examine, data, question, writing)
    os.close(writing)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)  # here and in the child: whichever comes first
    said = _listen(reading, questions, time.monotonic() + question["seconds"])
    os.close(reading)
    for end in (os.killpg, os.kill):  # the group only where the child has made it one
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if said is not None:
        return said
    return {"died": _DEATHS.get(cast(signal.Signals, -status), "unreadable")}


def _be_child(examine: Examine, data: bytes, question: dict[str, Any], writing: int) -> None:
    """Examines one file and never returns."""
    words: dict[str, Any]
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        confine(question["seconds"], question["megabytes"])
        words = {"ok": examine(data, **question["ask"])}
    except MediaError as error:
        words = {"error": error.name, "say": error.sentence[:200]}
    except MemoryError:
        words = {"died": "out_of_memory"}
    except Exception as error:
        words = {"error": "unreadable", "say": f"it could not be read ({type(error).__name__})"}
    with contextlib.suppress(BaseException), os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(words).encode())
    os._exit(0)


def _listen(reading: int, questions: BinaryIO, deadline: float) -> dict[str, Any] | None:
    """What the child says until it closes its end, or why we listen no longer; None if only its end can tell.
    Ends at once where the parent is gone."""
    said = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(reading, selectors.EVENT_READ)
        waiting.register(questions, selectors.EVENT_READ)  # between two questions only its end can come
        while len(said) <= MOST_ANSWER:
            events = waiting.select(max(0.0, deadline - time.monotonic()))
            if not events:
                return {"died": "timed_out"}
            if any(key.fileobj is questions for key, _ in events):
                return None
            piece = os.read(reading, PIECE)
            if not piece:
                break
            said += piece
        else:
            return {"died": "unreadable"}  # its end will be ours, and say nothing about the file
    try:
        words = json.loads(said)
    except ValueError:
        return None
    return words if isinstance(words, dict) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
