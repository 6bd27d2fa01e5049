"""The charsets a page may name, and no others: those of the WHATWG Encoding standard, by Python's names for them.

Python knows more, and a stranger must not choose among them: `utf-7` and `unicode_escape` give halves of characters
that nothing can write down again, so that one header would keep every look at a page from ending; `punycode` takes
minutes for a megabyte.
"""

import codecs

# https://encoding.spec.whatwg.org/#names-and-labels; x-user-defined and replacement are read as UTF-8.
_ENCODINGS = (
    *(
        "utf-8",
        "ibm866",
        "koi8-r",
        "koi8-u",
        "macintosh",
        "mac-cyrillic",
        "gbk",
        "gb18030",
        "big5",
        "big5hkscs",
    ),
    *("euc-jp", "iso-2022-jp", "shift_jis", "cp932", "euc-kr", "cp949", "utf-16", "utf-16-be", "utf-16-le"),
    *("ascii", "gb2312", "tis-620", *(f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17)))),
    *("cp874", *(f"windows-{page}" for page in range(1250, 1259))),
)


def _python_name(label: str) -> str | None:
    try:
        return codecs.lookup(label).name
    except (LookupError, ValueError):
        return None


_KNOWN = frozenset(name for label in _ENCODINGS if (name := _python_name(label)))


def decode(body: bytes, label: str) -> str:
    """The text of `body` in the charset of this label; as UTF-8 where pages can't be in it. Never raises, takes time
    that grows with the length, and gives no half of a character.

    >>> decode("Größe".encode("latin-1"), "ISO-8859-1"), decode(b"+2AA-", "utf-7")
    ('Größe', '+2AA-')
    """
    name = _python_name(label)
    return body.decode(name if name in _KNOWN else "utf-8", "replace")
