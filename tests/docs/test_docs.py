"""What the documentation says is what there is, and what there is, it says."""

import argparse
import importlib.util
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.dispatch import Signal

from nightlight.casebook import events
from nightlight.cli import parser
from nightlight.server import config

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
WRITTEN = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".txt",
    ".json",
    ".yml",
    ".sh",
    ".lock",
    ".in",
    "",
}


def commands(found: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by its whole name."""
    below = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name, found
    for action in below:
        for word, each in action.choices.items():
            yield from commands(each, f"{name} {word}")


COMMANDS = dict(commands(parser(), "nightlight"))


def sections(text: str) -> dict[str, str]:
    """The second-level sections of a page by their headings."""
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def written_files() -> list[Path]:
    """Every file of the house that people write."""
    inside = [
        Path(top, name)
        for folder in ("nightlight", "docs", "tests", "benchmarks", "requirements", ".github")
        for top, _, names in os.walk(ROOT / folder)  # which forgives a folder that another process takes away
        for name in names
    ]
    return [
        path
        for path in [*inside, *ROOT.iterdir()]
        if path.is_file() and path.suffix in WRITTEN and "__pycache__" not in path.parts
    ]


def test_every_command_has_a_section_and_every_section_is_a_command() -> None:
    assert sorted(sections((DOCS / "commands.md").read_text())) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_s_section_names_all_its_options_and_no_others_and_shows_an_example(name: str) -> None:
    section = sections((DOCS / "commands.md").read_text())[name]
    options = {option for action in COMMANDS[name]._actions for option in action.option_strings}

    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section))

    long = {option for option in options if option.startswith("--")} - {"--help"}
    plain = {"--host", "--port"}  # say what they are
    others = {option for each in COMMANDS.values() for option in each._option_string_actions}
    assert long - plain <= named
    assert named <= others
    assert re.search(rf"^    .*{name}", section, flags=re.M)


def test_every_setting_has_a_row_and_every_row_is_a_setting() -> None:
    table = sections((DOCS / "settings.md").read_text())
    whole = (DOCS / "settings.md").read_text().split("## For single commands")[0]

    rows = re.findall(r"^\| `NIGHTLIGHT_(\w+)` \|", whole, flags=re.M)

    assert [row.lower() for row in rows] == list(config.NAMES)
    assert "For single commands" in table


def test_every_variable_the_code_reads_is_documented() -> None:
    known = set(re.findall(r"NIGHTLIGHT_[A-Z_]+", (DOCS / "settings.md").read_text()))

    read = {
        name.rstrip("_")
        for path in (ROOT / "nightlight").rglob("*.py")
        for name in re.findall(r"[\"'](NIGHTLIGHT_[A-Z_]+)[\"']", path.read_text())
    }

    assert read - {"NIGHTLIGHT", "NIGHTLIGHT_RING"} <= known  # the two that are Django's settings


def test_the_picture_of_the_rooms_is_drawn_from_the_contracts() -> None:
    spec = importlib.util.spec_from_file_location("rooms", DOCS / "rooms.py")
    assert spec and spec.loader
    rooms = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rooms)

    assert (DOCS / "rooms.svg").read_text() == rooms.draw()


def test_who_listens_to_an_announcement_is_what_the_book_says() -> None:
    connected = {
        name: tuple(sorted(str(receiver[0][0]).removesuffix(f".{name}") for receiver in signal.receivers))
        for name, signal in vars(events).items()
        if isinstance(signal, Signal)
    }

    assert connected == {name: tuple(sorted(rooms)) for name, rooms in events.LISTENERS.items()}


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    reasons = (DOCS / "dependencies.md").read_text()

    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = [re.match(r"[a-z0-9-]+", each.lower()) for each in wanted]

    assert [name.group() for name in names if name and name.group() not in reasons] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    places = [str(ROOT), *(f"/{top}/" for top in ("root", "Users"))]
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(place)}" for place in places))

    named = [
        str(path.relative_to(ROOT))
        for path in written_files()
        if pattern.search(path.read_text(errors="replace"))
    ]

    assert named == []


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]

    assert broken == []
