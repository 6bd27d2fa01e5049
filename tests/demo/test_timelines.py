"""Each behaviour from outside: mails go in by SMTP, pages are looked at through DNS and the proxy."""

import pytest

from nightlight.demo.internet import SmallInternet
from tests.demo.outside import PERSON, ROBOT, Clock, Visitor

REMOVED_AT_ONCE = [
    # page, whom to write to, hours until it is down, the status from then on
    ("http://pixelbarn.test/a/k3v9", "abuse@elbe-hosting.example", 25 / 60, 404),
    ("http://boxcar-files.test/d/7f31", "abuse@polder-dc.example", 72, 410),
    ("http://towpath-pictures.test/t/61", "abuse@kanaal-transit.example", 55 / 60, 404),
    ("http://tulipshare.example/i/q81", "abuse@tulipshare.example", 72, 410),
]


@pytest.mark.parametrize(("url", "mailbox", "hours", "status"), REMOVED_AT_ONCE)
def test_a_willing_provider_removes_after_its_time(
    visitor: Visitor, clock: Clock, url: str, mailbox: str, hours: float, status: int
) -> None:
    before = visitor.looks_at(url)
    visitor.writes(mailbox, url)
    clock.goes_on(hours=hours, minutes=-1)
    still = visitor.looks_at(url)
    clock.goes_on(minutes=1)

    assert (before.status, still.status, visitor.looks_at(url).status) == (200, 200, status)


def test_removed_pictures_go_with_their_page_and_others_stay(visitor: Visitor, clock: Clock) -> None:
    visitor.writes("abuse@elbe-hosting.example", "http://pixelbarn.test/a/k3v9")
    clock.goes_on(hours=1)

    assert visitor.looks_at("http://pixelbarn.test/pictures/11.png").status == 404
    assert visitor.looks_at("http://pixelbarn.test/pictures/14.png").status == 200
    assert visitor.looks_at("http://pixelbarn.test/a/m1x7?page=2").status == 200


def test_one_provider_acts_only_on_the_reminder(visitor: Visitor, clock: Clock) -> None:
    url = "http://galerie-nuage.test/g/41"
    visitor.writes("signalement@loire-serveurs.example", url)
    clock.goes_on(days=30)
    unmoved = visitor.looks_at(url)
    visitor.writes("signalement@loire-serveurs.example", url)
    clock.goes_on(hours=6)

    assert (unmoved.status, visitor.looks_at(url).status) == (200, 404)


def test_a_reminder_without_the_table_is_known_by_its_link(visitor: Visitor, clock: Clock) -> None:
    url, link = "http://galerie-nuage.test/g/41", "http://127.0.0.1:8000/notice/abc/"
    visitor.writes("signalement@loire-serveurs.example", url, link=link)
    visitor.writes("signalement@loire-serveurs.example", link=link)
    clock.goes_on(hours=6)

    assert visitor.looks_at(url).status == 404


def test_the_same_mail_sent_twice_is_no_reminder(visitor: Visitor, clock: Clock) -> None:
    url = "http://galerie-nuage.test/g/41"
    for _ in range(2):
        visitor.writes("signalement@loire-serveurs.example", url, message_id="<notice-1@hotline.example>")
    clock.goes_on(days=1)

    assert visitor.looks_at(url).status == 200


def test_one_provider_never_acts(visitor: Visitor, clock: Clock) -> None:
    url = "http://hardshell.test/dl/55c"
    for _ in range(5):
        visitor.writes("abuse@bulwark-offshore.example", url)
        clock.goes_on(days=20)

    assert visitor.looks_at(url).status == 200


def test_one_provider_moves_the_site_and_the_new_network_removes_it(visitor: Visitor, clock: Clock) -> None:
    url = "http://driftpage.test/set/5"
    visitor.writes("noc@windmill-colo.example", url)
    clock.goes_on(hours=8, minutes=59)
    before = visitor.addresses("driftpage.test")
    clock.goes_on(minutes=1)
    after, six = visitor.addresses("driftpage.test"), visitor.addresses("driftpage.test", "AAAA")
    moved = visitor.looks_at(url)
    at_the_old_place = visitor.looks_at(url, address="192.0.2.133")
    visitor.writes("signalement@loire-serveurs.example", url)
    clock.goes_on(hours=5)

    assert (before, after, six) == (["192.0.2.133"], ["192.0.2.90"], ["2001:db8:101e::90"])
    assert (moved.status, at_the_old_place.status) == (200, 404)
    assert visitor.looks_at(url).status == 404


def test_one_site_redirects_to_another_site_with_the_same_picture(visitor: Visitor, clock: Clock) -> None:
    url = "http://hoplink.test/x2"
    visitor.writes("abuse@polder-dc.example", url)
    clock.goes_on(hours=7)
    seen = visitor.looks_at(url)
    target = visitor.looks_at(seen.location or "")

    assert (seen.status, target.status) == (302, 200)
    assert "27.png" in target.text


def test_one_provider_says_in_a_200_that_the_file_was_removed(visitor: Visitor, clock: Clock) -> None:
    url = "http://alpenfiles.test/file/ae10"
    visitor.writes("missbrauch@isar-storage.example", url)
    clock.goes_on(hours=2)
    seen = visitor.looks_at(url)

    assert seen.status == 200
    assert "This file was removed" in seen.text
    assert "<img" not in seen.text


def test_one_site_shows_something_else(visitor: Visitor, clock: Clock) -> None:
    url = "http://parked-lane.test/tour/1"
    visitor.writes("missbrauch@isar-storage.example", url)
    clock.goes_on(hours=11)
    seen = visitor.looks_at(url)

    assert seen.status == 200
    assert "Garden furniture" in seen.text
    assert "removed" not in seen.text.lower()


def test_one_site_shuts_robots_out_once_it_was_written_to(visitor: Visitor, clock: Clock) -> None:
    url = "http://shyserver.test/p/301"
    first = visitor.looks_at(url, agent=ROBOT)
    visitor.writes("abuse@elbe-hosting.example", url)
    clock.goes_on(minutes=10)
    robot, person = visitor.looks_at(url, agent=ROBOT), visitor.looks_at(url, agent=PERSON)
    clock.goes_on(hours=8)

    assert (first.status, robot.status, person.status) == (200, 403, 200)
    assert visitor.looks_at(url, agent=ROBOT).status == 403
    assert visitor.looks_at(url, agent=PERSON).status == 404


def test_one_site_shuts_robots_out_from_the_start(visitor: Visitor) -> None:
    url = "http://hermit-pages.example/room/2"

    assert visitor.looks_at(url, agent=ROBOT).status == 403
    assert visitor.looks_at(url, agent=PERSON).status == 200
    assert "Disallow: /\n" in visitor.looks_at("http://hermit-pages.example/robots.txt", agent=ROBOT).text


def test_one_page_comes_back_after_a_week_and_goes_for_good_at_the_second_notice(
    visitor: Visitor, clock: Clock
) -> None:
    url, mailbox = "http://returning-gallery.test/room/14", "abuse@havel-media.example"
    original = visitor.looks_at(url)
    visitor.writes(mailbox, url)
    clock.goes_on(minutes=90)
    removed = visitor.looks_at(url)
    clock.goes_on(days=7)
    back = visitor.looks_at(url)
    visitor.writes(mailbox, url)
    clock.goes_on(hours=2)
    removed_again = visitor.looks_at(url)
    clock.goes_on(days=60)

    assert (removed.status, back.body) == (404, original.body)
    assert (removed_again.status, visitor.looks_at(url).status) == (404, 404)


def test_one_provider_disputes_and_gives_way_to_the_second_mail(
    internet: SmallInternet, visitor: Visitor, clock: Clock
) -> None:
    url, link = "http://contestable.example/p/exhibition", "http://127.0.0.1:8000/notice/d1/"
    visitor.writes("abuse@meuse-hebergement.example", url, link=link)
    clock.goes_on(hours=5)
    said, still = internet.pending_answers(), visitor.looks_at(url)
    visitor.writes("abuse@meuse-hebergement.example", url, link=link)
    clock.goes_on(hours=4)

    assert [(due.answer, due.notice_url) for due in said] == [("disputed", link)]
    assert (still.status, visitor.looks_at(url).status) == (200, 404)


def test_a_network_without_abuse_contact_heeds_its_upstream(visitor: Visitor, clock: Clock) -> None:
    url = "http://quietrack.test/t/2210"
    visitor.writes("abuse@kanaal-transit.example", url)
    clock.goes_on(hours=20)

    assert visitor.looks_at(url).status == 410


def test_a_delivery_network_names_the_real_host_which_then_removes(
    internet: SmallInternet, visitor: Visitor, clock: Clock
) -> None:
    url, link = "http://veilpics.test/g/808", "http://127.0.0.1:8000/notice/c1/"
    visitor.writes("abuse@shieldway-cdn.example", url, link=link)
    clock.goes_on(days=3)
    [said] = internet.pending_answers()
    at_the_origin = visitor.looks_at(url, address=said.real_host)
    still = visitor.looks_at(url)
    visitor.writes("abuse@elbe-hosting.example", url)
    clock.goes_on(hours=3)

    assert (said.answer, said.real_host) == ("real_host", "192.0.2.20")
    assert (at_the_origin.status, still.status) == (200, 200)
    assert visitor.looks_at(url).status == 404


def test_a_partner_country_heeds_its_own_hotline_only(visitor: Visitor, clock: Clock) -> None:
    url = "http://maplebox.test/s/31ff"
    visitor.writes("abuse@greatlakes-hosting.example", url)
    clock.goes_on(days=10)
    unheeded = visitor.looks_at(url)
    visitor.writes("exchange@maple-hotline.example", url)
    clock.goes_on(hours=6)

    assert (unheeded.status, visitor.looks_at(url).status) == (200, 404)


def test_the_police_pass_a_notice_on_where_no_partner_sits(visitor: Visitor, clock: Clock) -> None:
    abroad, at_home = "http://prairie-social.test/post/70011", "http://pixelbarn.test/a/k3v9"
    visitor.writes("liaison@police-desk.example", abroad, at_home)
    clock.goes_on(days=1, minutes=50)

    assert visitor.looks_at(abroad).status == 404
    assert visitor.looks_at(at_home).status == 200


def test_a_mail_to_somebody_else_removes_nothing(visitor: Visitor, clock: Clock) -> None:
    url = "http://pixelbarn.test/a/k3v9"
    for mailbox in ("abuse@namegate.example", "abuse@polder-dc.example", "exchange@maple-hotline.example"):
        visitor.writes(mailbox, url)
    clock.goes_on(days=30)

    assert visitor.looks_at(url).status == 200


def test_a_withdrawn_notice_brings_the_page_back(visitor: Visitor, clock: Clock) -> None:
    url, mailbox = "http://pixelbarn.test/a/k3v9", "abuse@elbe-hosting.example"
    visitor.writes(mailbox, url)
    clock.goes_on(hours=1)
    removed = visitor.looks_at(url)
    visitor.writes(mailbox, url, subject="Notice NL-1 is retracted")

    assert (removed.status, visitor.looks_at(url).status) == (404, 200)
