"""Every text of the house, read out of the code, the templates and the data files that `texts.toml` names.

A text belongs to those who meet it: `young`, `public` or `desk` (see `texts.toml`); it may belong to several.
"""

import ast
import gettext
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import locale
from django.utils.translation.template import templatize

from nightlight.server.speech import catalogue
from nightlight.server.speech.catalogue import Entry, Key
from nightlight.server.speech.plurals import PLURALS
from nightlight.server.speech.tongues import PARTS, tongues

ROOMS = Path(__file__).parents[2]
DJANGO = Path(locale.__file__).parent
# How many arguments of each are texts, and whether the first is a context.
CALLS = {
    "gettext": (1, False),
    "gettext_lazy": (1, False),
    "gettext_noop": (1, False),
    "ngettext": (2, False),
    "ngettext_lazy": (2, False),
    "pgettext": (2, True),
    "pgettext_lazy": (2, True),
    "npgettext": (3, True),
    "npgettext_lazy": (3, True),
}
_IN_TEMPLATE = re.compile(r" ((?:npgettext|pgettext|ngettext|gettext|_)\()")


class NoText(ValueError):
    """Something marked for translation that is not a plain text; the message says where."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text where it stands; `place` is a file below `nightlight/`, with `::Name` for the outermost class or name."""

    key: Key
    plural: str
    place: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What `texts.toml` says: patterns of places by part, data files with the keys of their texts, and the texts of
    Django's own that our public pages show."""

    places: dict[str, list[str]]
    data: list[dict[str, Any]] = field(default_factory=list)
    django: list[str] = field(default_factory=list)

    def parts(self, place: str) -> set[str]:
        """Who meets the texts of a place."""
        names = {place, place.partition("::")[0]}
        held = {part for part in PARTS if any(_fits(names, each) for each in self.places.get(part, []))}
        return {"desk"} if "desk" in held or not held else held


@cache
def rules() -> Rules:
    """The rules of `texts.toml`."""
    content = tomllib.loads(Path(__file__).with_name("texts.toml").read_text("utf-8"))
    return Rules(content["places"], content["data"], content["django"]["texts"])


@cache
def texts() -> tuple[Entry, ...]:
    """Every text once, in English, those of young people first, then in the order of the files. Raises NoText."""
    held: dict[Key, Entry] = {}
    for found in _everywhere():
        parts, file = rules().parts(found.place), found.place.partition("::")[0]
        before = held.get(found.key) or Entry(found.key, (found.key.text,), found.plural)
        held[found.key] = replace(
            before,
            plural=before.plural or found.plural,
            parts=tuple(part for part in PARTS if part in parts | set(before.parts)),
            files=before.files if file in before.files else (*before.files, file),
        )
    return tuple(sorted(held.values(), key=lambda entry: PARTS.index(entry.parts[0])))


def merged(language: str, old: dict[Key, Entry]) -> list[Entry]:
    """The catalogue of a language brought up to date: new texts are empty, unused ones gone, nothing is guessed. A
    language without the desk has no texts that only the desk shows."""
    forms, found, holds = PLURALS[language][0], [], set(tongues()[language].holds)
    for entry in (each for each in texts() if holds & set(each.parts)):
        count = forms if entry.plural else 1
        said = old[entry.key].said if entry.key in old else ()
        said = said if any(said) else _django_says(language, entry)
        said = said if len(said) == count else ("",) * count
        notes = old[entry.key].notes if entry.key in old else ()
        found.append(replace(entry, said=said, notes=notes))
    return found


def in_template(source: str, place: str) -> Iterator[Found]:
    """The texts of a template."""
    plain = templatize(source)
    for match in _IN_TEMPLATE.finditer(plain):
        name = match[1][:-1]
        call = _call(plain[match.start() + 1 :], place)
        yield _found("gettext" if name == "_" else name, call, place)


def in_code(source: str, place: str) -> Iterator[Found]:
    """The texts of a module: calls of Django's translation functions under whatever name they are imported."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in CALLS
    }
    for top in tree.body:
        inside = _named(place, top)
        for node in ast.walk(top) if names else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                if node.args and isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript):
                    continue  # a text marked elsewhere, such as in a data file
                yield _found(names[node.func.id], node, inside)


def in_data(content: Any, keys: Iterable[str], place: str) -> Iterator[Found]:
    """The texts of a data file at these keys, dotted; a list is gone through, `*` stands for every key of a table."""
    for key in keys:
        for text in _at(content, key.split(".")):
            yield Found(Key(text), "", place)


def _everywhere() -> Iterator[Found]:
    for file in sorted(ROOMS.rglob("*")):
        place = file.relative_to(ROOMS).as_posix()
        if file.suffix == ".py" and "/migrations/" not in place:
            yield from in_code(file.read_text("utf-8"), place)
        elif file.suffix in (".html", ".txt") and "/templates/" in place:
            yield from in_template(file.read_text("utf-8"), place)
    for each in rules().data:
        for file in sorted(ROOMS.glob(each["files"])):
            content = tomllib.loads(file.read_text("utf-8"))
            yield from in_data(content, each["keys"], file.relative_to(ROOMS).as_posix())
    for text in rules().django:
        yield Found(Key(text), "", "django")


def _django_says(language: str, entry: Entry) -> tuple[str, ...]:
    """What Django itself says for a text that we borrow from it."""
    if "django" not in entry.files:
        return ()
    own = gettext.translation("django", DJANGO, [language], fallback=True)
    said = own.gettext(entry.key.text)
    return () if said == entry.key.text else (said.strip(),)


def _call(source: str, place: str) -> ast.Call:
    depth = 0
    for bracket, at in _brackets(source):
        depth += 1 if bracket == "(" else -1
        if depth == 0:
            node = ast.parse(source[: at + 1], mode="eval").body
            if isinstance(node, ast.Call):
                return node
    raise NoText(f"{place}: {source[:60]}")


def _brackets(source: str) -> Iterator[tuple[str, int]]:
    """Brackets that stand outside quotes."""
    for match in re.finditer(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[()]""", source, re.S):
        if match[0] in "()":
            yield match[0], match.start()


def _found(name: str, call: ast.Call, place: str) -> Found:
    count, has_context = CALLS[name]
    try:
        said = [ast.literal_eval(argument) for argument in call.args[:count]]
    except ValueError as error:
        raise NoText(f"{place}: {ast.unparse(call)}") from error
    context = said.pop(0) if has_context else ""
    return Found(Key(said[0], context), said[1] if len(said) > 1 else "", place)


def _named(place: str, node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return f"{place}::{node.name}"
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return f"{place}::{targets[0].id}" if isinstance(targets[0], ast.Name) else place


def _at(content: Any, keys: list[str]) -> Iterator[str]:
    if isinstance(content, list):
        for each in content:
            yield from _at(each, keys)
    elif not keys:
        if isinstance(content, str) and content.strip():
            yield content
    elif isinstance(content, dict):
        for each in content.values() if keys[0] == "*" else [content.get(keys[0])]:
            yield from _at(each, keys[1:])


def _fits(names: set[str], pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def up_to_date(language: str) -> bool:
    """Whether the catalogue of a language is what `merged` would write."""
    old = catalogue.read(language)
    return list(old.values()) == merged(language, old)
