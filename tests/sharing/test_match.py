"""The match call and the opinions of members."""

from collections.abc import Callable

import pytest

from nightlight.accounts import tokens
from nightlight.casebook.models import Case
from nightlight.casebook.panels import all_panels
from nightlight.net.address import canonical, digests
from nightlight.sharing import verbs
from nightlight.sharing.models import Entry, ListName, Member, Opinion
from nightlight.work.ids import new_id
from tests.casebook import cases
from tests.sharing.conftest import MemberClient

Ask = Callable[..., MemberClient]
Work = Callable[..., int]
URL = "http://shapes.example/a"


@pytest.fixture
def case(home: None, work_until: Work) -> Case:
    """A confirmed case whose address and media are listed."""
    made = cases.page_case(URL)
    cases.confirm(made, cases.analyst(), cases.analyst(), media=(cases.medium(made),))
    work_until()
    return made


@pytest.mark.parametrize("type_", ["sha256", "sha1", "md5", "pdq"])
def test_a_listed_hash_is_answered_with_its_entry_and_labels(member: Ask, case: Case, type_: str) -> None:
    entry = Entry.objects.get(type=type_)

    answer = member().post("/match", {"hashes": [{"type": type_, "value": entry.value.upper()}]})

    assert answer.status_code == 200
    assert answer.json() == {
        "hashes": [{"matches": [{"id": str(entry.pk), "labels": entry.labels}]}],
        "urls": [],
    }


def test_answers_stand_in_the_order_asked_with_empty_ones_for_the_unknown(member: Ask, case: Case) -> None:
    entry = Entry.objects.get(type="md5")
    asked = [{"type": "md5", "value": "0" * 32}, {"type": "md5", "value": entry.value}]

    answer = member().post("/match", {"hashes": asked, "urls": ["http://nothing.example/", URL]}).json()

    assert [len(item["matches"]) for item in answer["hashes"]] == [0, 1]
    assert [len(item["matches"]) for item in answer["urls"]] == [0, 1]


@pytest.mark.parametrize(
    "spelling", ["hxxp://Shapes[.]example:80/a#x", digests(canonical(URL))[0].hex().upper()]
)
def test_an_address_matches_in_any_spelling_and_as_a_digest(member: Ask, case: Case, spelling: str) -> None:
    answer = member().post("/match", {"urls": [spelling]}).json()

    assert answer["urls"][0]["matches"][0]["id"] == str(Entry.objects.get(type="url").pk)


def test_what_was_taken_off_matches_no_more(member: Ask, case: Case, work_until: Work) -> None:
    value = Entry.objects.get(type="sha256").value
    cases.correct(case)
    work_until()

    answer = member().post("/match", {"hashes": [{"type": "sha256", "value": value}], "urls": [URL]}).json()

    assert answer == {"hashes": [{"matches": []}], "urls": [{"matches": []}]}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"hashes": [{"type": "md5", "value": "0" * 32}, {"type": "md5", "value": "xyz"}]}, "hashes[1]"),
        ({"hashes": [{"type": "sha256", "value": "0" * 63}]}, "hashes[0]"),
        ({"hashes": [{"type": "photodna", "value": "0" * 32}]}, "hashes[0]"),
        ({"urls": ["http://shapes.example/", "not an address"]}, "urls[1]"),
    ],
)
def test_an_item_that_makes_no_sense_is_named_by_its_index(
    member: Ask, body: dict[str, object], named: str
) -> None:
    answer = member().post("/match", body)

    assert answer.status_code == 422
    assert named in answer.json()["title"]


def test_a_thousand_may_be_asked_at_once_and_no_more(member: Ask, home: None) -> None:
    client, item = member(), {"type": "md5", "value": "0" * 32}

    most = client.post("/match", {"hashes": [item] * 999, "urls": ["http://shapes.example/"]})
    over = client.post("/match", {"hashes": [item] * 1000, "urls": ["http://shapes.example/"]})

    assert (most.status_code, over.status_code) == (200, 422)


def test_matching_needs_a_mandate_to_share(real_home: None) -> None:
    answer = MemberClient("Example Ltd").post("/match", {"hashes": []})

    assert (answer.status_code, answer.json()["title"]) == (403, "closed: no mandate to share")


def test_matching_asks_only_lists_that_are_agreed(member: Ask, case: Case) -> None:
    client = member()
    client.feed("urls")
    verbs.agree(Member.objects.get().pk, [ListName.HASHES], by=cases.analyst("manager"))

    answer = client.post("/match", {"urls": [URL]})

    assert answer.status_code == 403


def test_a_token_of_another_scope_may_not_match(client: object, home: None) -> None:
    asking = MemberClient("x")
    asking.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {tokens.issue('Desk', ['desk'])}"

    answer = asking.post("/match", {"hashes": []})

    assert answer.status_code == 403


def test_a_dispute_is_kept_and_shown_on_the_case_which_stays_as_it_is(member: Ask, case: Case) -> None:
    entry, state = Entry.objects.get(type="url"), case.state

    answer = member().post(
        f"/entries/{entry.pk}/opinions", {"opinion": "dispute", "reason": "only shapes", "count": 2}
    )

    panel = next(panel for panel in all_panels() if panel.name == "sharing")
    shown = panel.context(cases.asked_by(cases.analyst()), case)
    case.refresh_from_db()
    assert answer.status_code == 201
    assert shown and [row.reason for row in shown["disputes"]] == ["only shapes"]
    assert case.state == state


@pytest.mark.parametrize("body", [{"opinion": "maybe"}, {}, {"opinion": "seen", "count": 0}])
def test_an_opinion_outside_the_vocabulary_is_refused(
    member: Ask, case: Case, body: dict[str, object]
) -> None:
    entry = Entry.objects.get(type="url")

    answer = member().post(f"/entries/{entry.pk}/opinions", body)

    assert answer.status_code == 422
    assert Opinion.objects.count() == 0


def test_an_opinion_may_leave_out_its_reason_and_count_or_say_null(member: Ask, case: Case) -> None:
    entry = Entry.objects.get(type="url")

    answer = member().post(
        f"/entries/{entry.pk}/opinions", {"opinion": "confirm", "reason": None, "count": None}
    )

    assert answer.status_code == 201
    assert (Opinion.objects.get().reason, Opinion.objects.get().count) == ("", 1)


@pytest.mark.parametrize("entry", ["nothing", "1"])
def test_an_opinion_on_what_is_no_entry_gets_the_same_404(member: Ask, entry: str) -> None:
    answer = member().post(f"/entries/{entry}/opinions", {"opinion": "seen"})

    assert answer.status_code == 404


def test_an_opinion_on_no_entry_is_answered_with_404(member: Ask) -> None:
    answer = member().post(f"/entries/{new_id()}/opinions", {"opinion": "seen"})

    assert answer.status_code == 404
