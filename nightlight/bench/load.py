"""A load generator: posts at a steady rate whether or not answers come, from a process of its own.

Each post has its moment, and its time counts from that moment, not from when a connection was free: a server that
stalls is not spared the posts it kept waiting. Run as `python -m nightlight.bench.load`, it reads a Plan as JSON from
standard input and writes a Drawn as JSON to standard output.
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

CONNECTIONS = 32
GIVE_UP = 30.0  # seconds for one answer


@dataclass(frozen=True, slots=True)
class Plan:
    """What to post: so many a second for so many seconds; each body has an address of its own on a `.example` host.

    `keyed`: each with an Idempotency-Key of its own, as every form of the public pages has one.
    """

    host: str
    port: int
    path: str
    rate: float
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    seed: int = 1
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came back: how many were accepted, the times of all in milliseconds, the receipts, and what else came."""

    accepted: int
    milliseconds: list[float]
    receipts: list[str]
    others: dict[str, int]
    seconds: float


def body(number: int, seed: int) -> bytes:
    """A report about an address that no other number has."""
    drawn = random.Random(f"{seed}:{number}")  # noqa: S311
    host = f"h{drawn.randrange(10**9)}.example"
    return json.dumps(
        {
            "kind": "material",
            "urls": [f"https://{host}/{drawn.randrange(16**12):012x}"],
            "text": f"Seen on {drawn.randrange(10**6)}.",
            "channel": "web_page",
        }
    ).encode()


async def draw(plan: Plan) -> Drawn:
    """Posts as planned and gathers what came of it."""
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(_Connection(plan.host, plan.port))
    taken: list[float] = []
    receipts: list[str] = []
    others: dict[str, int] = {}
    begun = time.perf_counter() + 0.2

    async def one(number: int) -> None:
        moment = begun + number / plan.rate
        await asyncio.sleep(max(moment - time.perf_counter(), 0))
        connection = await free.get()
        try:
            status, answer = await asyncio.wait_for(connection.post(plan, number), GIVE_UP)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            await connection.close()
            others[type(error).__name__] = others.get(type(error).__name__, 0) + 1
            return
        finally:
            free.put_nowait(connection)
        taken.append((time.perf_counter() - moment) * 1000)
        if status == 201:
            receipts.append(json.loads(answer).get("receipt", ""))
        else:
            others[str(status)] = others.get(str(status), 0) + 1

    await asyncio.gather(*(one(number) for number in range(round(plan.rate * plan.seconds))))
    seconds = time.perf_counter() - begun
    while not free.empty():
        await free.get_nowait().close()
    return Drawn(len(receipts), taken, receipts, others, seconds)


class _Connection:
    """One connection that is kept: HTTP/1.1 (RFC 9112), answers with a Content-Length."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, plan: Plan, number: int) -> tuple[int, bytes]:
        """Sends the body of this number; its status and answer. Raises OSError, EOFError, ValueError."""
        content = body(number, plan.seed)
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        named = {
            "Host": f"localhost:{self.port}",
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            **plan.headers,
            **({"Idempotency-Key": f"a key of its own {plan.seed}.{number}"} if plan.keyed else {}),
        }
        lines = [f"POST {plan.path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + content)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        answer = await reader.readexactly(length)
        if "connection: close" in head:
            await self.close()
        return int(head.split(" ", 2)[1]), answer

    async def close(self) -> None:
        if self.streams:
            self.streams[1].close()
            self.streams = None


def main() -> None:
    """Reads a Plan, draws, writes what came of it."""
    read: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(asyncio.run(draw(Plan(**read)))), sys.stdout)


if __name__ == "__main__":
    main()
