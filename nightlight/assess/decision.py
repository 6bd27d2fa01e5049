"""A decision as one person makes it, and the answers by which it may be refused.

The fields are those of the import form (`docs/vocabulary.md`), from `outcome` to `site_type`, with what only the
desk knows: the media this person confirms, the children and accounts seen, a note and the reasons.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nightlight.casebook.schemes import shipped
from nightlight.casebook.schemes.scheme import Graded, Scheme
from nightlight.casebook.words import SELF_GENERATED, Age, MadeBy, Outcome, Severity, Sex, SiteType

NEW_CHILD = "new"
LIVE_PLACES = frozenset(
    {None, SiteType.LIVE_STREAM, SiteType.CHAT, SiteType.GAME}
)  # None: where was not said
_ONLY_CONFIRMED = (
    "severity",
    "grades",
    "age",
    "sex",
    "made_by",
    "self_generated",
    "live_stream",
    "ai_generated",
    "commercial",
    "media",
    "children",
)
_NEVER_ALONE = frozenset({MadeBy.ADULT_PRESENT, MadeBy.SYNTHETIC})


class Refused(ValueError):
    """A decision that can't be taken as it stands: `field` is the one to change, the message says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class GoldenRule(Exception):
    """The same person can't look twice at one case: the second look is another's."""


class Told(GoldenRule):
    """Whoever was told what a look found can't take the next one."""


class NotNow(Exception):
    """The case can't be decided at present; the message says why."""


class NotAllowed(Exception):
    """This person's roles don't carry the act; the message says which permission does."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account or handle to be kept as a Subject: suspected only, and perhaps a child too."""

    handle: str
    service: str
    may_be_child: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decides on a Case.

    `media` are the SHA-256 (hex) this person confirms, `seen` those they looked at without confirming;
    `children` are labels such as `C-2026-0007`, or `new` for a child not seen before. `self_generated` None
    follows `made_by`; like `ai_generated` it never lowers a severity. `severity` is the UK scheme's letter, `grades`
    those in the other schemes that the hotline grades by.
    """

    outcome: Outcome
    severity: Severity | None = None
    age: Age | None = None
    sex: Sex | None = None
    made_by: MadeBy | None = None
    self_generated: bool | None = None
    live_stream: bool = False
    ai_generated: bool = False
    commercial: bool = False
    site_type: SiteType | None = None
    scheme: str = "UK"
    note: str = ""
    reasons: str = ""
    media: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    subjects: tuple[Account, ...] = ()
    grades: tuple[Graded, ...] = ()

    @property
    def confirms(self) -> bool:
        """Whether it says that this is child sexual abuse material."""
        return self.outcome == Outcome.CONFIRMED

    @property
    def may_go_on(self) -> bool:
        """Whether it says that something live stands where it may still be going on, not a recording elsewhere."""
        return self.live_stream and self.site_type in LIVE_PLACES

    @property
    def needs_two(self) -> bool:
        """Whether it is of a grade that nobody gives alone."""
        return self.severity == Severity.A or any(each.second_look for each in self.grades)

    @property
    def wire_self_generated(self) -> bool:
        """The value of the contract: as given, else by who made it."""
        if self.self_generated is None:
            return self.made_by in SELF_GENERATED
        return self.self_generated


def check(decision: Decision, *, graded: bool, schemes: Sequence[Scheme] = ()) -> None:
    """Whether the fields make sense together; `graded` says that the case is about material, not about a contact
    or a threat alone, which has no category; of `schemes` (the UK's if nothing else is said) the main one stands
    first. Raises Refused with the first that does not."""
    if decision.scheme != "UK":
        raise Refused("scheme", "the scheme is UK")
    if not decision.confirms:
        for field in _ONLY_CONFIRMED:
            if getattr(decision, field):
                raise Refused(field, f"only a confirmed case has it; the outcome here is {decision.outcome}")
        return
    if graded:
        _has_a_grade(decision, schemes[0] if schemes else shipped.scheme(shipped.UK))
    alone = decision.made_by in SELF_GENERATED
    if decision.self_generated is False and alone:
        raise Refused(
            "self_generated", f"made by {decision.made_by} is self-generated; leave one of the two out"
        )
    if decision.self_generated and decision.made_by in _NEVER_ALONE:
        raise Refused("self_generated", f"made by {decision.made_by} is not self-generated")


def _has_a_grade(decision: Decision, main: Scheme) -> None:
    if main.key == shipped.UK:
        if decision.severity is None:
            raise Refused("severity", "a confirmed case needs one of A, B, C or prohibited")
    elif main.key not in {each.scheme for each in decision.grades}:
        values = ", ".join(grade.value for grade in main.grades)
        raise Refused(f"grade-{main.key}", f"a confirmed case needs a grade of {main.key}: {values}")
