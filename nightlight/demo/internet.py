"""The small internet as one thing that can be started, asked, and stopped."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from nightlight.demo.answers import Given, answer
from nightlight.demo.atlas import load_world
from nightlight.demo.course import Course, DueAnswer
from nightlight.demo.loopback import LOOPBACK
from nightlight.demo.mail import MailServer, PostOffice
from nightlight.demo.names import NameServer, Zones
from nightlight.demo.proxy import Proxy
from nightlight.demo.registry import RegistryServer
from nightlight.demo.sites import SitesServer, Web
from nightlight.demo.world import DOCUMENTATION_NETWORKS, Provider, Site, World


class SmallInternet:
    """Everything outside the hotline's machine, served on loopback.

    `now` is the hotline's clock and may run fast or jump, but never back. `mail_folder` holds all that
    must outlive this process: started again with the same folder, everything stands as it stood.
    """

    def __init__(self, now: Callable[[], datetime], mail_folder: Path, world: World | None = None) -> None:
        self.world = world or load_world()
        self._now = now
        self.mail = PostOffice(mail_folder, now)
        self.course = Course(self.world, self.mail, now)
        self._given = Given(mail_folder / "answers.jsonl")
        web = Web(self.world, self.course)
        self.names = NameServer(Zones(self.world, self.course))
        self.registry = RegistryServer(self.world)
        self._sites_server = SitesServer(web)
        self.proxy = Proxy(self._sites_server.port, web.hosts, now)
        self.mail_server = MailServer(
            self.mail,
            self.world.mailboxes(),
            self.world.mail_domains(),
            frozenset(self.world.staff_domains),
        )
        self._servers = (self.names, self.registry, self._sites_server, self.proxy, self.mail_server)

    @property
    def sites(self) -> dict[str, Site]:
        """The sites by host."""
        return self.world.sites

    @property
    def providers(self) -> dict[str, Provider]:
        """The providers by key."""
        return self.world.providers

    def start(self) -> None:
        """Let every server serve, in threads of this process."""
        for server in self._servers:
            server.start()

    def stop(self) -> None:
        """Stop every server and give their ports back."""
        with ThreadPoolExecutor(len(self._servers)) as together:
            for stopped in [together.submit(server.stop) for server in self._servers]:
                stopped.result()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def environment(self) -> dict[str, str]:
        """The settings that let a rehearsal home see this internet, and only this one."""
        return {
            "NIGHTLIGHT_DNS": f"{LOOPBACK}:{self.names.port}",
            "NIGHTLIGHT_RDAP": f"{self.registry.base}bootstrap.json",
            "NIGHTLIGHT_EMAIL_URL": f"smtp://{LOOPBACK}:{self.mail_server.port}",
            "NIGHTLIGHT_PROXY": f"http://{LOOPBACK}:{self.proxy.port}",
            "NIGHTLIGHT_EGRESS_ALLOW": ",".join(map(str, DOCUMENTATION_NETWORKS)),
        }

    def write_bootstrap(self, file: Path) -> None:
        """Write the RDAP bootstrap, for those that want a file instead of an address."""
        file.write_text(json.dumps(self.registry.bootstrap()), encoding="utf-8")

    def pending_answers(self) -> list[DueAnswer]:
        """The answers that providers owe by now and have not given, earliest first."""
        return [due for due in self.course.answers() if due.due_at <= self._now() and due not in self._given]

    def give(self, due: DueAnswer) -> None:
        """Let a provider give its answer on the notice's page, and remember that it did.

        Raises as `answers.answer` does; then the answer stays pending.
        """
        answer(due.notice_url, due.form)
        self._given.add(due)
