"""Whom to write to, and whom not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlight.hosting.contact import Scope, abuse_contacts, country_code, email_address, entity_country
from tests.hosting.registry import entity


@pytest.mark.parametrize(
    ("written", "email"),
    [
        ("abuse@host.example", "abuse@host.example"),
        (" mailto:Abuse@HOST.Example ", "Abuse@host.example"),
        ("abuse+csam@büro.example", "abuse+csam@xn--bro-hoa.example"),
    ],
)
def test_an_address_is_kept_as_it_can_be_written_to(written: str, email: str) -> None:
    assert email_address(written) == email


@pytest.mark.parametrize(
    "written",
    [
        "REDACTED FOR PRIVACY",
        "redacted@registrar.example",
        "NOT DISCLOSED",
        "not.disclosed@registrar.example",
        "Please query the RDDS service of the Registrar of Record",
        "please-query@registrar.example",
        "removed@lacnic.example",
        "data-protected@registrar.example",
        "",
        "https://registrar.example/contact",
        "abuse at host.example",
        "abuse@localhost",
        "abuse@192.0.2.1",
        "a@b@host.example",
        ".abuse@host.example",
        "abuse@host.example\nBcc: everyone@else.example",
        "abuse@host.example, other@host.example",
        '"abuse team"@host.example',
        "abuse@-host.example",
        None,
        7,
        ["abuse@host.example"],
    ],
)
def test_placeholders_and_what_is_no_address_are_dropped(written: object) -> None:
    assert email_address(written) is None


@given(st.text())
def test_no_text_makes_a_second_header_or_recipient(text: str) -> None:
    email = email_address(text)

    assert email is None or not set(email) & set('\r\n ,;<>"')


def test_abuse_contacts_nested_under_other_entities_are_found() -> None:
    abuse = entity("abuse", email="abuse@host.example")
    record = {
        "entities": [entity("registrant", name="Host Ltd", inside=[entity("technical", inside=[abuse])])]
    }

    contacts = abuse_contacts(record, Scope.NETWORK)

    assert [(c.email, c.name, c.role, c.scope) for c in contacts] == [
        ("abuse@host.example", "Host Ltd", "abuse", Scope.NETWORK)
    ]


def test_people_who_are_no_abuse_contact_are_left_alone() -> None:
    record = {
        "entities": [entity("registrant", "administrative", name="A person", email="person@home.example")]
    }

    assert abuse_contacts(record, Scope.NETWORK) == ()


def test_entities_without_end_are_read_as_deep_as_makes_sense() -> None:
    innermost = entity("abuse", email="abuse@host.example")
    for _ in range(50):
        innermost = entity("technical", inside=[innermost])

    assert abuse_contacts({"entities": [innermost]}, Scope.NETWORK) == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["entities", "roles", "vcardArray", "x"]), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(["entities", "roles", "vcardArray"]), _JSON))
def test_no_shape_of_record_is_an_error(record: dict[str, Any]) -> None:
    abuse_contacts(record, Scope.NETWORK)
    entity_country(record)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nl", "NL"),
        (" DE ", "DE"),
        ("EU", None),
        ("ZZ", None),
        ("Netherlands", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_a_code_of_a_country(text: object, code: str | None) -> None:
    assert country_code(text) == code
