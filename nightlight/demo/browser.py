"""A visitor with a browser's manners: keeps cookies, fills in the forms that a page shows, and nothing else.

Requests are tried again while nobody answers, because the hotline may be starting anew.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

PATIENCE = 60.0  # seconds of real time for which a hotline may be away
PAUSE = 0.1

Value = str | Sequence[str]


class BrowserError(Exception):
    """A page that is not as a visitor must find it; the message says what was expected."""


@dataclass(slots=True)
class Form:
    """A form of a page: where it posts to, its preset values, and the choices of each field."""

    action: str
    method: str
    preset: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Whether the form has all these fields."""
        return all(name in self.choices or name in self.preset for name in names)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "select":
            self._select = name
            self._open.choices.setdefault(name, set())
        elif tag == "option":
            self._open.choices.setdefault(self._select, set()).add(said.get("value", ""))
            if "selected" in said:
                self._open.preset.setdefault(self._select, []).append(said.get("value", ""))
        elif tag == "textarea":
            self._open.choices.setdefault(name, set())
        elif tag in ("input", "button") and name:
            self._input(said, name, tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def _input(self, said: dict[str, str], name: str, tag: str) -> None:
        form = self._open
        if form is None:
            return
        kind = "submit" if tag == "button" else said.get("type", "text")
        if kind == "hidden":
            form.preset.setdefault(name, []).append(said.get("value", ""))
        elif kind in ("radio", "checkbox", "submit"):
            form.choices.setdefault(name, set()).add(said.get("value", "on"))
            if "checked" in said:
                form.preset.setdefault(name, []).append(said.get("value", "on"))
        else:
            form.choices.setdefault(name, set())
            if said.get("value"):
                form.preset.setdefault(name, []).append(said["value"])


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: its address, its text, its forms."""

    url: str
    status: int
    html: str

    def forms(self) -> list[Form]:
        """The forms, in the order of the page."""
        reader = _Reader()
        reader.feed(self.html)
        return reader.forms

    def form(self, *names: str, action: str = "") -> Form:
        """The first form with all these fields, whose action contains `action`. Raises BrowserError."""
        for form in self.forms():
            if form.has(*names) and action in form.action:
                return form
        raise BrowserError(f"no form with {', '.join(names)} {action} on the page")


class Browser:
    """One visitor. `token` makes it a program that calls the API instead."""

    def __init__(self, base: str, *, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            base_url=base, trust_env=False, follow_redirects=True, timeout=30.0, headers=headers
        )

    def open(self, path: str) -> Page:
        """Opens a page. Raises BrowserError if nobody answers for a minute."""
        return self._page(_patiently(lambda: self._client.get(path)))

    def send(self, page: Page, form: Form, values: Mapping[str, Value]) -> Page:
        """Fills in a form of the page and sends it. Raises BrowserError for a field or a choice it does not have."""
        filled: dict[str, Value] = dict(form.preset)
        for name, value in values.items():
            if not form.has(name):
                raise BrowserError(f"the form has no field {name}")
            offered = form.choices.get(name, set())
            for each in [value] if isinstance(value, str) else value:
                if offered and each not in offered:
                    raise BrowserError(f"the field {name} does not offer {each}")
            filled[name] = value
        target = urljoin(page.url, form.action) if form.action else page.url
        data = {name: list(value) if not isinstance(value, str) else value for name, value in filled.items()}
        headers = {
            "Referer": page.url,
            "Origin": page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2],
        }
        if form.method == "get":
            return self._page(_patiently(lambda: self._client.get(target, params=data)))
        return self._page(_patiently(lambda: self._client.post(target, data=data, headers=headers)))

    def fill(self, path: str, *names: str, action: str = "", **values: Value) -> Page:
        """Opens a page and sends its form that has these fields."""
        page = self.open(path)
        return self.send(page, page.form(*(names or values), action=action), values)

    def sign_in(self, email: str, password: str) -> None:
        """Signs in at the desk. Raises BrowserError if the desk refuses."""
        page = self.fill("/desk/account/login/", "login", "password", login=email, password=password)
        if "/account/login" in page.url:
            raise BrowserError(f"{email} could not sign in")

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Calls the API."""
        return _patiently(lambda: self._client.request(method, f"/api/v1{path}", json=body))

    def close(self) -> None:
        """Closes the visitor's connections."""
        self._client.close()

    def _page(self, response: httpx.Response) -> Page:
        if response.is_server_error:
            raise BrowserError(f"{response.url.path} answered {response.status_code}")
        return Page(str(response.url), response.status_code, response.text)


def _patiently(request: Callable[[], httpx.Response]) -> httpx.Response:
    """Tries again while nobody answers: the hotline may be starting anew."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            response = request()
            if response.status_code not in (502, 503):
                return response
        except httpx.TransportError as error:
            if time.monotonic() > until:
                raise BrowserError(f"nobody answers: {type(error).__name__}") from error
        time.sleep(PAUSE)
