"""How things stand on the small internet now: a pure function of the world, the mails and the clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from nightlight.demo.conduct import Answer, Behaviour, Heard, Shows, Turn, standing
from nightlight.demo.mail import Message, PostOffice
from nightlight.demo.world import Address, Page, Provider, Site, World

T = TypeVar("T")
NOT_OURS_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DueAnswer:
    """What a provider has to say on a notice's page from `due_at` on."""

    due_at: datetime
    provider: str
    notice_url: str
    answer: Answer
    note: str
    real_host: str = ""

    @property
    def form(self) -> dict[str, str]:
        """The fields of the notice's page, filled in."""
        return {"answer": self.answer.value, "note": self.note, "real_host": self.real_host}


class Course:
    """Answers how a site, a page or a correspondence stands; keeps nothing but what follows from the mails so far."""

    def __init__(self, world: World, office: PostOffice, now: Callable[[], datetime]) -> None:
        self._world = world
        self._office = office
        self._now = now
        self._page = lru_cache(maxsize=4096)(world.page)
        self._known: tuple[int, dict[object, Any]] = (0, {})

    def standing(self, site: Site, page: Page, at: datetime | None = None) -> Turn:
        """The turn in force for a page at `at`, by default now."""
        conduct = self._world.conduct_of(site)
        return standing(conduct, self._heard(site, page), at or self._now())

    def moved(self, site: Site, at: datetime | None = None) -> bool:
        """Whether the site has moved to other addresses: a site moves whole, for any of its pages."""
        may_move = bool(self._world.conduct_of(site).moves_to)
        return may_move and any(self.standing(site, page, at).moved for page in site.pages)

    def addresses(self, site: Site, at: datetime | None = None) -> tuple[Address, ...]:
        """What the site's name means in the DNS."""
        return self._world.onward_addresses(site) if self.moved(site, at) else site.addresses

    def serving(self, site: Site) -> tuple[Address, ...]:
        """Where a server answers for the site: its addresses, and its origin behind a delivery network."""
        return (*self.addresses(site), *site.origin)

    def pictures(self, site: Site) -> frozenset[str]:
        """The pictures that lie on the site: those of the pages that still show what they first showed."""
        shown = (page for page in site.pages if self.standing(site, page).shows is Shows.PAGE)
        return frozenset(name for page in shown for name in page.pictures)

    def answers(self) -> list[DueAnswer]:
        """Every answer that providers give to the mails received so far, due or not, earliest first.

        One per notice page: the first that falls due.
        """
        return list(self._once("answers", self._first_answers))

    def _first_answers(self) -> list[DueAnswer]:
        first: dict[str, DueAnswer] = {}
        for answer in sorted(self._answers(), key=lambda answer: answer.due_at):
            first.setdefault(answer.notice_url, answer)
        return list(first.values())

    def _once(self, about: object, work_out: Callable[[], T]) -> T:
        """Works something out once for the mails there are; every delivery makes all of it anew."""
        mails = self._office.count
        if self._known[0] != mails:
            self._known = (mails, {})
        known = self._known[1]
        if about not in known:
            known[about] = work_out()
        found: T = known[about]
        return found

    def _answers(self) -> Iterable[DueAnswer]:
        for provider in self._world.providers.values():
            if provider.mailbox is None:
                continue
            asked: set[str] = set()
            mails = self._office.mailbox(provider.mailbox)
            withdrawals = [message for message in mails if message.notice.withdrawn]
            for message in mails:
                urls = [url for url in message.notice.urls if not _taken_back(message, url, withdrawals)]
                fresh = [url for url in urls if url not in asked]
                asked.update(fresh)
                for link in message.notice.links[:1]:
                    yield from self._disclaim(provider, message, link, urls)
                    yield from self._say(provider, message, link, fresh)

    def _disclaim(
        self, provider: Provider, message: Message, link: str, urls: list[str]
    ) -> Iterable[DueAnswer]:
        sites = [found[0] for found in map(self._page, urls) if found]
        if sites and not any(self._lies_with(provider, site, message.received_at) for site in sites):
            due = message.received_at + NOT_OURS_AFTER
            yield DueAnswer(due, provider.key, link, Answer.NOT_OURS, "This address is not in our network.")

    def _say(self, provider: Provider, message: Message, link: str, urls: list[str]) -> Iterable[DueAnswer]:
        for site, _ in filter(None, map(self._page, urls)):
            conduct = self._world.conduct_of(site)
            if conduct.says and self._world.answerable_for(self._world.host_of(site)) == provider:
                real_host = str(site.origin[0]) if conduct.says is Answer.REAL_HOST and site.origin else ""
                due = message.received_at + conduct.says_after
                yield DueAnswer(due, provider.key, link, conduct.says, conduct.note, real_host)

    def _lies_with(self, provider: Provider, site: Site, at: datetime) -> bool:
        homes = map(self._world.provider_at, (*self.addresses(site, at), *site.origin))
        return any(provider in (home, self._world.answerable_for(home)) for home in homes if home)

    def _heard(self, site: Site, page: Page) -> Heard:
        return self._once((site.host, page.path), lambda: self._hear(site, page))

    def _hear(self, site: Site, page: Page) -> Heard:
        mails = _in_force(self._about(site, page))
        host = self._world.host_of(site)
        onward = self._world.onward_host_of(site)
        direct = self._world.conduct_of(site).behaviour is not Behaviour.PARTNER_COUNTRY
        own = (site.own_mailbox,) if direct else ()
        return Heard(
            host=self._times(mails, host, direct, own),
            onward=self._times(mails, onward, True, ()) if onward else (),
        )

    def _times(
        self, mails: list[Message], provider: Provider, direct: bool, own: tuple[str | None, ...]
    ) -> tuple[datetime, ...]:
        """When `provider` heard through each mail: at once, or after a hotline or the police passed it on."""
        theirs = {self._world.answerable_for(provider).mailbox, *own} if direct else set()
        passed_on = {
            body.mailbox.lower(): body.passes_on_after
            for body in self._world.bodies.values()
            if provider.country in body.countries
        }
        delays = {mailbox.lower(): timedelta(0) for mailbox in theirs if mailbox} | passed_on
        return tuple(sorted(m.received_at + delays[m.mailbox] for m in mails if m.mailbox in delays))

    def _about(self, site: Site, page: Page) -> list[Message]:
        """The mails that name the page, or that follow one that did by the same link."""
        links: set[str] = set()
        about: list[Message] = []
        for message in self._office.mailbox():
            notice = message.notice
            named = any(self._page(url) == (site, page) for url in notice.urls)
            if named or (not notice.urls and links.intersection(notice.links)):
                links.update(notice.links)
                about.append(message)
        return about


def _in_force(mails: list[Message]) -> list[Message]:
    """Of mails about one page, those that no later mail to the same mailbox withdrew."""
    last = {message.mailbox: message.number for message in mails if message.notice.withdrawn}
    return [message for message in mails if message.number > last.get(message.mailbox, 0)]


def _taken_back(message: Message, url: str, withdrawals: list[Message]) -> bool:
    """Whether `message` is, or is followed by, a mail that withdraws `url`, by address or by the same link."""
    return any(
        url in later.notice.urls
        or (not later.notice.urls and not set(later.notice.links).isdisjoint(message.notice.links))
        for later in withdrawals
        if later.number >= message.number
    )
