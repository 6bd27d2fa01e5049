"""Catalogues of texts: `.po` as people read them, `.mo` as programs do. Needs no tool beside Python.

Formats: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html and .../MO-Files.html
"""

import ast
import hashlib
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nightlight.server.speech.plurals import PLURALS

LOCALE = Path(__file__).parent.parent / "locale"
BETWEEN = "\x04"  # context and text, in .mo
_KEYWORD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d)\])?)\s+(".*")')


class BadCatalogue(ValueError):
    """A .po file that can't be read; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a text is found by: its English words, and a context where the same words mean two things."""

    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A text in a language: `said` has one string, or one for each plural form; empty strings are missing.

    `parts` and `files` say who meets it and where it stands.
    """

    key: Key
    said: tuple[str, ...]
    plural: str = ""
    parts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every form is said."""
        return all(self.said)


def path(language: str, suffix: str = "po") -> Path:
    """Where the catalogue of a language is."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{suffix}"


def read(language: str) -> dict[Key, Entry]:
    """The catalogue of a language, without its header; empty if there is none. Raises BadCatalogue."""
    file = path(language)
    if not file.exists():
        return {}
    entries = {entry.key: entry for entry in _entries(file)}
    entries.pop(Key(""), None)
    return entries


def write(language: str, entries: Iterable[Entry]) -> None:
    """Writes `.po` and `.mo`, the same for the same entries."""
    file = path(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    held = list(entries)
    file.write_text("\n".join([_header(language), *(_written(entry) for entry in held)]), "utf-8")
    path(language, "mo").write_bytes(compiled(language, held))


def compiled(language: str, entries: Iterable[Entry]) -> bytes:
    """The `.mo` of these entries: only those that are said in full."""
    pairs = {"": f"Content-Type: text/plain; charset=UTF-8\nLanguage: {language}\n{_plural_line(language)}\n"}
    for entry in entries:
        if entry.complete:
            key = f"{entry.key.context}{BETWEEN}" if entry.key.context else ""
            key += entry.key.text + (f"\x00{entry.plural}" if entry.plural else "")
            pairs[key] = "\x00".join(entry.said)
    rows = sorted((key.encode(), value.encode()) for key, value in pairs.items())
    texts, offsets, at = b"", [], 28 + 16 * len(rows)
    for column in (0, 1):
        for row in rows:
            offsets.append((len(row[column]), at + len(texts)))
            texts += row[column] + b"\x00"
    table = b"".join(struct.pack("<II", *pair) for pair in offsets)
    count = len(rows)
    return struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count) + table + texts


def digest(entries: Iterable[Entry], part: str) -> str:
    """What a reviewer signs: SHA-256 over the texts of a part, English and translated; any change changes it."""
    lines = sorted(
        repr((entry.key.context, entry.key.text, entry.plural, entry.said))
        for entry in entries
        if part in entry.parts
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _entries(file: Path) -> Iterator[Entry]:
    fields: dict[str, str] = {}
    notes: list[str] = []
    parts: list[str] = []
    files: list[str] = []
    last = ""
    for number, line in enumerate([*file.read_text("utf-8").splitlines(), ""], 1):
        if line.startswith("#."):
            parts += [word.strip(",") for word in line[2:].split()]
        elif line.startswith("#:"):
            files += line[2:].split()
        elif line.startswith("# "):
            notes.append(line[2:])
        elif line.startswith("#"):
            pass
        elif found := _KEYWORD.fullmatch(line.strip()):
            last = found[1]
            fields[last] = ast.literal_eval(found[3])
        elif line.startswith('"') and last:
            fields[last] += ast.literal_eval(line)
        elif line.strip():
            raise BadCatalogue(f"{file}:{number}: this line can't be read")
        elif "msgid" in fields:
            said = tuple(fields[name] for name in sorted(fields) if name.startswith("msgstr"))
            key = Key(fields["msgid"], fields.get("msgctxt", ""))
            yield Entry(key, said, fields.get("msgid_plural", ""), tuple(parts), tuple(files), tuple(notes))
            fields, notes, parts, files, last = {}, [], [], [], ""


def _written(entry: Entry) -> str:
    lines = [f"# {note}" for note in entry.notes]
    lines += [f"#. {', '.join(entry.parts)}"] if entry.parts else []
    lines += [f"#: {' '.join(entry.files)}"] if entry.files else []
    lines += ["#, python-format"] if "%(" in entry.key.text else []
    lines += [_line("msgctxt", entry.key.context)] if entry.key.context else []
    lines += [_line("msgid", entry.key.text)]
    if entry.plural:
        lines += [_line("msgid_plural", entry.plural)]
        lines += [_line(f"msgstr[{n}]", said) for n, said in enumerate(entry.said)]
    else:
        lines += [_line("msgstr", entry.said[0])]
    return "\n".join(lines) + "\n"


def _header(language: str) -> str:
    said = [
        "Content-Type: text/plain; charset=UTF-8\\n",
        "Content-Transfer-Encoding: 8bit\\n",
        f"Language: {language}\\n",
        f"{_plural_line(language)}\\n",
    ]
    return "\n".join(['msgid ""', 'msgstr ""', *(f'"{line}"' for line in said)]) + "\n"


def _plural_line(language: str) -> str:
    count, rule = PLURALS[language]
    return f"Plural-Forms: nplurals={count}; plural=({rule});"


def _line(keyword: str, said: str) -> str:
    escaped = said.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
    return f'{keyword} "{escaped}"'
