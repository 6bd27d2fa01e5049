"""What a look means: each rule of the contract, and the saboteurs that would make a page look gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.takedown.models import Check
from nightlight.takedown.verdict import Known, Reason, Shown, judge

UP, GONE, CHANGED = Check.State.UP, Check.State.GONE, Check.State.CHANGED
CANNOT_TELL = Check.State.CANNOT_TELL

SKETCH = "".join(f"{number:08x}" for number in range(10))
LIKE = "".join(f"{number:08x}" for number in range(1, 11))
UNLIKE = "".join(f"{number:08x}" for number in range(100, 110))

CHOSEN = Known(
    media=frozenset({"m1"}), chosen=True, others=frozenset({"logo"}), page="p", sketch=SKETCH, host_index="h"
)
UNCHOSEN = Known(media=frozenset({"logo", "m1", "m2"}), page="p", sketch=SKETCH)
WORDS = Known(page="p", sketch=SKETCH)


@pytest.mark.parametrize(
    ("known", "shown", "verdict"),
    [
        pytest.param(CHOSEN, Shown(404), (GONE, Reason.HTTP_404), id="not found"),
        pytest.param(CHOSEN, Shown(410), (GONE, Reason.HTTP_410), id="gone for good"),
        pytest.param(CHOSEN, Shown(404, page="p"), (UP, Reason.SHOWN_ANYWAY), id="a lying status"),
        pytest.param(CHOSEN, Shown(403), (CANNOT_TELL, Reason.HTTP_403), id="forbidden to us"),
        pytest.param(CHOSEN, Shown(403, robots=True), (CANNOT_TELL, Reason.ROBOTS), id="persons only"),
        pytest.param(CHOSEN, Shown(429, robots=True), (CANNOT_TELL, Reason.HTTP_429), id="too many"),
        pytest.param(CHOSEN, Shown(451, removed=True), (CANNOT_TELL, Reason.HTTP_451), id="withheld here"),
        pytest.param(CHOSEN, Shown(500), (CANNOT_TELL, Reason.HTTP_5XX), id="their fault"),
        pytest.param(CHOSEN, Shown(418), (CANNOT_TELL, Reason.HTTP_4XX), id="odd status"),
        pytest.param(CHOSEN, Shown(304), (CANNOT_TELL, Reason.HTTP_3XX), id="odd redirect"),
        pytest.param(
            CHOSEN,
            Shown(200, "x", UNLIKE, media=("m1",)),
            (UP, Reason.SAME_MEDIA),
            id="other words around it",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "x", UNLIKE, removed=True, media=("m1",)),
            (UP, Reason.SAME_MEDIA),
            id="says removed and shows it",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "x", UNLIKE, removed=True, media=("logo",)),
            (GONE, Reason.REMOVED_TEXT),
            id="a removal note",
        ),
        pytest.param(
            CHOSEN, Shown(200, "x", UNLIKE, media=("logo",)), (CHANGED, Reason.OTHER_PAGE), id="another page"
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "x", UNLIKE, robots=True, media=("logo",)),
            (CANNOT_TELL, Reason.ROBOTS),
            id="a challenge with status 200",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "p", SKETCH, media=("logo",), missing=1),
            (GONE, Reason.MEDIA_REMOVED),
            id="the frame without the picture",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "p", SKETCH, media=("logo", "new"), missing=1),
            (CHANGED, Reason.OTHER_MEDIA),
            id="another picture in the frame",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "p", SKETCH, media=("logo",)),
            (CHANGED, Reason.OTHER_MEDIA),
            id="the picture is no longer linked",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "p", SKETCH, media=("logo",), unreached=1),
            (CANNOT_TELL, Reason.MEDIA_UNREACHABLE),
            id="the picture can't be reached",
        ),
        pytest.param(
            UNCHOSEN,
            Shown(200, "x", UNLIKE, media=("logo", "m1", "m2")),
            (UP, Reason.SAME_MEDIA),
            id="all media without a choice",
        ),
        pytest.param(
            UNCHOSEN,
            Shown(200, "x", LIKE, media=("logo", "m1", "ad")),
            (UP, Reason.SAME_MEDIA),
            id="another advertisement",
        ),
        pytest.param(
            UNCHOSEN,
            Shown(200, "x", UNLIKE, removed=True, media=("logo",)),
            (GONE, Reason.REMOVED_TEXT),
            id="only the logo is left on a note",
        ),
        pytest.param(
            UNCHOSEN,
            Shown(200, "x", UNLIKE, media=("logo", "m1")),
            (CHANGED, Reason.OTHER_PAGE),
            id="most media on another page",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "p", SKETCH, media=("m9",), alike=True),
            (CHANGED, Reason.ALIKE_MEDIA),
            id="the picture saved anew",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "x", UNLIKE, removed=True, media=("m9",), alike=True),
            (CHANGED, Reason.ALIKE_MEDIA),
            id="a note beside the picture saved anew",
        ),
        pytest.param(
            CHOSEN,
            Shown(200, "x", UNLIKE, media=("m1", "m9"), alike=True),
            (UP, Reason.SAME_MEDIA),
            id="the picture and one like it",
        ),
        pytest.param(WORDS, Shown(200, "p", SKETCH), (UP, Reason.SAME_PAGE), id="the same words"),
        pytest.param(WORDS, Shown(200, "x", LIKE), (UP, Reason.SAME_PAGE), id="nearly the same words"),
        pytest.param(WORDS, Shown(200, "x", UNLIKE), (CHANGED, Reason.OTHER_PAGE), id="other words"),
        pytest.param(
            WORDS, Shown(200, "x", UNLIKE, removed=True), (GONE, Reason.REMOVED_TEXT), id="a note for words"
        ),
        pytest.param(
            WORDS,
            Shown(200, "p", SKETCH, removed=True),
            (UP, Reason.SAME_PAGE),
            id="always spoke of removal",
        ),
        pytest.param(
            Known(), Shown(200, "x", SKETCH), (CANNOT_TELL, Reason.NO_FIRST_LOOK), id="nothing to compare"
        ),
    ],
)
def test_what_a_look_shows_means(known: Known, shown: Shown, verdict: tuple[Check.State, Reason]) -> None:
    found = judge(known, shown)

    assert found == verdict


@pytest.mark.parametrize(
    ("media", "shown", "verdict"),
    [
        pytest.param({"m1"}, Shown(200, "p", media=("logo", "m1")), (UP, Reason.SAME_MEDIA), id="as seen"),
        pytest.param(set(), Shown(200, "p"), (UP, Reason.FIRST), id="nothing sighted before"),
        pytest.param({"m1"}, Shown(200, "p"), (CANNOT_TELL, Reason.NOT_RECOGNISED), id="not found again"),
        pytest.param({"m1"}, Shown(404), (GONE, Reason.HTTP_404), id="gone already"),
        pytest.param({"m1"}, Shown(200, "p", removed=True), (GONE, Reason.REMOVED_TEXT), id="a note already"),
        pytest.param(
            set(),
            Shown(200, "p", removed=True),
            (CANNOT_TELL, Reason.REMOVED_TEXT),
            id="words are not enough",
        ),
        pytest.param(set(), Shown(200), (CANNOT_TELL, Reason.NOT_RECOGNISED), id="an empty page"),
        pytest.param({"m1"}, Shown(403, robots=True), (CANNOT_TELL, Reason.ROBOTS), id="kept out"),
    ],
)
def test_a_first_look_finds_what_people_saw(
    media: set[str], shown: Shown, verdict: tuple[Check.State, Reason]
) -> None:
    known = Known(media=frozenset(media), chosen=bool(media), first=True)

    found = judge(known, shown)

    assert found == verdict


@given(
    status=st.integers(min_value=100, max_value=599),
    page=st.sampled_from(["", "p", "x"]),
    sketch=st.sampled_from(["", SKETCH, LIKE, UNLIKE]),
    removed=st.booleans(),
    robots=st.booleans(),
    media=st.lists(st.sampled_from(["m1", "m2", "logo", "new"]), unique=True),
    missing=st.integers(min_value=0, max_value=2),
    unreached=st.integers(min_value=0, max_value=2),
    known=st.sampled_from([CHOSEN, UNCHOSEN, WORDS]),
)
def test_what_still_shows_the_confirmed_media_is_never_gone(
    status: int,
    page: str,
    sketch: str,
    removed: bool,
    robots: bool,
    media: list[str],
    missing: int,
    unreached: int,
    known: Known,
) -> None:
    shown = Shown(status, page, sketch, removed, robots, tuple(media), missing, unreached)

    state, _ = judge(known, shown)

    if 200 <= status < 300 and known.media and known.media <= set(media):
        assert state == UP
    if state == GONE:
        assert status in (404, 410) or (200 <= status < 300 and (removed or missing))
