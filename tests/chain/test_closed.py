"""A real home without a mandate does nothing outward, and says of each act that it refused: closed, no mandate."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.test import Client

from nightlight.accounts import mandate, tokens
from nightlight.accounts.models import Person
from nightlight.assess import verbs
from nightlight.assess.decision import Decision
from nightlight.casebook.models import Case, Media, Sighting
from nightlight.casebook.words import Outcome, Severity
from nightlight.server import config
from nightlight.work import clock

URL = "http://pixelbarn.test/a/k3v9"


@dataclass
class Outside:
    """Four servers on loopback that answer nothing and count who knocks; and every other way out of this process."""

    servers: dict[str, list[socket.socket]] = field(default_factory=dict)
    knocked: list[str] = field(default_factory=list)
    elsewhere: list[object] = field(default_factory=list)

    def open(self, name: str) -> int:
        """A server of this name on TCP and, of the same number, on UDP; returns its port."""
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(tcp.getsockname())
        self.servers[name] = [tcp, udp]
        port: int = tcp.getsockname()[1]
        return port

    def listen(self, until: threading.Event) -> None:
        """Counts, and hangs up on, whoever comes."""
        names = {each: name for name, pair in self.servers.items() for each in pair}
        while not until.is_set():
            for ready in select.select(list(names), [], [], 0.05)[0]:
                self.knocked.append(names[ready])
                if ready.type == socket.SOCK_STREAM:
                    ready.accept()[0].close()
                else:
                    ready.recv(4096)


@pytest.fixture
def outside(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """The resolver, the registries, the proxy and the mail server this home names in its settings."""
    found = Outside()
    ports = {name: found.open(name) for name in ("dns", "rdap", "proxy", "mail")}
    settings.NIGHTLIGHT = replace(
        settings.NIGHTLIGHT,
        dns=f"127.0.0.1:{ports['dns']}",
        rdap=f"http://127.0.0.1:{ports['rdap']}/bootstrap.json",
        proxy=f"http://127.0.0.1:{ports['proxy']}",
        mail=config.MailServer("127.0.0.1", ports["mail"], "", "", False),
    )
    plain = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if address[1] not in ports.values():
            found.elsewhere.append(address)
        plain(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    end = threading.Event()
    listener = threading.Thread(target=found.listen, args=[end])
    listener.start()
    yield found
    end.set()
    listener.join()
    for pair in found.servers.values():
        for each in pair:
            each.close()


@dataclass
class Desk:
    """The people of a real home, signed in with their second factor, and a confirmed case."""

    case: Case
    browsers: dict[str, Client]
    member: Client

    def read(self, who: str, path: str) -> str:
        """A page of the desk."""
        answer = self.browsers[who].get(f"/desk/{path}")
        assert answer.status_code == 200, answer
        return str(answer.content.decode())


@pytest.fixture
def desk(
    real_home: None,
    someone: Callable[..., Person],
    sign_in: Callable[..., Client],
    work_until: Callable[..., int],
) -> Callable[[], Desk]:
    """`desk()`: a report came in, a child in danger now; two people confirmed it; all that is due was done."""

    def act() -> Desk:
        people = [someone("analyst"), someone("analyst")]
        rest = {name: someone(name) for name in ("senior_analyst", "manager", "police_liaison")}
        body = {"kind": "material", "urls": [URL], "happening_now": True}
        sent = Client().post("/api/v1/reports", body, "application/json")
        assert sent.status_code == 201
        work_until()
        case = Case.objects.get()
        media = sighted(case)
        for person in people:
            decision = Decision(Outcome.CONFIRMED, Severity.A, media=(media.sha256,))
            verbs.decide(case.pk, person, decision)
        work_until()
        browsers = {name: sign_in(person, factor=True) for name, person in rest.items()}
        member = Client(headers={"Authorization": f"Bearer {tokens.issue('Harbour Social', ['member'])}"})
        return Desk(case, browsers, member)

    return act


def sighted(case: Case) -> Media:
    """A medium of this page, as a hotline with a mandate would know it."""
    assert case.location
    media = Media.objects.create(sha256="ab" * 32, mime="image/png", first_seen=clock.now())
    Sighting.objects.create(media=media, location=case.location, at=clock.now())
    return media


def press_everything(desk: Desk, work_until: Callable[..., int]) -> list[Any]:
    """Every button of the case that leads outward; what each answered."""
    case, sighting = desk.case.pk, Sighting.objects.get()
    senior = desk.browsers["senior_analyst"]
    answers = [
        senior.post(f"/desk/cases/{case}/{act}/", follow=True) for act in ("read", "look-again", "send-again")
    ]
    answers.append(senior.post(f"/desk/cases/{case}/real-host/", {"real_host": "192.0.2.20"}, follow=True))
    answers.append(senior.post(f"/desk/cases/{case}/media/{sighting.pk}/reveal", {"purpose": "grade"}))
    work_until()
    return answers


def test_nothing_leaves_a_real_home_without_a_mandate(
    outside: Outside, desk: Callable[[], Desk], work_until: Callable[..., int]
) -> None:
    opened = desk()

    answers = press_everything(opened, work_until)

    assert {answer.status_code for answer in answers} == {200, 403}  # each button is there
    assert opened.case.pk == Case.objects.get(confirmed_at__isnull=False).pk
    assert (outside.knocked, outside.elsewhere) == ([], [])


def test_each_refused_act_is_told_as_closed(
    outside: Outside, desk: Callable[[], Desk], work_until: Callable[..., int]
) -> None:
    opened = desk()
    *_, revealed = press_everything(opened, work_until)
    case = opened.read("senior_analyst", f"cases/{opened.case.pk}/").lower()
    asked = {"hashes": [{"type": "sha256", "value": "ab" * 32}], "urls": []}

    lists = [opened.member.get(f"/api/v1/lists/{name}") for name in ("hashes", "urls", "own-image-unseen")]
    match = opened.member.post("/api/v1/match", asked, "application/json")

    assert "closed: no mandate to fetch" in case
    assert "closed: no mandate to notify" in case
    assert "closed: no mandate to notify" in opened.read("police_liaison", "referrals/").lower()
    assert revealed.status_code == 403 and "closed: no mandate to reveal" in revealed.content.decode()
    assert {(answer.status_code, answer.json()["title"]) for answer in [*lists, match]} == {
        (403, "closed: no mandate to share")
    }


def test_without_the_guard_every_server_would_be_asked(
    outside: Outside,
    desk: Callable[[], Desk],
    work_until: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mandate, "require", lambda switch: None)
    monkeypatch.setattr("nightlight.triage.tasks.require", lambda switch: None)

    press_everything(desk(), work_until)

    assert set(outside.knocked) == {"dns", "rdap", "mail"}
