"""How a page is looked at: axe in every appearance, its width on a small screen, and the keyboard's way through it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page

# Rules of axe whose answer depends on colours, and on where things stand. All others read the document alone and say
# the same in every appearance, so they run in the first one only.
COLOURS = ("color-contrast", "color-contrast-enhanced", "link-in-text-block")
PLACES = ("target-size", "scrollable-region-focusable")
EVERYTHING = ()


@dataclass(frozen=True, slots=True)
class Appearance:
    """One way a page may be shown, the window's width in pixels, and the rules that are asked of it."""

    width: int
    asked: tuple[str, ...]
    scheme: Literal["light", "dark"] = "light"
    forced: Literal["active", "none"] = "none"
    direction: Literal["ltr", "rtl"] = "ltr"

    def __str__(self) -> str:
        return f"{self.width}px {self.scheme} {self.direction}{' forced' * (self.forced == 'active')}"


NARROW = Appearance(320, EVERYTHING)
DARK = Appearance(1280, COLOURS, "dark")
RTL = Appearance(320, PLACES, direction="rtl")
APPEARANCES = (
    NARROW,
    Appearance(1280, PLACES),
    DARK,
    RTL,
    Appearance(1280, PLACES, "dark", direction="rtl"),
    Appearance(320, COLOURS, forced="active"),
)
# WCAG 2.2 1.4.6 (7:1) on the public side, 1.4.3 (4.5:1) on the desk; 2.5.8 everywhere.
PUBLIC = {"color-contrast-enhanced": True, "target-size": True}
# The desk is dark whatever the device asks for, or light for whoever asked the desk.
DESK_APPEARANCES = tuple(each for each in APPEARANCES if each.asked != COLOURS or each.forced == "active")
LIGHT_DESK = (Appearance(1280, COLOURS, "dark"), Appearance(1280, COLOURS, "light"))
DESK = {"color-contrast-enhanced": False, "target-size": True}

MOST_TABS = 120
MOST_STOPS = 2  # a date is one control and three stops, a list that scrolls a stop of its own

# What one can act on and see, each radio group once, each named by its words.
CONTROLS = """() => {
  const name = e => `${e.localName} ${e.name || e.id || e.textContent.trim().slice(0, 40)}`;
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]');
  window.controls = new Map();
  for (const e of all) {
    if (e.disabled || e.type === 'hidden' || !e.checkVisibility({visibilityProperty: true})) continue;
    const key = e.type === 'radio' ? `radio ${e.form && e.form.action} ${e.name}` : e;
    if (!window.controls.has(key)) window.controls.set(key, name(e));
  }
  document.addEventListener('focusin', ({target: e}) =>
    window.controls.delete(e.type === 'radio' ? `radio ${e.form && e.form.action} ${e.name}` : e));
  return window.controls.size;
}"""


def axe(page: Page, rules: Mapping[str, bool], only: tuple[str, ...] = ()) -> list[str]:
    """What axe finds on the whole page, whatever its impact, as `rule: the first place`."""
    page.wait_for_load_state()  # half of a page lacks what the other half brings
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {
        "resultTypes": ["violations"],
        "preload": False,
        "rules": {rule: {"enabled": on} for rule, on in rules.items()},
    }
    if only:
        names = [name for name in only if rules.get(name, True)]
        options |= {"runOnly": {"type": "rule", "values": names}, "rules": {}}
    found = page.evaluate("options => axe.run(options).then(said => said.violations)", options)
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


def too_wide(page: Page) -> bool:
    """Whether one must scroll sideways to read the page (WCAG 2.2 1.4.10)."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def out_of_reach(page: Page) -> list[str]:
    """The controls in sight that the Tab key never comes to."""
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    left = page.evaluate(CONTROLS)
    for presses in range(MOST_STOPS * left):
        page.keyboard.press("Tab")
        if presses % 8 == 7 and page.evaluate("window.controls.size") == 0:
            break
    page.evaluate("document.activeElement.blur()")
    return list(page.evaluate("[...window.controls.values()]"))


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus."""
    for _ in range(MOST_TABS):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def show_as(page: Page, appearance: Appearance) -> None:
    """Shows the page that is open in another way."""
    page.set_viewport_size({"width": appearance.width, "height": 900})
    page.emulate_media(color_scheme=appearance.scheme, forced_colors=appearance.forced)
    page.evaluate("direction => { document.documentElement.dir = direction; }", appearance.direction)


def faults(
    page: Page,
    rules: Mapping[str, bool],
    appearances: tuple[Appearance, ...] = APPEARANCES,
    *,
    by_keyboard: bool = True,
) -> list[str]:
    """Everything that is wrong with the page that is open, in any appearance; its folded parts are opened first.

    The keyboard's way is the same whatever the colours and the language: not `by_keyboard`, it is not walked again.
    """
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    found = [f"out of reach: {name}" for name in out_of_reach(page)] if by_keyboard else []
    for appearance in appearances:
        show_as(page, appearance)
        said = axe(page, rules, appearance.asked)
        said += ["too wide"] if too_wide(page) else []
        found += [f"{appearance}: {each}" for each in said]
    return found


@dataclass(slots=True)
class Walk:
    """Goes from page to page and keeps what is wrong, each fault with its page."""

    page: Page
    rules: Mapping[str, bool]
    appearances: tuple[Appearance, ...] = APPEARANCES
    by_keyboard: bool = True
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # What a page fetches by its own clock would change it while somebody looks.
        self.page.add_init_script("window.setInterval = () => 0")
        self.page.on("console", lambda said: self._note([said.text] if said.type == "error" else []))

    def look(self) -> None:
        """Looks at the page that is open."""
        self._note(faults(self.page, self.rules, self.appearances, by_keyboard=self.by_keyboard))

    def through(self, paths: Iterable[str]) -> None:
        """Opens and looks at each page."""
        for path in paths:
            answer = self.page.goto(path)
            assert answer and answer.ok, (path, answer and answer.status)
            self.look()

    def _note(self, faults: list[str]) -> None:
        self.found += [f"{self.page.url.partition('://')[2]} {fault}" for fault in faults]
