"""Without the rule of two people the tests of the lists turn red."""

from collections.abc import Callable

import pytest

from nightlight.casebook.index import Found, KnownIndex
from nightlight.casebook.models import Case, EditHashes, Media
from nightlight.sharing import match, standing
from nightlight.sharing.models import Entry
from tests.casebook import cases
from tests.saboteur import turns_red
from tests.sharing import test_lists as held
from tests.sharing import test_match_near as near

Work = Callable[..., int]


def test_without_the_rule_of_two_one_person_lists_a_hash(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "PEOPLE_NEEDED", 1)

    turns_red(held.test_one_person_alone_lists_no_hash_even_if_it_is_announced, work_until)


def test_without_asking_for_holds_a_held_case_stays_listed(
    home: None, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "_of_case", lambda case: standing.Standing(listed=True, labels={}))

    turns_red(held.test_while_police_hold_a_case_nothing_of_it_is_listed, work_until)


@pytest.fixture
def case(home: None, work_until: Work) -> Case:
    """A confirmed case with one listed picture."""
    made = cases.page_case("http://shapes.example/a")
    medium = cases.medium(made, pdq=near.PDQ, quality=90)
    cases.confirm(made, cases.analyst(), cases.analyst(), media=(medium,))
    work_until()
    return made


def test_a_derived_hash_that_members_could_match_is_noticed(
    member: near.Ask, case: Case, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = KnownIndex.search

    def blurred(self: KnownIndex, codes: list[str], **asked: bool) -> list[Found]:
        return [Found(hit.asked, hit.number, hit.distance, 0) for hit in real(self, codes, **asked)]

    monkeypatch.setattr(KnownIndex, "search", blurred)

    turns_red(near.test_a_derived_hash_is_on_no_list_in_no_feed_and_in_no_match, member, case, work_until)


def test_a_derived_hash_that_were_listed_is_noticed(
    member: near.Ask, case: Case, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nightlight.sharing import verbs

    def list_all(media_id: object, case_id: object) -> int:
        """Lists what a picture is looked up by as if it were the picture's own."""
        media = Media.objects.get(pk=media_id)
        _, _, value = EditHashes.objects.get(media=media).looks[0]
        own = Entry.objects.filter(media=media).first()
        assert own is not None
        Entry.objects.create(
            list_name="hashes", type="pdq", value=value, media=media, case=own.case, changed_at=own.changed_at
        )
        return 1

    monkeypatch.setattr(verbs, "list_media", list_all)

    turns_red(near.test_a_derived_hash_is_on_no_list_in_no_feed_and_in_no_match, member, case, work_until)


def test_without_asking_the_list_what_was_withdrawn_still_matches(
    member: near.Ask, case: Case, work_until: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match, "near_codes", lambda codes: [{near.PDQ: 3} for _ in codes])  # it never forgets
    monkeypatch.setattr(
        match, "_listed", lambda field, values: list(Entry.objects.filter(**{f"{field}__in": list(values)}))
    )

    turns_red(near.test_the_first_call_after_a_correction_matches_no_more, member, case, work_until)
