"""A registry that answers with more than a name: nothing of it leaves its place in a mail, a page or a table."""

import json
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client

from nightlight.hosting.contact import Scope, abuse_contacts, email_address, entity_name
from nightlight.hosting.rdap import _network
from nightlight.hosting.trace import HostingTrace
from nightlight.net.address import NotAnAddress, canonical
from nightlight.takedown import message, panel, tracing
from nightlight.takedown.contacts import contacts_of, is_mail_address
from nightlight.takedown.laws import law_for
from nightlight.takedown.models import Notice
from nightlight.work import clock
from tests.takedown.small_web import case_about

SCRIPT = "<script>alert(1)</script>"
NAMES = {
    "markup": f"{SCRIPT}{{{{ 7|add:7 }}}}{{% debug %}}",
    "half a character": "Net \ud800 work",
    "null": "Net\x00work",
    "lines": "Net\r\nBcc: other@example.test\r\n\r\nwork",
    "turned round": "Net\u202ework\u2066",
    "long": "N" * 1_000_000,
}
ADDRESSES = [
    "a@b.example, c@d.example",
    "a@b.example;c@d.example",
    "<x>",
    "<a@b.example> <c@d.example>",
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example\nBcc: c@d.example",
    "a\r\n@b.example",
    "Abuse <a@b.example>",
    '"a b"@c.example',
    '"a\x01"@c.example',
    "a@[127.0.0.1]",
    "a@127.0.0.1",
    "a@localhost",
    "a@b.example\x00",
    "a@b.example(c@d.example)",
    "a@b@c.example",
    "@a.example:b@c.example",
    "\u0430buse@host.example",
    "abuse@\u202ehost.example",
    "a@b..example",
    "mailto:",
    "a@b.example?bcc=c@d.example",
    SCRIPT + "@b.example",
    "{{ 7 }}@b.example",
]


def card(name: str, email: object) -> dict[str, Any]:
    properties = [["fn", {}, "text", name], ["email", {}, "text", email]]
    return {"roles": ["abuse", "registrant"], "vcardArray": ["vcard", properties]}


def record(name: str, email: object = "abuse@host.example") -> dict[str, Any]:
    return {
        "handle": name,
        "name": name,
        "startAddress": "192.0.2.0",
        "endAddress": "192.0.2.255",
        "country": "NL",
        "entities": [card(name, email)],
    }


@pytest.mark.parametrize("text", ADDRESSES, ids=ascii)
def test_what_is_not_one_plain_mailbox_is_never_written_to(text: str) -> None:
    found = email_address(text)

    assert found is None or (is_mail_address(found) and found.count("@") == 1 and "," not in found)
    assert not is_mail_address(text) or text == "a@localhost"  # which only a manager can name
    assert all(contact.email == found for contact in abuse_contacts(record("Net", text), Scope.NETWORK))


@pytest.mark.parametrize(
    "recipient", ["a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y", "a@b.example\r\n\r\nbody"]
)
def test_a_mail_with_a_line_break_in_its_recipient_is_not_built(recipient: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|CR|carriage"):
        built(recipient)


def built(recipient: str, urls: list[str] | None = None) -> bytes:
    notice = Notice(
        serial="NL-2026-000001-X", recipient=recipient, role=Notice.Role.HOST, step=Notice.Step.NOTICE
    )
    pages = [message.Page(url, clock.real_now(), None) for url in urls or ["http://a.example/"]]
    return message.build(
        notice,
        pages,
        law_for("NL", "material"),
        sender=message.Sender("Hotline", "hotline@hotline.test", "hotline.test"),
        link="https://hotline.test/notice/x/",
        at=clock.real_now(),
    )


def test_no_reported_address_reaches_the_head_of_a_mail_or_begins_a_formula() -> None:
    written = [
        "http://a.example/%0d%0aBcc:%20c@d.example",
        "http://a.example/=cmd|'/c'!A1",
        "http://a.example/?=1+1&@SUM(1)",
        "http://a.example/\r\nBcc: c@d.example",
        "http://=cmd.example/",
        '=HYPERLINK("http://a.example/")',
        "@SUM(1).example/x",
        "+1.example/x",
        "-1.example/x",
        "http://a.example/.\r\n.\r\nMAIL FROM:<c@d.example>",
    ]
    urls = []
    for text in written:
        try:
            urls.append(canonical(text).url)
        except NotAnAddress:
            continue

    raw = built("abuse@host.example", urls)

    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_all("Bcc") is None
    assert mail.get_all("To") == ["abuse@host.example"]
    assert len(urls) > 3
    rows = message.table(
        "NL-2026-000001-X", pages=[message.Page(url, clock.real_now(), None) for url in urls]
    )
    for line in rows.splitlines()[1:]:
        assert all(not cell.startswith(message.FORMULA) for cell in line.strip('"').split('","'))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx", "\r=1", "\n=1"])
def test_a_cell_that_begins_like_a_formula_is_shown_as_text(text: str) -> None:
    table = message.table("NL-1", [message.Page(text, clock.real_now(), None)])

    assert f'"\'{text}"' in table


@pytest.mark.parametrize("name", NAMES)
def test_names_of_a_registry_can_be_kept_and_shown(name: str) -> None:
    network = _network(record(NAMES[name]), Scope.NETWORK)

    for text in (network.handle, network.name, network.holder, network.contacts[0].name):
        assert text.isprintable()
        assert len(text) <= 200


@pytest.mark.parametrize("name", NAMES)
def test_a_traced_case_opens_whatever_the_registry_calls_its_network(
    name: str, home: None, someone: Any, client: Client
) -> None:
    case = case_about("http://album.test/a/7")
    network = _network(record(NAMES[name]), Scope.NETWORK)
    found = HostingTrace(
        host="album.test",
        addresses=("192.0.2.5",),
        name_servers=(f"ns1.{SCRIPT}",),
        networks=(network,),
        country="NL",
        provider=network.holder or network.name,
        contacts=network.contacts,
        registrar="",
        exists=True,
        problems=(f"cannot tell who is above {network.handle}",),
    )
    tracing._record_page(case.pk, "album.test", found, "")
    client.force_login(someone("analyst"))

    shown = client.get(f"/desk/cases/{case.pk}/")

    trace = panel.current_trace(case)
    assert trace
    assert [contact.email for contact in contacts_of(trace)] == ["abuse@host.example"]
    assert shown.status_code == 200
    assert SCRIPT.encode() not in shown.content
    assert b"INSTALLED_APPS" not in shown.content
    json.dumps(panel.as_json(case), default=str).encode()


@pytest.mark.parametrize(
    "odd",
    [
        {"entities": "x"},
        {"entities": [None, 1, "x", {"roles": "abuse"}, {"roles": [None], "vcardArray": "x"}]},
        {
            "entities": [
                {"roles": ["abuse"], "vcardArray": ["vcard", [["email", {}, "text", ["a@b.example"]]]]}
            ]
        },
        {"handle": {"a": 1}, "startAddress": 7, "links": {"rel": "up"}},
        {"links": [{"rel": "up", "href": "file:///etc/passwd"}, {"rel": "up", "href": 7}]},
        {"arin_originas0_originautnums": [True, "7"], "country": "<b>"},
    ],
    ids=range(6),
)
def test_a_record_of_another_shape_is_read_as_far_as_it_goes(odd: dict[str, Any]) -> None:
    network = _network({**record("Net"), **odd}, Scope.NETWORK)

    assert network.parent is None
    assert network.country in (None, "NL")
    assert all(is_mail_address(contact.email) for contact in network.contacts)


def test_a_name_that_is_only_marks_is_no_name() -> None:
    assert entity_name(card("\u202e\ud800\x00", "abuse@host.example")) == ""
