"""The play: what the people around a hotline do, from the first report to the last removed page.

Everything happens from outside, through the hotline's doors: the public form, the API, the desk's pages, mail. The
director only holds the clock, so that every person acts at a moment of the story and not of the machine.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from zlib import crc32

import httpx

from nightlight.demo.answers import AnswerError
from nightlight.demo.browser import Browser
from nightlight.demo.conduct import Shows
from nightlight.demo.internet import SmallInternet
from nightlight.demo.script import WITHOUT_ADDRESS, Filing, decision, filings
from nightlight.demo.turns import was_caught, was_followed
from nightlight.demo.world import BodyKind, Page, Site

DAYS = 9
DESK_HOURS = timedelta(hours=24)  # how often somebody sits at the desk
BY_HAND = 12  # one confirmed page in so many is decided on the desk's page, the others by its API
PATIENCE = 120.0  # seconds of real time for the hotline to finish what is due
# What an analyst makes of a report that names no address.
CANNOT_ASSESS: dict[str, object] = {"outcome": "cannot_assess"}
REPORT_ALONE: dict[str, dict[str, object]] = {
    kind: {"outcome": "confirmed", "note": "Police can act on what the reporter wrote."}
    for kind in ("grooming", "live_stream", "sexual_extortion")
}
RECEIPT = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{4}\b")
OPEN_STATES = ("open", "second_look")


class PlayError(Exception):
    """A step of the chain did not arrive; the message names it."""


class Turntable(Protocol):
    """The clock of a rehearsal in the director's hands."""

    def now(self) -> datetime:
        """The hotline's time."""

    def advance(self, until: datetime) -> None:
        """Lets time go on to `until`, jumping from one due moment to the next, and returns when it is there."""


class Audience(Protocol):
    """Who watches."""

    def act(self, title: str) -> None:
        """A new act begins."""

    def tell(self, text: str) -> None:
        """Something happened that is worth a line."""

    def progress(self, done: int, total: int) -> None:
        """How far the act is."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who works at the hotline: how they sign in, and their token for the API."""

    role: str
    email: str
    password: str
    token: str


@dataclass(slots=True)
class Story:
    """What came of it: counted from outside."""

    reports: int = 0
    receipts: list[str] = field(default_factory=list)
    cases: int = 0
    confirmed: int = 0
    dismissed: int = 0
    second_looks: int = 0
    notices: int = 0
    answers: int = 0
    states: dict[str, int] = field(default_factory=dict)
    followed: int = 0
    caught: int = 0
    referrals: int = 0
    hashes: int = 0
    urls: int = 0
    missing: list[str] = field(default_factory=list)


class Play:
    """One performance. `players` by role: analyst, second, senior, manager, liaison; `member` is a member's token."""

    def __init__(
        self,
        internet: SmallInternet,
        base: str,
        players: dict[str, Player],
        member: str,
        clock: Turntable,
        audience: Audience,
    ) -> None:
        self.internet, self.clock, self.audience = internet, clock, audience
        self.base, self.players, self.story = base, players, Story()
        self.public = Browser(base)
        self.member = Browser(base, token=member)
        self.programs = {role: Browser(base, token=player.token) for role, player in players.items()}
        self.desks: dict[str, Browser] = {}
        self.start = clock.now()
        self._acts_done: set[tuple[str, str]] = set()

    def perform(self) -> Story:
        """Plays every act. Raises PlayError or BrowserError where the chain breaks."""
        for title, act in (
            ("The manager says whom to tell, in which country", self.routes),
            ("Reports come in", self.reports),
            ("Duplicates are merged, the urgent comes first", self.triage),
            ("Analysts decide; a second person looks where it counts", self.decisions),
            ("Providers are found and written to; pages disappear", self.days),
            ("One moved and was followed, one came back and was caught", self.turns),
            ("Police get a referral and answer", self.referrals),
            ("Members read the lists", self.lists),
            ("Reporters come back with their receipts", self.receipts),
            ("The numbers add up", self.numbers),
        ):
            self.audience.act(title)
            act()
        return self.story

    # ---- the acts

    def routes(self) -> None:
        """Partner hotlines and police abroad, the relay that only passes on, and what may happen by itself."""
        desk = self.desk("manager")
        for body in self.internet.world.bodies.values():
            first = "partner" if body.kind is BodyKind.PARTNER_HOTLINE else "police"
            for country in body.countries:
                desk.fill(
                    "/desk/routes/",
                    "country",
                    "first",
                    "contact",
                    country=country,
                    first=first,
                    contact=body.mailbox,
                )
        relay = self.internet.providers["shieldway"]
        for network in relay.networks:
            desk.fill(
                "/desk/routes/",
                "network",
                "first",
                network=relay.handle(network),
                first="relay",
                contact=str(relay.mailbox),
            )
        page = desk.open("/desk/routes/")
        desk.send(page, page.form("rule", action="rules"), {"rule": "follow_moves", "on": "on"})
        self.audience.tell(
            "Two partner hotlines, one police liaison for abroad, one relay; moved pages are followed."
        )

    def reports(self) -> None:
        """Everybody reports what they saw."""
        todo = filings(self.internet.world)
        for done, filing in enumerate(todo, 1):
            self.story.receipts.append(self._file(filing))
            self.audience.progress(done, len(todo))
        self.story.reports = len(todo)
        self.audience.tell(
            f"{len(todo)} reports, each with a receipt; {len(WITHOUT_ADDRESS)} of them without an address."
        )

    def triage(self) -> None:
        """Waits until every report is sorted."""
        self.settle()
        self.story.cases = sum(1 for _ in self.cases())
        self.audience.tell(f"{self.story.reports} reports became {self.story.cases} cases.")

    def decisions(self) -> None:
        """The first analyst, then the second, and a senior where they must."""
        total = sum(1 for _ in self.cases("open"))
        for done, case in enumerate(list(self.cases("open")), 1):
            self._decide(case, "analyst")
            self.audience.progress(done, total)
        second = list(self.cases("second_look"))
        self.story.second_looks = len(second)
        for case in second:
            self._decide(case, "second")
        left = [case["id"] for state in OPEN_STATES for case in self.cases(state)]
        if left:
            raise PlayError(f"{len(left)} cases are still undecided")
        self.audience.tell(f"{total} first looks, {len(second)} second looks by another person.")

    def days(self) -> None:
        """Time goes by: notices leave, providers act and answer, the desk looks after what waits."""
        end = self.start + timedelta(days=DAYS)
        while self.clock.now() < end:
            now = self.clock.now()
            answers = [due.due_at for due in self.internet.course.answers() if due.due_at > now]
            self.clock.advance(min([now + DESK_HOURS, end, *answers]))
            self.settle()
            self._providers_answer()
            self._desk_looks()
            self.audience.progress((self.clock.now() - self.start) // timedelta(hours=1), DAYS * 24)
        self.story.states = self.count_states()
        gone = self.story.states.get("gone", 0)
        self.audience.tell(
            f"After {DAYS} days {gone} pages are gone; {self.story.answers} providers answered."
        )

    def turns(self) -> None:
        """What became of the pages that would not simply go, and whether each stands as the hotline says."""
        confirmed = [
            case for state in ("gone", "noticed", "waiting", "handed_over") for case in self.cases(state)
        ]
        for done, case in enumerate(confirmed, 1):
            whole = self.programs["analyst"].call("GET", f"/cases/{case['id']}").json()
            self.story.followed += was_followed(whole)
            self.story.caught += was_caught(whole)
            found = self.internet.world.page(str(case["url"])) if case["url"] else None
            if (
                found
                and case["state"] == "gone"
                and self.internet.course.standing(*found).shows is Shows.PAGE
            ):
                raise PlayError(f"the hotline takes {case['url']} for gone, and it is there")
            self.audience.progress(done, len(confirmed))
        if not self.story.followed:
            raise PlayError("no page that moved was followed")
        if not self.story.caught:
            raise PlayError("no page that came back was caught")
        self.audience.tell(f"Moved to another host and followed: {self.story.followed}.")
        self.audience.tell(f"Came back after it was gone and caught: {self.story.caught}.")

    def referrals(self) -> None:
        """The police liaison fetches what is ready and tells what came of it."""
        desk = self.desk("liaison")
        page = desk.open("/desk/referrals/")
        self.story.referrals = len([form for form in page.forms() if form.action.endswith("/fetch/")])
        if not self.story.referrals:
            raise PlayError("no referral reached the police liaison")
        desk.send(page, page.form(action="/fetch/"), {})
        page = desk.open("/desk/referrals/")
        desk.send(page, page.form(action="/acknowledge/"), {})
        case = next(case for state in ("gone", "noticed", "confirmed") for case in self.cases(state))
        day = self.clock.now().date().isoformat()
        page = desk.open(f"/desk/cases/{case['id']}/")
        answer = {"outcome-what": "child_safeguarded", "outcome-day": day, "outcome-count": "1"}
        desk.send(page, page.form(action="/outcome/"), answer)
        self.audience.tell(
            f"{self.story.referrals} referrals wait for the police; one is fetched, acknowledged and answered: "
            "a child is safeguarded."
        )

    def lists(self) -> None:
        """A member reads both lists to their end."""
        self.story.hashes = self._read_list("hashes")
        self.story.urls = self._read_list("urls")
        self.audience.tell(
            f"A member's list holds {self.story.hashes} fingerprints and {self.story.urls} addresses."
        )

    def receipts(self) -> None:
        """Every receipt still opens its report."""
        for done, receipt in enumerate(self.story.receipts, 1):
            if self.public.call("POST", "/receipts", {"receipt": receipt}).status_code != httpx.codes.OK:
                self.story.missing.append(receipt)
            self.audience.progress(done, len(self.story.receipts))
        if self.story.missing:
            raise PlayError(f"{len(self.story.missing)} receipts are unknown to the hotline")
        self.audience.tell(f"All {len(self.story.receipts)} receipts know their report.")

    def numbers(self) -> None:
        """What came in equals what came out, and nobody was told twice."""
        story = self.story
        story.notices = len({message.notice.message_id for message in self.internet.mail.mailbox()})
        again = len(self.internet.mail.deliveries()) - len(self.internet.mail.mailbox())
        if again:
            raise PlayError(f"{again} mails were delivered twice")
        if sum(story.states.values()) != story.cases:
            raise PlayError("the states do not add up to the cases")
        self.audience.tell(
            f"{story.cases} cases: " + ", ".join(f"{n} {state}" for state, n in sorted(story.states.items()))
        )

    # ---- what people do

    def desk(self, role: str) -> Browser:
        """The browser in which this player is signed in."""
        if role not in self.desks:
            self.desks[role] = Browser(self.base)
            self.desks[role].sign_in(self.players[role].email, self.players[role].password)
        return self.desks[role]

    def cases(self, state: str = "") -> Iterator[dict[str, object]]:
        """All cases in a state, as the API lists them."""
        after = ""
        while True:
            answer = self.programs["analyst"].call("GET", f"/cases?state={state}&limit=200&after={after}")
            if not answer.is_success:
                raise PlayError(f"the list of cases answered {answer.status_code}")
            body = answer.json()
            yield from body["cases"]
            after = body["next"] or ""
            if not after:
                return

    def count_states(self) -> dict[str, int]:
        """How many cases stand where."""
        counts: dict[str, int] = {}
        for case in self.cases():
            counts[str(case["state"])] = counts.get(str(case["state"]), 0) + 1
        return counts

    def settle(self) -> None:
        """Waits until nothing is due and nothing is being done. Raises PlayError after two minutes."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            page = self.public.open("/metrics").html
            counts = dict(re.findall(r'nightlight_work\{state="(\w+)"\} (\d+)', page))
            if counts.get("due") == "0" and counts.get("held") == "0":
                return
            time.sleep(0.05)
        raise PlayError("the hotline does not come to the end of what is due")

    def _file(self, filing: Filing) -> str:
        if filing.by_form:
            page = self.public.open("/report/")
            values = {"kind": filing.kind, "urls": "\n".join(filing.urls), "text": filing.text}
            if filing.happening_now:
                values["happening_now"] = "on"
            found = RECEIPT.search(self.public.send(page, page.form("kind", "urls"), values).html)
            if found is None:
                raise PlayError("the form gave no receipt")
            return found[0]
        body = {
            "kind": filing.kind,
            "urls": list(filing.urls),
            "text": filing.text,
            "happening_now": filing.happening_now,
        }
        answer = self.public.call("POST", "/reports", body)
        if answer.status_code != httpx.codes.CREATED:
            raise PlayError(f"a report was answered with {answer.status_code}")
        return str(answer.json()["receipt"])

    def _decide(self, case: dict[str, object], role: str) -> None:
        found = self.internet.world.page(str(case["url"])) if case["url"] else None
        what = decision(*found) if found else REPORT_ALONE.get(str(case["kind"]), CANNOT_ASSESS)
        by_hand = crc32(str(case["url"]).encode()) % BY_HAND == 0
        if found and what["outcome"] == "confirmed" and found[1].pictures and by_hand:
            self._decide_on_page(str(case["id"]), role, what)
            return
        answer = self.programs[role].call("POST", f"/cases/{case['id']}/assessments", what)
        # 409: the decision arrived, and only its answer was lost when the hotline was killed.
        if answer.status_code not in (httpx.codes.CREATED, httpx.codes.CONFLICT):
            raise PlayError(f"a decision was answered with {answer.status_code}: {answer.text[:200]}")

    def _decide_on_page(self, case_id: str, role: str, what: dict[str, object]) -> None:
        """Through the desk's form, confirming what the page showed; the form is read back and then taken."""
        desk = self.desk(role)
        page = desk.open(f"/desk/cases/{case_id}/")
        form = page.form("outcome", "severity")
        values: dict[str, str | list[str]] = {
            name: str(value) for name, value in what.items() if not isinstance(value, bool)
        }
        values |= {name: "on" for name, value in what.items() if value is True}
        if form.has("chosen"):
            values["chosen"] = values["seen"] = sorted(form.choices["chosen"])
        page = desk.send(page, form, values)
        if page.status not in (httpx.codes.OK, httpx.codes.CONFLICT):
            raise PlayError(f"the decision form answered {page.status}")
        for form in page.forms():
            if "final" in form.choices.get("step", set()):
                desk.send(page, form, {"step": "final"})
                return

    def _providers_answer(self) -> None:
        for due in self.internet.pending_answers():
            try:
                self.internet.give(due)
            except (AnswerError, httpx.TransportError):
                continue  # it stays pending and is given at the next hour
            self.story.answers += 1
            self.audience.tell(
                f"{self.internet.providers[due.provider].name}: {due.answer.value.replace('_', ' ')}"
            )
            self.settle()

    def _desk_looks(self) -> None:
        """Somebody looks after every case that waits: by hand where the hotline could not tell."""
        self._settle_doubts()
        for case in list(self.cases("waiting")):
            found = self.internet.world.page(str(case["url"]))
            if found:
                self._look_after(str(case["id"]), *found)
        self.settle()

    def _look_after(self, case_id: str, site: Site, page: Page) -> None:
        """What a person does who opens the address in a browser of their own: it is gone, or they write again, once."""
        stands = self.internet.course.standing(site, page)
        act = "/send-again/" if stands.shows is Shows.PAGE else "/close/"
        if (case_id, act) in self._acts_done:
            return
        desk = self.desk("senior")
        seen = desk.open(f"/desk/cases/{case_id}/")
        offered = [form for form in seen.forms() if form.action.endswith(act)]
        if offered:
            desk.send(seen, offered[0], {})
            self._acts_done.add((case_id, act))

    def _settle_doubts(self) -> None:
        """A mail that may or may not have left when the hotline was killed: somebody asks the recipient."""
        desk = self.desk("manager")
        page = desk.open("/desk/notices/")
        arrived = {message.notice.message_id for message in self.internet.mail.mailbox()}
        for form in page.forms():
            if form.action.endswith("/settle/"):
                notice_id = form.action.split("/")[-3]
                here = any(notice_id in message_id for message_id in arrived)
                desk.send(page, form, {"arrived": "yes" if here else "no"})

    def _read_list(self, name: str) -> int:
        entries: dict[str, str] = {}
        cursor = ""
        while True:
            answer = self.member.call("GET", f"/lists/{name}?since={cursor}&limit=500")
            if not answer.is_success:
                raise PlayError(f"the list of {name} answered {answer.status_code}")
            body = answer.json()
            for entry in body["entries"]:
                entries[entry["id"]] = entry["op"]
            cursor = body["next"]
            if not body["more"]:
                return sum(op == "put" for op in entries.values())
