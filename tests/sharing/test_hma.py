"""What a client of Hasher-Matcher-Actioner asks, answered in its shapes to members only."""

import io
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from nightlight.accounts import tokens
from nightlight.audit.models import Entry as LogEntry
from nightlight.casebook.models import Case, Enrolment
from nightlight.fingerprint import digests
from nightlight.sharing import hma
from tests.casebook import cases
from tests.casebook.codes import away, code

Work = Callable[..., int]
PDQ = code(7)


def client(*scopes: str) -> Client:
    """A member's, as its token opens it."""
    secret = tokens.issue("Example Ltd", ["member", *scopes])
    return Client(headers={"Authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)


def pebbles() -> bytes:
    light = numpy.random.default_rng(5).integers(0, 256, (24, 24), dtype=numpy.uint8)
    file = io.BytesIO()
    Image.fromarray(light).resize((240, 240), Image.Resampling.BICUBIC).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def post(asking: Client, path: str, body: bytes, kind: str = "photo", **more: Any) -> Any:
    return asking.post(path, {kind: SimpleUploadedFile("a.jpg", body), **more})


@pytest.fixture
def case(home: None, work_until: Work) -> Case:
    """A confirmed case with one listed picture."""
    made = cases.page_case("http://shapes.example/a")
    medium = cases.medium(made, pdq=PDQ, quality=90)
    cases.confirm(made, cases.analyst(), cases.analyst(), media=(medium,))
    work_until()
    return made


def test_a_hash_is_looked_up_by_nearness_in_their_shape(case: Case) -> None:
    answer = client("distance").get("/m/lookup", {"signal_type": "pdq", "signal": away(PDQ, 4)})

    number = Enrolment.objects.get().number
    assert answer.json() == {"NIGHTLIGHT": [{"bank_content_id": number, "distance": "4"}]}


def test_the_distance_needs_its_scope_here_too(case: Case) -> None:
    answer = client().get("/m/lookup", {"signal_type": "pdq", "signal": PDQ})

    assert answer.json() == {"NIGHTLIGHT": [{"bank_content_id": Enrolment.objects.get().number}]}


def test_what_matches_nothing_is_an_empty_object(case: Case) -> None:
    assert client().get("/m/lookup", {"signal_type": "pdq", "signal": code(8)}).json() == {}


def test_a_file_is_hashed_and_looked_up(home: None, work_until: Work) -> None:
    asking = client("distance")
    hashed = post(asking, "/h/hash", pebbles()).json()
    made = cases.page_case("http://shapes.example/b")
    medium = cases.medium(made, "b", pdq=hashed["pdq"], quality=100)
    cases.confirm(made, cases.analyst(), cases.analyst(), media=(medium,))
    work_until()

    found = post(asking, "/m/lookup", pebbles()).json()

    assert list(hashed) == ["pdq"]
    assert found == {
        "pdq": {"NIGHTLIGHT": [{"bank_content_id": Enrolment.objects.get().number, "distance": "0"}]}
    }


def test_the_kinds_of_hashes_can_be_chosen(home: None) -> None:
    answer = post(client(), "/h/hash?types=md5,sha256", pebbles())

    taken = digests(pebbles())
    assert answer.json() == {"md5": taken.md5, "sha256": taken.sha256}


def test_an_upload_never_touches_the_disk(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.files import uploadedfile

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it was written to a file")

    monkeypatch.setattr(uploadedfile.tempfile, "NamedTemporaryFile", refuse)

    answer = post(client(), "/h/hash?types=md5", pebbles() + bytes(3_500_000))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/m/lookup", {"url": "http://shapes.example/"}, 400),
        ("/h/hash", {"url": "http://shapes.example/"}, 400),
        ("/m/lookup", {"signal_type": "pdna", "signal": "00"}, 400),
        ("/m/lookup", {"signal_type": "pdq", "signal": "xyz"}, 400),
        ("/m/lookup", {}, 400),
    ],
)
def test_what_cannot_be_answered_says_why(home: None, path: str, query: dict[str, str], status: int) -> None:
    answer = client().get(path, query)

    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)


@pytest.mark.parametrize(("body", "kind", "status"), [(b"no picture", "photo", 422), (b"x", "sound", 400)])
def test_a_file_that_cannot_be_hashed_says_why(home: None, body: bytes, kind: str, status: int) -> None:
    answer = post(client(), "/h/hash", body, kind)

    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)


def test_too_large_a_file_is_refused(home: None) -> None:
    answer = post(client(), "/h/hash", bytes(hma.MOST_BYTES + 1))

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/m/lookup", "/h/hash"])
@pytest.mark.parametrize("scope", ["", "desk", "report", "distance", "metrics", "urls_clear"])
def test_only_members_are_answered(home: None, path: str, scope: str) -> None:
    headers = {"Authorization": f"Bearer {tokens.issue('Other', [scope])}"} if scope else {}

    answers = [Client(headers=headers).get(path), Client(headers=headers).post(path)]

    assert [answer.status_code for answer in answers] == [403 if scope else 401] * 2


def test_looking_up_needs_a_mandate_to_share(real_home: None) -> None:
    answer = client().get("/m/lookup", {"signal_type": "pdq", "signal": PDQ})

    assert (answer.status_code, answer.json()["message"]) == (403, "closed: no mandate to share")


def test_every_question_is_in_the_log(home: None) -> None:
    asking = client()
    asking.get("/m/lookup", {"signal_type": "pdq", "signal": PDQ})
    post(asking, "/h/hash", pebbles())

    verbs = set(LogEntry.objects.filter(verb__startswith="sharing.").values_list("verb", flat=True))
    assert verbs == {"sharing.match", "sharing.hash"}
