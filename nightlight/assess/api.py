"""The API of assess: cases as a list and one by one, and the decisions on them. Mounted under /api/v1."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.errors import HttpError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.accounts.tokens import Bearer
from nightlight.assess import panel, queue, verbs
from nightlight.assess.decision import Decision, GoldenRule, NotAllowed, NotNow, Refused
from nightlight.assess.welfare import Rest
from nightlight.audit import log
from nightlight.casebook import panels
from nightlight.casebook.models import Case
from nightlight.casebook.schemes import book, shipped
from nightlight.casebook.schemes.scheme import Graded, UnknownGrade, graded
from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType, State

router = Router(tags=["cases"], auth=Bearer("desk"))

MOST = 1000
LONGEST_TEXT = 20_000


class Problem(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int


class CaseOut(BaseModel):
    """A case in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: State
    priority: int
    kind: str
    url: str | None
    reports: int
    received_at: datetime


class CasesOut(BaseModel):
    """A page of cases; ask with `after` = `next` for the one after it."""

    cases: list[CaseOut]
    next: UUID | None


class GradeOut(BaseModel):
    """A grade in a scheme other than the UK's, always with its scheme."""

    scheme: str
    edition: str
    value: str
    printed: str
    wire: str
    facts: dict[str, str]


class AssessmentOut(BaseModel):
    """One person's decision. While the second look is due, only who and when: the second look is blind."""

    id: UUID
    role: str
    by: UUID
    at: datetime
    final: bool
    outcome: Outcome | None
    scheme: str | None
    severity: Severity | None
    age: Age | None
    sex: Sex | None
    made_by: MadeBy | None
    self_generated: bool | None
    live_stream: bool | None
    ai_generated: bool | None
    commercial: bool | None
    site_type: SiteType | None
    note: str | None
    reasons: str | None
    media_seen: int | None
    media_total: int | None
    grades: list[GradeOut] | None


class CaseWholeOut(CaseOut):
    """A case with what every stage knows of it (`trace`, `notices`, `checks` …)."""

    model_config = ConfigDict(extra="allow")

    assessments: list[AssessmentOut]


# What is null was not said.
Flag = Annotated[bool, BeforeValidator(lambda value: value if value is not None else False)]
Words = Annotated[
    str, Field(max_length=LONGEST_TEXT), BeforeValidator(lambda value: value if value is not None else "")
]


class GradeIn(BaseModel):
    """A grade in one of the schemes that the hotline grades by; the UK's letter is `severity`."""

    scheme: str = Field(max_length=16)
    value: str = Field(max_length=16)
    facts: dict[str, str] = {}


class DecisionIn(BaseModel):
    """The fields of a decision: those of the import form from `outcome` to `site_type`, and `note`."""

    outcome: Outcome
    scheme: Annotated[str, BeforeValidator(lambda value: value or "UK")] = "UK"
    severity: Severity | None = None
    age: Age | None = None
    sex: Sex | None = None
    made_by: MadeBy | None = None
    self_generated: bool | None = None
    live_stream: Flag = False
    ai_generated: Flag = False
    commercial: Flag = False
    site_type: SiteType | None = None
    note: Words = ""
    reasons: Words = ""
    grades: Annotated[
        list[GradeIn],
        Field(max_length=book.MOST_IN_USE),
        BeforeValidator(lambda value: value if value is not None else []),
    ] = []
    media: list[str] = Field(
        default=[], max_length=MOST, description="SHA-256 of the media this person confirms"
    )


class DecidedOut(AssessmentOut):
    """The decision as recorded, and where the case stands now."""

    case: UUID
    state: State


NOT_GIVEN = BeforeValidator(lambda value: None if value == "" else value)  # `?state=` asks for every state
USUAL = 100
_ERRORS = {401: Problem, 403: Problem, 422: Problem}


@router.get("/cases", response={200: CasesOut, **_ERRORS})
def list_cases(
    request: HttpRequest,
    state: Annotated[State | None, NOT_GIVEN] = None,
    limit: Annotated[int | None, Query(ge=1, le=MOST), NOT_GIVEN] = None,
    after: Annotated[UUID | None, NOT_GIVEN] = None,
) -> Any:
    """Cases in the order in which they were opened; a page neither skips nor repeats one."""
    by = _person(request, Permission.CASE_READ)
    cases = queue.with_reports(Case.objects.order_by("pk"))
    if state is not None:
        cases = cases.filter(state=state)
    if after is not None:
        cases = cases.filter(pk__gt=after)
    limit = limit or USUAL
    found = [queue.summary(case) for case in cases[: limit + 1]]
    shown = found[:limit]
    with transaction.atomic():
        log.record("assess.list", by=by, purpose="work", cases=len(shown), state=state or "")
    return {"cases": shown, "next": shown[-1].id if len(found) > limit else None}


@router.get("/cases/{uuid:case_id}", response={200: CaseWholeOut, 404: Problem, **_ERRORS})
def one_case(request: HttpRequest, case_id: UUID) -> Any:
    """A case with all that the stages know of it."""
    by = _person(request, Permission.CASE_READ)
    with _answers():
        verbs.open_case(case_id, by, via="api")
        case = queue.with_reports(Case.objects.filter(pk=case_id)).get()
    whole = CaseOut.model_validate(queue.summary(case)).model_dump()
    for each in panels.all_panels():
        if each.json:
            whole |= each.json(case)
    return whole


@router.post(
    "/cases/{uuid:case_id}/assessments", response={201: DecidedOut, 404: Problem, 409: Problem, **_ERRORS}
)
def decide(request: HttpRequest, case_id: UUID, body: DecisionIn) -> Any:
    """One person's decision. Category A, and media nobody else confirmed, then wait for another person.

    Past the limits of care, a case that needs sight and that they have not begun is refused (409): the problem has the
    type `urn:nightlight:limit-of-care`, and `limit` names which."""
    by = _person(request, Permission.CASE_ASSESS)
    fields = body.model_dump()
    with _answers():
        given = {"media": tuple(body.media), "grades": _graded(body.grades)}
        look = verbs.decide(case_id, by, Decision(**fields | given))
    return Status(201, panel.open_row(look) | {"case": case_id, "state": look.case.state})


def _graded(given: list[GradeIn]) -> tuple[Graded, ...]:
    """The grades as the verbs take them. Raises Refused for one that the schemes in use do not have."""
    schemes = {each.key: each for each in book.in_use()} if given else {}
    if len({each.scheme for each in given}) < len(given):
        raise Refused("grades", "a scheme stands there twice")
    found = []
    for each in given:
        if each.scheme not in schemes or each.scheme == shipped.UK:
            raise Refused("grades", "this is none of the schemes in use; the UK's letter is severity")
        try:
            found.append(graded(schemes[each.scheme], each.value, each.facts))
        except UnknownGrade as error:
            raise Refused("grades", "the scheme has no such grade or fact") from error
    return tuple(found)


def _person(request: HttpRequest, permission: Permission) -> Person:
    """The person behind a desk token. A token without one, or without the permission, is refused."""
    person: Person | None = request.auth.person  # type: ignore[attr-defined]
    if person is None or not person.may(permission):
        raise HttpError(403, f"This needs a desk token of a person with the permission {permission.value}")
    return person


@contextmanager
def _answers() -> Iterator[None]:
    """Turns what a verb refuses into an answer that names the reason; a limit of care has a problem type of its own
    (`server/problems.py`)."""
    try:
        yield
    except Rest:
        raise
    except Case.DoesNotExist:
        raise HttpError(404, "There is no such case") from None
    except Refused as refused:
        raise HttpError(422, f"{refused.field}: {refused.message}") from refused
    except (GoldenRule, NotNow) as refused:
        raise HttpError(409, str(refused)) from refused
    except NotAllowed as refused:
        raise HttpError(403, str(refused)) from refused
