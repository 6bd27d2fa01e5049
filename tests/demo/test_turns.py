"""What the demonstration reads out of a case: whether its page was followed, and whether it was caught again."""

from typing import Any

import pytest

from nightlight.demo.turns import was_caught, was_followed


def case(looks: str, *told: str) -> dict[str, Any]:
    words = {"u": "up", "g": "gone", "m": "moved", "c": "changed", "?": "cannot_tell"}
    return {"checks": [{"state": words[look]} for look in looks], "notices": [{"to": to} for to in told]}


@pytest.mark.parametrize(
    ("looks", "told", "followed"),
    [
        ("umuggg", ("one", "two"), True),
        ("umu", ("one",), False),
        ("umu", ("one", "one"), False),
        ("uggg", ("one", "two"), False),
        ("", (), False),
    ],
)
def test_a_page_was_followed_if_its_next_host_was_told_too(
    looks: str, told: tuple[str, ...], followed: bool
) -> None:
    assert was_followed(case(looks, *told)) is followed


@pytest.mark.parametrize(
    ("looks", "told", "caught"),
    [
        ("ugggguggg", ("one", "one"), True),
        ("ugggu", ("one",), False),
        ("ugguggg", ("one", "one"), False),
        ("uuggg", ("one", "one"), False),
        ("u?ggg?u", ("one", "two"), True),
        ("", (), False),
    ],
)
def test_a_page_was_caught_if_it_was_gone_and_told_about_again(
    looks: str, told: tuple[str, ...], caught: bool
) -> None:
    assert was_caught(case(looks, *told)) is caught
