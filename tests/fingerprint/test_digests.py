"""File digests: the known answers, in one read, whatever the size of the pieces."""

import doctest
import hashlib
import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nightlight.fingerprint
from nightlight.fingerprint import Digests, digests
from nightlight.fingerprint.digests import CHUNK_BYTES

KNOWN = {
    # RFC 1321 appendix A.5; RFC 3174 section 7.3; FIPS 180-2 appendix B.1
    b"": Digests(
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        0,
    ),
    b"abc": Digests(
        "900150983cd24fb0d6963f7d28e17f72",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        3,
    ),
}


@pytest.mark.parametrize("content", KNOWN)
def test_the_known_answers_come_out(content: bytes) -> None:
    assert digests(content) == KNOWN[content]


@given(content=st.binary(), piece=st.integers(1, 7))
def test_a_stream_that_gives_little_at_a_time_is_read_to_its_end(content: bytes, piece: int) -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(piece)

    assert digests(Trickle(content)) == digests(content)


@pytest.mark.parametrize("size", [CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 1])
def test_a_stream_longer_than_one_piece_gives_the_digest_of_the_whole(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    found = digests(io.BytesIO(content))

    assert (found.sha256, found.size) == (hashlib.sha256(content).hexdigest(), size)


def test_a_stream_is_read_once_and_in_pieces() -> None:
    class OnceOnly(io.BytesIO):
        asked: list[int | None] = []

        def read(self, size: int | None = -1, /) -> bytes:
            self.asked.append(size)
            return super().read(size)

        def seek(self, *place: int) -> int:
            raise io.UnsupportedOperation("a socket cannot go back")

    stream = OnceOnly(bytes(3 * CHUNK_BYTES))

    digests(stream)

    assert stream.asked == [CHUNK_BYTES] * 4


def test_a_stream_that_breaks_is_not_given_a_digest() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("connection reset")

    with pytest.raises(OSError, match="connection reset"):
        digests(Broken())


@pytest.mark.parametrize("module", [nightlight.fingerprint, sys.modules["nightlight.fingerprint.digests"]])
def test_the_examples_in_the_documentation_run(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]

    assert (result.failed, result.attempted > 0) == (0, True)


def test_importing_brings_neither_django_nor_an_imaging_library() -> None:
    heavy = ("django", "PIL", "numpy", "numba", "av", "cryptography")

    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import nightlight.fingerprint, sys; print([m for m in {heavy} if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert asked.stdout == "[]\n"
