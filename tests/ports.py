"""Ports for servers in processes of their own, which are told beforehand where to listen."""

import socket
from random import SystemRandom

# Below those the kernel gives to whoever asks for any, so that no other test is given one before it is used.
LOWEST, HIGHEST = 20_000, 32_000


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    while True:
        port = SystemRandom().randrange(LOWEST, HIGHEST)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
