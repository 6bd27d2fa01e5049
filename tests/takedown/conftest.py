"""What the tests of notices share: a mailbox server on loopback, the small internet, and cases to tell about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nightlight.casebook.models import Case
from nightlight.demo.internet import SmallInternet
from nightlight.demo.mail import MailServer, Message, PostOffice
from nightlight.net.resolve import Resolver
from nightlight.server import config
from nightlight.takedown.models import Check
from nightlight.work import clock
from tests.takedown.small_web import case_about, traced

ABUSE = "abuse@host.example"


@dataclass
class Mail:
    """A mail server of our own and what arrived there."""

    office: PostOffice
    server: MailServer

    def deliveries(self, address: str | None = None) -> list[Message]:
        """Every delivery, repeats included: the judge of "never twice"."""
        return self.office.deliveries(address)


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Iterator[Mail]:
    """A mail server that takes everything for `.example`, set as this home's."""
    office = PostOffice(tmp_path / "post", clock.real_now)
    domains = frozenset({"host.example", "other.example", "partner.example", "police.example", "album.test"})
    server = MailServer(office, frozenset(), domains, open_domains=domains)
    server.start()
    settings.NIGHTLIGHT = replace(
        settings.NIGHTLIGHT,
        mail=config.MailServer("127.0.0.1", server.port, "", "", False),
        dns="127.0.0.1:9",  # nobody answers there: no look leaves this machine
    )
    yield Mail(office, server)
    server.stop()


@pytest.fixture
def internet(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallInternet]:
    """The whole small internet by the hotline's clock, and this home set to see it and nothing else."""
    shown = [datetime(2026, 1, 5, 9, 0, tzinfo=UTC)]  # its threads can't see this test's transaction

    def told(act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*args: Any, **more: Any) -> Any:
            result = act(*args, **more)
            shown[0] = clock.now()
            return result

        return acts

    monkeypatch.setitem(Resolver.__init__.__kwdefaults__, "seconds", 60.0)  # also where the machine is busy
    monkeypatch.setattr(clock, "jump", told(clock.jump))
    monkeypatch.setattr(clock, "run", told(clock.run))
    with SmallInternet(lambda: shown[0], tmp_path / "small") as running:
        found = config.read({**running.environment(), "NIGHTLIGHT_HOME": str(tmp_path)})
        settings.NIGHTLIGHT = replace(
            settings.NIGHTLIGHT,
            mail=found.mail,
            proxy=found.proxy,
            dns=found.dns,
            rdap=found.rdap,
            egress_allow=found.egress_allow,
        )
        yield running


Confirmed = Callable[..., Case]


@pytest.fixture
def confirmed(home: None) -> Confirmed:
    """`confirmed("http://album.test/a/7")` makes a confirmed, traced Case whose first look saw the page."""

    def make(url: str = "http://album.test/a/7", **fields: Any) -> Case:
        case = case_about(url, **fields)
        traced(case)
        look(case)
        return case

    return make


def look(case: Case, state: Check.State = Check.State.UP) -> Check:
    """One look, now; the first of an episode is the first look."""
    first = not Check.objects.filter(case=case, episode=case.episode).exists()
    kind = Check.Kind.FIRST if first else Check.Kind.LOOK
    return Check.objects.create(
        case=case, episode=case.episode, at=clock.now(), kind=kind, state=state, status=200
    )


class Crash(BaseException):
    """The process dies here: nothing catches it, nothing after it runs."""


@contextmanager
def dies() -> Iterator[None]:
    """The block must crash."""
    with pytest.raises(Crash):
        yield
