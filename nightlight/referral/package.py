"""The file an authority fetches: the facts in plain JSON, and our signature over them.

The signature is a compact JWS (RFC 7515) over the referral's number and the SHA-256 of the facts as canonical JSON
(sorted keys, no spaces), so that a file of any size can be checked with our public key.
"""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from nightlight.casebook import panels, series
from nightlight.casebook.models import Allegation, Assessment, Case, Media
from nightlight.casebook.schemes import wire
from nightlight.referral import children, rules
from nightlight.referral.models import Referral
from nightlight.vault.signing import SignatureRefused, sign, verify
from nightlight.work.home import ring

TYPE = "nightlight-referral"
FROM_PANELS = ("trace", "checks")  # what other stages know that an authority needs
_GRADES = (
    "outcome",
    "scheme",
    "severity",
    "age",
    "sex",
    "made_by",
    "self_generated",
    "live_stream",
    "ai_generated",
    "commercial",
    "site_type",
    "media_seen",
    "media_total",
)
_GRADE = ("scheme", "edition", "value", "wire", "facts")
_HASHES = ("sha256", "sha1", "md5", "pdq", "mime", "size")


def build(referral: Referral) -> str:
    """The whole file as JSON text: `{"referral", "facts", "signature"}`."""
    facts = json.loads(json.dumps(_facts(referral), cls=DjangoJSONEncoder))
    signed = {"referral": referral.number, "sha256": _digest(facts)}
    body = {"referral": referral.number, "facts": facts, "signature": sign(ring(), signed, TYPE)}
    return json.dumps(body, indent=1, sort_keys=True)


def holds(text: str, jwk: dict[str, str]) -> bool:
    """Whether the holder of a public key signed exactly these facts."""
    body = json.loads(text)
    try:
        signed = verify(jwk, body["signature"], typ=TYPE)
    except SignatureRefused:
        return False
    return signed == {"referral": body["referral"], "sha256": _digest(body["facts"])}


def _digest(facts: object) -> str:
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _facts(referral: Referral) -> dict[str, Any]:
    case = referral.case
    return {
        "case": case.pk,
        "episode": case.episode,
        "to": referral.to,
        "prepared_at": referral.prepared_at,
        "kind": case.kind,
        "danger_now": case.danger_now,
        "received_at": case.received_at,
        "confirmed_at": case.confirmed_at,
        "addresses": [case.location.url] if case.location else [],
        "reports": _reports(case),
        "country": case.country or None,
        "provider": case.provider_key or None,
        "assessments": [
            _assessment(row) for row in case.assessments.prefetch_related("grades").order_by("at", "pk")
        ],
        "media": _files(case),
        "children": children.rows(series.children_of(case), referral),
        "child_protection_first": rules.child_protection_first(case),
        "subjects": [
            {
                "handle": row.handle,
                "service": row.service,
                "suspected_only": True,
                "may_be_child": row.may_be_child,
            }
            for row in case.subjects.order_by("pk")
        ],
        **_from_panels(case),
    }


def _reports(case: Case) -> list[dict[str, Any]]:
    """When and how it was reported, and what was written; who reported it is not for this file."""
    if case.report:
        own = case.report
        return [
            {
                "received_at": own.received_at,
                "channel": own.channel,
                "happening_now": own.happening_now,
                "text": own.text,
                "hashes": own.hashes,
            }
        ]
    rows = Allegation.objects.filter(location=case.location).select_related("report").order_by("at", "pk")
    return [
        {
            "received_at": row.report.received_at,
            "channel": row.report.channel,
            "happening_now": row.report.happening_now,
            "as_reported": row.as_reported,
        }
        for row in rows
    ]


def _assessment(row: Assessment) -> dict[str, Any]:
    """A look with its grades, each with its scheme and as it is printed."""
    printed = [row.get_severity_display()] if row.severity else []
    grades = sorted(row.grades.all(), key=lambda each: each.scheme)
    return {
        "at": row.at,
        "role": row.role,
        **{name: getattr(row, name) for name in _GRADES},
        "grades": [{name: getattr(each, name) for name in _GRADE} for each in grades],
        "printed": [str(each) for each in (*printed, *(grade.printed for grade in grades))],
        "wire": [asdict(line) for line in wire.lines(row)] if row.is_final else [],
    }


def _media(case: Case) -> list[Media]:
    return (
        list(Media.objects.filter(sightings__location=case.location).order_by("sha256"))
        if case.location
        else []
    )


def _files(case: Case) -> list[dict[str, Any]]:
    """Each file by its hashes, and as NCMEC's `fileDetails` has it under the newest decision that stands."""
    settled = case.assessments.filter(is_final=True, episode=case.episode).prefetch_related("grades", "media")
    look = settled.order_by("-at", "-pk").first()
    confirmed = {each.sha256 for each in look.media.all()} if look else set()
    return [{**_medium(row), "ncmec": wire.of_file(look, row.sha256, confirmed)} for row in _media(case)]


def _medium(row: Media) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _HASHES if getattr(row, name)}


def _from_panels(case: Case) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for panel in panels.all_panels():
        if panel.json:
            known |= panel.json(case)
    return {name: known[name] for name in FROM_PANELS if name in known}
