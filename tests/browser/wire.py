"""The wire between a browser and the server: passes every byte on and keeps what the browser sent.

What a browser tells of its own requests leaves out the content of files, so that only the wire shows it.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

PIECE = 24  # bytes of a file: found on the wire, they can be nothing else


class Wire:
    """`address` is where the browser goes; `sent` is what came from it so far."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = (parts.hostname or "localhost", parts.port or 80)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._sent: list[bytearray] = []
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def sent(self) -> bytes:
        """All that came from the browser: one connection after the other, for at once they cut into each other."""
        return b"".join([bytes(each) for each in self._sent])

    def holds_part_of(self, path: Path) -> bool:
        """Whether any piece of a file went over the wire."""
        raw, seen = path.read_bytes(), self.sent
        starts = range(0, len(raw) - PIECE, max(1, len(raw) // 50))
        return any(raw[start : start + PIECE] in seen for start in starts)

    def close(self) -> None:
        """Ends every connection."""
        for each in [self._door, *self._open]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._door.accept()
                server = socket.create_connection(self._server)
                self._open += [browser, server]
                self._sent.append(sent := bytearray())
                for source, target, kept in ((browser, server, sent), (server, browser, bytearray())):
                    threading.Thread(target=self._pass_on, args=(source, target, kept), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def tapped(server: str) -> Iterator[Wire]:
    """A wire to this server, until the end of the block."""
    wire = Wire(server)
    try:
        yield wire
    finally:
        wire.close()
