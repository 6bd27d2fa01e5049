"""The demonstration as a program of its own, with a hand that kills: `python -m tests.chain.performance FOLDER …`.

Prints one JSON object: where every address ended, every mail that was delivered, what the log says. Progress and the
moments of the kills go to standard error. Its process is its own because it makes a home and starts Django on it.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nightlight.cli.cmd_demo import demonstrate
from nightlight.demo.hotline import Hotline, Part
from nightlight.demo.mail import PostOffice
from nightlight.demo.play import Play
from tests.ports import free_port

NOTICES = 30  # at least so many are sent in a performance


@dataclass
class Killer:
    """Kills a part of the hotline, as a power cut would, and starts it again at once.

    At `moments`, seconds of real time from the beginning; and at the `strikes`-th notices, all that could have sent
    them, after the mail is in its mailbox and before the server says so: the worst moment there is.
    `ended` names parts that ended without being killed.
    """

    hotline: Hotline
    moments: Sequence[float]
    strikes: frozenset[int]
    chance: random.Random
    killed: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at_work(self, office: PostOffice) -> Iterator[None]:
        """Kills while the block runs."""
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=[stop], name="killer")
        plain = office.deliver

        def deliver(sender: str, recipients: list[str], raw: bytes) -> None:
            plain(sender, recipients, raw)
            last = office.deliveries()[-1]
            count = sum(bool(message.notice.urls) for message in office.deliveries())
            if last.notice.urls and count in self.strikes:
                self._strike(recipients)

        office.deliver = deliver  # type: ignore[method-assign]
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _run(self, stop: threading.Event) -> None:
        began = time.monotonic()
        left = list(self.moments)
        while not stop.wait(0.02):
            with self.lock:
                for part in self.hotline.parts:
                    if part.ended():
                        self.ended.append(part.name)
                        say(f"{part.name} ended by itself")
                        part.start()
                if left and time.monotonic() - began >= left[0]:
                    del left[0]
                    part = self.chance.choice(self.hotline.parts)
                    self._kill(part)
                    self.killed.append(part.name)
                    say(f"kill -9 {part.name} after {time.monotonic() - began:.1f} s")

    def _strike(self, recipients: Sequence[str]) -> None:
        with self.lock:
            for part in self.hotline.parts:
                if part.name != "web":
                    self._kill(part)
                    self.struck.append(part.name)
        say(f"kill -9 of all that send, while a mail to {', '.join(recipients)} arrives")

    def _kill(self, part: Part) -> None:
        part.kill()
        part.start()


class Told:
    """The audience: everything to standard error."""

    def act(self, title: str) -> None:
        """A new act begins."""
        say(title)

    def tell(self, text: str) -> None:
        """Something happened."""
        say(f"  {text}")

    def progress(self, done: int, total: int) -> None:
        """Not shown."""


def say(text: str) -> None:
    """One line to standard error, at once."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)  # noqa: T201


def result(play: Play, killer: Killer, seconds: float) -> dict[str, Any]:
    """What can be seen from outside once the play is over, and what the log says of itself."""
    from nightlight.audit import checkpoints, verify

    cases = list(play.cases())
    checkpoints.checkpoint_now()
    return {
        "seconds": round(seconds, 1),
        "states": {case["url"]: case["state"] for case in cases if case["url"]},
        "without_address": sorted([case["kind"], case["state"]] for case in cases if not case["url"]),
        "reports": sum(int(str(case["reports"])) for case in cases),
        "receipts": len(play.story.receipts),
        "missing": play.story.missing,
        "mails": [
            [
                message.notice.message_id,
                message.mailbox,
                str(message.parsed.get("X-Notice-Serial", "")),
                str(message.parsed.get("X-Notice-Kind", "")),
                *message.notice.urls,
            ]
            for message in play.internet.mail.deliveries()
        ],
        "findings": list(verify.verify().findings),
        "killed": killer.killed,
        "struck": killer.struck,
        "ended": killer.ended,
    }


def main() -> None:
    """Plays once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--strikes", type=int, default=0)
    parser.add_argument("--within", type=float, default=0.0, metavar="SECONDS")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    moments = sorted(chance.uniform(0, asked.within) for _ in range(asked.kills))
    strikes = frozenset(chance.sample(range(1, NOTICES), asked.strikes))
    with demonstrate(asked.folder, free_port(), asked.workers) as demonstration:
        killer = Killer(demonstration.hotline, moments, strikes, chance)
        play = Play(
            demonstration.internet,
            demonstration.hotline.base,
            demonstration.players,
            demonstration.member,
            demonstration.clock,
            Told(),
        )
        began = time.monotonic()
        with killer.at_work(demonstration.internet.mail):
            play.perform()
        json.dump(result(play, killer, time.monotonic() - began), sys.stdout)


if __name__ == "__main__":
    main()
