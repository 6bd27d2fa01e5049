"""More ways to send reports by program: several at once, and the forms of other hotlines."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import Field

from nightlight.accounts.tokens import Anyone, Bearer, Scope
from nightlight.casebook.words import Source
from nightlight.intake import api, partner_forms, verbs
from nightlight.intake.api import PROBLEMS, Accepted, ReportIn, arrived, described, door, is_partner, send
from nightlight.intake.arrival import arrive
from nightlight.intake.partner_forms import NotThisForm, Read

router = Router(tags=["intake"])

MOST_TOGETHER, MOST_ANONYMOUS = 100, 5  # one answered challenge carries no more of whoever names no token


class Several(Schema):
    """Reports, each as POST /reports takes one."""

    reports: Annotated[list[ReportIn], Field(min_length=1, max_length=MOST_TOGETHER)]


class AllAccepted(Schema):
    """One answer for each report, in the order they were sent."""

    reports: list[Accepted]


class AcceptedForm(Accepted):
    """`unknown` names fields that were not read; `refused` what is evidence and was dropped, by the hotlines' rule."""

    unknown: list[str]
    refused: list[str]


@router.post(
    "/reports/batch", auth=Anyone(), response={201: AllAccepted, **PROBLEMS}, openapi_extra=described
)
def receive_batch(request: HttpRequest, batch: Several) -> Status[dict[str, Any]]:
    """Sends up to 100 reports, 5 without a token. All of them are taken, or none."""
    if len(batch.reports) > MOST_ANONYMOUS and not is_partner(request):
        raise HttpError(422, f"Without a token at most {MOST_ANONYMOUS} reports together")
    door(request, "report", len(batch.reports))
    received = send(request, [arrived(request, each) for each in batch.reports])
    return Status(201, {"reports": [api.accepted(each) for each in received]})


_token = {"parameters": [described["parameters"][1]]}


@router.post(
    "/reports/xarf", auth=Bearer(Scope.REPORT), response={201: AcceptedForm, **PROBLEMS}, openapi_extra=_token
)
def receive_xarf(request: HttpRequest, report: Annotated[dict[str, Any], Body()]) -> Status[dict[str, Any]]:
    """Takes XARF v4 (content/csam, content/csem) from a partner. Evidence is refused: hashes and text only."""
    return _receive(request, partner_forms.xarf, report)


@router.post(
    "/reports/iccam",
    auth=Bearer(Scope.REPORT),
    response={201: AcceptedForm, **PROBLEMS},
    openapi_extra=_token,
)
def receive_iccam(request: HttpRequest, report: Annotated[dict[str, Any], Body()]) -> Status[dict[str, Any]]:
    """Takes a report in the fields of ICCAM from a partner. Evidence is refused: hashes and text only."""
    return _receive(request, partner_forms.iccam, report)


def _receive(
    request: HttpRequest, read: Callable[[Mapping[str, Any]], Read], sent: dict[str, Any]
) -> Status[dict[str, Any]]:
    try:
        found = read(sent)
        one = arrive(
            found.kind,
            urls=found.urls,
            hashes=found.hashes,
            text="\n".join(found.lines),
            channel=found.channel,
            contact=found.contact,
            source=Source.HOTLINE,
        )
    except (NotThisForm, verbs.TooMuch) as error:
        raise HttpError(422, str(error)) from error
    except RecursionError as error:
        raise HttpError(
            422, "One thing within another, too many times: nobody's report is so deep"
        ) from error
    (received,) = send(request, [one])
    return Status(201, {**api.accepted(received), "unknown": found.unknown, "refused": found.refused})
