"""The demonstration history of 2019 and 2020: half a million past reports, none of which ever happened.

How many there are of what is chosen so that what a hotline published of these years comes out by counting; nothing
that counts knows these figures. The seed is fixed: every run gives the same lines. All hosts are reserved names
(RFC 2606), every digest is random.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

SEED = 2019
# Each month: reports of the public, and addresses confirmed.
MONTHS: dict[tuple[int, int], tuple[int, int]] = {
    (2019, 1): (8_310, 10_420),
    (2019, 2): (7_940, 9_870),
    (2019, 3): (8_620, 11_050),
    (2019, 4): (8_480, 10_730),
    (2019, 5): (8_890, 11_240),
    (2019, 6): (8_560, 10_960),
    (2019, 7): (9_020, 11_370),
    (2019, 8): (9_240, 11_180),
    (2019, 9): (10_000, 11_810),
    (2019, 10): (9_710, 11_940),
    (2019, 11): (9_350, 11_420),
    (2019, 12): (8_450, 10_740),
    (2020, 1): (9_180, 12_300),
    (2020, 2): (9_060, 11_900),
    (2020, 3): (10_340, 12_450),
    (2020, 4): (11_270, 12_200),
    (2020, 5): (11_830, 12_950),
    (2020, 6): (12_150, 13_200),
    (2020, 7): (12_740, 12_600),
    (2020, 8): (13_280, 12_450),
    (2020, 9): (15_000, 13_150),
    (2020, 10): (14_310, 12_700),
    (2020, 11): (13_620, 12_100),
    (2020, 12): (12_480, 15_383),
}
RIGHT = 0.27  # of the reports of the public, those that were confirmed
ARRESTS, SAFEGUARDED = 700, 900  # a month, about

Shares = Sequence[tuple[str, int]]

_WRONG: Shares = [
    ("not_illegal", 48),
    ("duplicate", 22),
    ("not_found", 17),
    ("out_of_remit", 9),
    ("cannot_assess", 4),
]
_OTHERS: Shares = [("proactive", 82), ("hotline", 9), ("police", 4), ("member", 4), ("young_person", 1)]
_COUNTRIES: Shares = [
    ("NL", 70),
    ("US", 8),
    ("SK", 4),
    ("FR", 3),
    ("RU", 3),
    ("LV", 2),
    ("DE", 2),
    ("CA", 2),
    ("SE", 1),
    ("LU", 1),
    ("RO", 1),
    ("GB", 1),
    ("onion", 1),
]
_SITES: Shares = [
    ("image_host", 78),
    ("file_host", 8),
    ("banner_site", 3),
    ("website", 3),
    ("image_store", 2),
    ("forum", 2),
    ("blog", 1),
    ("link_site", 1),
    ("image_board", 1),
    ("social_network", 1),
]
_ALONE: dict[str, Shares] = {
    "age": [("0-2", 0), ("3-6", 1), ("7-10", 14), ("11-13", 79), ("14-15", 5), ("16-17", 1)],
    "sex": [("girls", 94), ("boys", 4), ("both", 2)],
    "severity": [("A", 18), ("B", 22), ("C", 60)],
    "made_by": [("child_alone_directed", 58), ("child_alone_unclear", 37), ("children_together", 5)],
}
_OTHERWISE: dict[str, Shares] = {
    "age": [("0-2", 2), ("3-6", 12), ("7-10", 45), ("11-13", 35), ("14-15", 3), ("16-17", 1), ("unknown", 2)],
    "sex": [("girls", 90), ("boys", 5), ("both", 4), ("unidentified", 1)],
    "severity": [("A", 20), ("B", 21), ("C", 58), ("prohibited", 1)],
    "made_by": [("adult_present", 93), ("unknown", 6), ("synthetic", 1)],
}


def lines() -> Iterator[str]:
    """Every line, month by month."""
    random = Random(SEED)
    number = 0
    known: list[str] = []
    for (year, month), (public, confirmed) in MONTHS.items():
        rows = _month(random, year, month, public, confirmed, known)
        known = [row["url"] for row in rows if row.get("outcome") == "confirmed"]
        for row in rows:
            number += 1
            yield json.dumps({"id": f"{year}-{number:06d}", **row}, separators=(",", ":"))


def _month(
    random: Random, year: int, month: int, public: int, confirmed: int, known: Sequence[str]
) -> list[dict[str, Any]]:
    first = datetime(year, month, 1, tzinfo=UTC)
    last = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - timedelta(minutes=1)
    right = round(public * RIGHT)
    sources = ["public"] * right + _drawn(random, _OTHERS, confirmed - right)
    alone = _alone(year, month)
    flags = [True] * alone + [False] * (confirmed - alone)
    random.shuffle(flags)
    rows = [_confirmed(random, first, last, *each) for each in zip(sources, flags, strict=True)]
    _follow_up(random, rows, last)
    repeated = [*known, *(row["url"] for row in rows)]
    rows += [
        _other(random, first, last, outcome, repeated) for outcome in _drawn(random, _WRONG, public - right)
    ]
    rows.sort(key=lambda row: row["received_at"])
    return rows


def _alone(year: int, month: int) -> int:
    """Of the confirmed of a month, how many show a child alone; over a half-year or year the shares are exact."""
    share = {2019: 0.29, 2020: 0.44 if month <= 6 else 0.46}[year]
    begins = 7 if year == 2020 and month > 6 else 1
    before = sum(MONTHS[year, earlier][1] for earlier in range(begins, month))
    return round(share * (before + MONTHS[year, month][1])) - round(share * before)


def _confirmed(random: Random, first: datetime, last: datetime, source: str, alone: bool) -> dict[str, Any]:
    received, assessed = _moments(random, first, last)
    noticed = assessed + timedelta(minutes=random.randint(2, 300))
    removed = noticed + timedelta(hours=random.lognormvariate(2.6, 1.3))
    shares = _ALONE if alone else _OTHERWISE
    row: dict[str, Any] = {
        "received_at": _text(received),
        "source": source,
        "kind": "material",
        "unit": "url",
        "url": _address(random),
        "channel": "web_page",
        "assessed_at": _text(assessed),
        "outcome": "confirmed",
        **{name: _one(random, some) for name, some in shares.items()},
        "self_generated": alone,
        "live_stream": alone and random.random() < 0.2,
        "ai_generated": False,
        "commercial": not alone and random.random() < 0.12,
        "site_type": _one(random, _SITES),
        "country": _one(random, _COUNTRIES),
        "first_notice_at": _text(noticed),
    }
    if random.random() < 0.97:
        row["removed_at"] = _text(removed)
    if random.random() < 0.05:
        row["media"] = [
            {"sha256": f"{random.getrandbits(256):064x}", "pdq": f"{random.getrandbits(256):064x}"}
        ]
    return row


def _other(
    random: Random, first: datetime, last: datetime, outcome: str, repeated: Sequence[str]
) -> dict[str, Any]:
    received, assessed = _moments(random, first, last)
    return {
        "received_at": _text(received),
        "source": "public",
        "kind": "material",
        "unit": "url",
        "url": random.choice(repeated) if outcome == "duplicate" else _address(random),
        "channel": "web_page",
        "assessed_at": _text(assessed),
        "outcome": outcome,
    }


def _follow_up(random: Random, rows: Sequence[dict[str, Any]], last: datetime) -> None:
    """What police and child protection answered within the month."""
    wanted = {
        "arrest": round(ARRESTS * random.uniform(0.55, 0.62)),
        "voluntary_attendance": round(ARRESTS * random.uniform(0.39, 0.44)),
        "child_safeguarded": round(SAFEGUARDED * random.uniform(0.97, 1.04)),
        "child_identified": round(SAFEGUARDED * random.uniform(0.3, 0.35)),
        "search": round(ARRESTS * random.uniform(0.5, 0.6)),
    }
    for what, total in wanted.items():
        while total:
            row = random.choice(rows)
            count = min(total, random.choice((1, 1, 1, 2, 3)) if what.startswith("child") else 1)
            assessed = datetime.fromisoformat(row["assessed_at"])
            row.setdefault("referred_at", _text(assessed + timedelta(hours=random.randint(1, 48))))
            day = min(assessed + timedelta(days=random.randint(1, 20)), last).date()
            row.setdefault("outcomes", []).append({"day": day.isoformat(), "what": what, "count": count})
            total -= count


def _moments(random: Random, first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Received and assessed, both within the month."""
    received = first + (last - first) * random.random()
    return received, min(received + timedelta(minutes=random.randint(5, 2880)), last)


def _address(random: Random) -> str:
    host = f"site{random.randrange(5_600)}"
    return f"https://{host}.{random.choice(('example', 'test'))}/{random.getrandbits(56):014x}"


def _one(random: Random, shares: Shares) -> str:
    return _drawn(random, shares, 1)[0]


def _drawn(random: Random, shares: Shares, count: int) -> list[str]:
    weights = list(accumulate(weight for _name, weight in shares))
    return random.choices([name for name, _weight in shares], cum_weights=weights, k=count)


def _text(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
