"""What all servers of the small internet share: a thread, a free port, and no address but 127.0.0.1."""

import logging
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.1"

log = logging.getLogger(__name__)


class LoopbackHTTPServer(ThreadingHTTPServer):
    """An HTTP server on a free loopback port."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__((LOOPBACK, 0), handler)

    def server_bind(self) -> None:
        # The parent class would ask the real DNS for this machine's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        # Clients of a small internet are killed on purpose; a broken pipe is no news.
        log.info("a client went away or sent nonsense", exc_info=True)

    @property
    def port(self) -> int:
        """The port that was free."""
        return self.server_port


class QuietHandler(BaseHTTPRequestHandler):
    """HTTP/1.1 answers with a length, logged through `logging`, never to standard error."""

    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds of real time
    disable_nagle_algorithm = True  # head and body go out as two packets; the second must not wait

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        log.debug(format, *args)

    def reply(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        """Send one whole answer; header names are given with `_` for `-`. HEAD gets no body."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def in_thread(server: socketserver.BaseServer, name: str) -> threading.Thread:
    """Let a server serve in a daemon thread of this process until its `shutdown`."""
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=name, daemon=True
    )
    thread.start()
    return thread
