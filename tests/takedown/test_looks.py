"""One look, taken over loopback: how the network's answers become a state and a reason."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from nightlight.accounts.mandate import Closed
from nightlight.accounts.models import Mandate, Person
from nightlight.casebook.models import Case, Hold, Location
from nightlight.net.errors import Obstacle, TimedOut, TooLarge, TooManyRedirects, Unreachable
from nightlight.takedown import likeness, looks
from nightlight.takedown.looks import Seen
from nightlight.takedown.models import Check
from nightlight.takedown.verdict import Reason
from nightlight.work import clock
from tests.takedown.small_web import (
    ELSEWHERE,
    HOME,
    LOGO,
    OTHER,
    PAGE,
    PICTURE,
    SmallWeb,
    case_about,
    confirm,
    digest,
    html,
    picture,
    small_web,
    traced,
)

UP, GONE, CHANGED = Check.State.UP, Check.State.GONE, Check.State.CHANGED
MOVED, CANNOT_TELL = Check.State.MOVED, Check.State.CANNOT_TELL


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWeb]:
    with small_web(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def case(home: None, web: SmallWeb, someone: Callable[..., Person]) -> Case:
    """A traced Case whose picture an analyst chose."""
    found = case_about(web.url)
    confirm(found, someone("analyst"), PICTURE)
    traced(found)
    return found


def kept(case: Case, seen: Seen) -> Check:
    """The look as the first of its episode."""
    return Check.objects.create(
        case=case,
        episode=case.episode,
        at=seen.at,
        kind=Check.Kind.FIRST,
        state=seen.state,
        page_digest=seen.page,
        sketch=seen.sketch,
        media=list(seen.media),
        host_index=seen.host_index,
        reason=seen.reason,
    )


def said(seen: Seen) -> tuple[Check.State, Reason]:
    return seen.state, seen.reason


def test_a_first_look_keeps_what_is_there(case: Case) -> None:
    seen = looks.take(case)

    assert said(seen) == (UP, Reason.SAME_MEDIA)
    assert seen.first
    assert set(seen.media) == {digest(LOGO), digest(PICTURE)}
    assert len(seen.page) == 64
    assert seen.host_index == likeness.keyed("host", "album.test")


def test_a_look_names_no_address_and_no_word_of_the_page(case: Case) -> None:
    seen = looks.take(case)

    written = repr(seen)
    assert not any(word in written for word in ("album", "192.0.2.5", "Dunes"))


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        pytest.param(lambda web: None, (UP, Reason.SAME_MEDIA), id="nothing"),
        pytest.param(
            lambda web: web.show(PAGE + "<p>Seen 17 times, last on Tuesday by a guest</p>"),
            (UP, Reason.SAME_MEDIA),
            id="a counter",
        ),
        pytest.param(
            lambda web: web.show("<title>Chairs</title><p>Benches, tables and lanterns for sale</p>"),
            (UP, Reason.SAME_MEDIA),
            id="other words around the picture",
        ),
        pytest.param(lambda web: web.remove(404), (GONE, Reason.HTTP_404), id="404"),
        pytest.param(lambda web: web.remove(410), (GONE, Reason.HTTP_410), id="410"),
        pytest.param(lambda web: web.note(), (GONE, Reason.REMOVED_TEXT), id="a removal note"),
        pytest.param(
            lambda web: web.site.replies.pop("/7.png"), (GONE, Reason.MEDIA_REMOVED), id="only the picture"
        ),
        pytest.param(
            lambda web: web.site.replies.update(
                {"/7.png": html("<p>This image has been removed</p>", status=200)}
            ),
            (GONE, Reason.MEDIA_REMOVED),
            id="a note in place of the picture",
        ),
        pytest.param(
            lambda web: web.site.replies.update({"/7.png": picture(OTHER)}),
            (CHANGED, Reason.OTHER_MEDIA),
            id="another picture",
        ),
        pytest.param(
            lambda web: web.show(
                "<title>Chairs</title><p>Benches, tables and lanterns for sale</p>", picture_of=None
            ),
            (CHANGED, Reason.OTHER_PAGE),
            id="another page",
        ),
        pytest.param(
            lambda web: web.site.replies["/7.png"].__setattr__("status", 403),
            (CANNOT_TELL, Reason.MEDIA_UNREACHABLE),
            id="the picture kept from us",
        ),
        pytest.param(
            lambda web: web.show("<title>Just a moment</title>", 403),
            (CANNOT_TELL, Reason.ROBOTS),
            id="robots",
        ),
        pytest.param(
            lambda web: web.show("<title>Just a moment</title>", picture_of=None),
            (CANNOT_TELL, Reason.ROBOTS),
            id="robots, politely",
        ),
        pytest.param(lambda web: web.remove(403), (CANNOT_TELL, Reason.HTTP_403), id="403"),
        pytest.param(lambda web: web.remove(503), (CANNOT_TELL, Reason.HTTP_5XX), id="503"),
        pytest.param(
            lambda web: web.names.known.pop("album.test"), (GONE, Reason.NO_SUCH_NAME), id="no such name"
        ),
        pytest.param(
            lambda web: web.names.silent.add("album.test"), (CANNOT_TELL, Reason.DNS), id="SERVFAIL"
        ),
        pytest.param(lambda web: web.move(), (MOVED, Reason.OTHER_NETWORK), id="another network"),
        pytest.param(lambda web: (web.remove(), web.move()), (GONE, Reason.HTTP_404), id="gone, there too"),
        pytest.param(
            lambda web: web.names.known.update({"album.test": ["192.0.2.30"]}),
            (CANNOT_TELL, Reason.HTTP_5XX),
            id="another address of the same network, which nobody serves",
        ),
        pytest.param(
            lambda web: web.names.known.update({"album.test": [HOME, ELSEWHERE]}),
            (UP, Reason.SAME_MEDIA),
            id="one more address",
        ),
        pytest.param(
            lambda web: web.names.known.update({"album.test": ["203.0.113.9"]}),
            (MOVED, Reason.OTHER_NETWORK),
            id="another network that does not answer",
        ),
        pytest.param(
            lambda web: web.names.known.update({"album.test": ["127.0.0.1"]}),
            (CANNOT_TELL, Reason.NOT_PUBLIC),
            id="our own machine",
        ),
    ],
)
def test_a_look_is_judged_against_the_first(
    case: Case, web: SmallWeb, change: Callable[[SmallWeb], object], verdict: tuple[Check.State, Reason]
) -> None:
    kept(case, looks.take(case))
    change(web)

    seen = looks.take(case)

    assert said(seen) == verdict
    assert not seen.first


def test_a_redirect_to_another_host_is_a_move(case: Case, web: SmallWeb) -> None:
    kept(case, looks.take(case))
    web.internet.site("chairs.test", "203.0.113.9", {"/": html("<p>Chairs</p>")})
    web.names.known["chairs.test"] = ["203.0.113.9"]
    web.site.replies["/a/7"] = html("", 302, Location="http://chairs.test/")

    seen = looks.take(case)

    assert said(seen) == (MOVED, Reason.REDIRECT_OTHER_HOST)


def test_a_redirect_that_was_there_at_the_first_look_is_none(case: Case, web: SmallWeb) -> None:
    pages = {"/": html(PAGE + '<img src="/7.png">'), "/7.png": picture(PICTURE)}
    web.internet.site("store.test", "203.0.113.9", pages)
    web.names.known["store.test"] = ["203.0.113.9"]
    web.site.replies["/a/7"] = html("", 302, Location="http://store.test/")
    kept(case, looks.take(case))

    seen = looks.take(case)

    assert said(seen) == (UP, Reason.SAME_MEDIA)


def test_a_redirect_within_the_site_is_judged_by_what_it_shows(case: Case, web: SmallWeb) -> None:
    kept(case, looks.take(case))
    web.site.replies["/b/7"] = web.site.replies["/a/7"]
    web.site.replies["/a/7"] = html("", 301, Location="/b/7")

    seen = looks.take(case)

    assert said(seen) == (UP, Reason.SAME_MEDIA)


def test_media_are_not_fetched_where_the_status_decides(case: Case, web: SmallWeb) -> None:
    kept(case, looks.take(case))
    web.site.replies["/a/7"] = html('<img src="/7.png">', 404)
    before = web.asked("/7.png")

    looks.take(case)

    assert web.asked("/7.png") == before


def test_media_are_not_fetched_beyond_the_one_that_proves_it(case: Case, web: SmallWeb) -> None:
    kept(case, looks.take(case))
    web.site.replies["/a/7"] = html(PAGE + '<img src="/7.png"><img src="/logo.png">')
    before = web.asked("/logo.png")

    looks.take(case)

    assert web.asked("/logo.png") == before


def test_a_picture_that_is_itself_the_address_is_told_by_its_content(
    home: None, web: SmallWeb, someone: Callable[..., Person]
) -> None:
    case = case_about("http://album.test/7.png")
    confirm(case, someone("analyst"), PICTURE)
    first = looks.take(case)
    kept(case, first)
    web.site.replies["/7.png"] = picture(OTHER)

    seen = looks.take(case)

    assert said(first) == (UP, Reason.SAME_MEDIA)
    assert said(seen) == (CHANGED, Reason.OTHER_MEDIA)


def test_a_long_file_is_read_again_up_to_the_cap_and_known_by_its_beginning(
    home: None, web: SmallWeb
) -> None:
    case = case_about("http://album.test/7.png")
    web.site.replies["/7.png"] = picture(b"x" * (looks.PAGE_BYTES + 1))
    kept(case, looks.take(case))

    seen = looks.take(case)

    assert said(seen) == (UP, Reason.SAME_MEDIA)
    assert seen.media == (digest(b"x" * (looks.PAGE_BYTES + 1)),)


def test_a_page_without_media_may_change_a_little(home: None, web: SmallWeb) -> None:
    case = case_about(web.url)
    web.show(PAGE + "<p>Seen 17 times</p>", picture_of=None)
    kept(case, looks.take(case))
    web.show(PAGE + "<p>Seen 18 times, once today</p>", picture_of=None)

    seen = looks.take(case)

    assert said(seen) == (UP, Reason.SAME_PAGE)


def test_a_page_nobody_ever_saw_can_not_be_told(home: None, web: SmallWeb) -> None:
    case = case_about(web.url)
    web.remove(403)
    kept(case, looks.take(case))
    web.show(picture_of=None)

    seen = looks.take(case)

    assert said(seen) == (CANNOT_TELL, Reason.NO_FIRST_LOOK)


def test_what_was_sighted_before_serves_where_the_first_look_was_kept_out(case: Case, web: SmallWeb) -> None:
    web.remove(403)
    kept(case, looks.take(case))
    web.show()

    seen = looks.take(case)

    assert said(seen) == (UP, Reason.SAME_MEDIA)


def test_a_new_decision_makes_the_next_look_a_first_one(
    case: Case, web: SmallWeb, someone: Callable[..., Person]
) -> None:
    kept(case, looks.take(case))
    clock.run(clock.now() + timedelta(hours=1), None)
    web.show(picture_of=OTHER)
    confirm(case, someone("analyst"), OTHER)

    seen = looks.take(case)

    assert seen.first
    assert said(seen) == (UP, Reason.SAME_MEDIA)


def test_without_a_registry_the_block_around_the_address_counts(case: Case, web: SmallWeb) -> None:
    traced(case, network="")
    kept(case, looks.take(case))
    web.new_host.replies.update(web.site.replies)
    near, far = ["192.0.2.200"], [ELSEWHERE]

    web.names.known["album.test"] = near
    stays = looks.take(case)
    web.names.known["album.test"] = far
    moves = looks.take(case)

    assert stays.state == CANNOT_TELL
    assert said(moves) == (MOVED, Reason.OTHER_NETWORK)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (TimedOut("20 seconds"), Reason.TIMEOUT),
        (TooLarge("too large"), Reason.TOO_LARGE),
        (TooManyRedirects("8"), Reason.REDIRECT_LOOP),
        (Unreachable(Obstacle.CONNECTION), Reason.REFUSED),
        (Unreachable(Obstacle.CERTIFICATE), Reason.TLS),
        (Unreachable(Obstacle.PROXY), Reason.PROXY),
        (Unreachable(Obstacle.NO_SUCH_NAME), Reason.DNS),
        (Unreachable(Obstacle.ENCODING), Reason.PROTOCOL),
    ],
)
def test_what_keeps_us_from_an_answer_never_reads_as_gone(
    case: Case, monkeypatch: pytest.MonkeyPatch, failure: Exception, reason: Reason
) -> None:
    kept(case, looks.take(case))

    def fail(*args: object) -> None:
        raise failure

    monkeypatch.setattr(looks, "_get", fail)

    seen = looks.take(case)

    assert said(seen) == (CANNOT_TELL, reason)


def test_no_look_without_a_mandate(real_home: None, web: SmallWeb) -> None:
    case = case_about(web.url)

    with pytest.raises(Closed, match="closed: no mandate"):
        looks.take(case)

    assert web.internet.proxied == []


def test_a_mandate_opens_looking(
    real_home: None, web: SmallWeb, someone: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_about(web.url)
    monkeypatch.setattr(settings, "NIGHTLIGHT", replace(settings.NIGHTLIGHT, direct=True, limits=False))
    Mandate.objects.create(signed_on="2026-01-01", fetch=True, by=someone("manager"), at=clock.now())

    seen = looks.take(case)

    assert said(seen) == (UP, Reason.FIRST)


def test_no_look_while_police_ask_for_silence(
    case: Case, web: SmallWeb, someone: Callable[..., Person]
) -> None:
    until = clock.now() + timedelta(days=3)
    Hold.objects.create(case=case, until=until, by=someone("police_liaison"), at=clock.now())

    with pytest.raises(looks.OnHold) as refusal:
        looks.take(case)

    assert refusal.value.until == until
    assert web.internet.proxied == []


def test_a_look_writes_nothing(case: Case, django_assert_num_queries: Callable[..., object]) -> None:
    rows = Check.objects.count(), Location.objects.count()

    looks.take(case)

    assert (Check.objects.count(), Location.objects.count()) == rows
