"""Unique domains and their endings (T15), from the ledger, in which each domain has a number.

Of cases of our own only: what an imported line is about is sealed whole.
"""

from collections import Counter

from nightlight.stats import measures
from nightlight.stats.books import Books, Rows

TOP = 10
REST = "other"


def endings(books: Books) -> Rows:
    """The commonest endings of confirmed pages, with how many pages and how many different domains."""
    pages: Counter[str] = Counter()
    domains: Counter[str] = Counter()
    for (tld, _number, _c), n in books.sums("domain").items():
        pages[tld] += n
        domains[tld] += 1
    ranked = sorted(pages, key=lambda tld: (-pages[tld], tld))
    rows = [(tld or "none", domains[tld], pages[tld]) for tld in ranked[:TOP]]
    if rest := ranked[TOP:]:
        rows.append((REST, sum(domains[tld] for tld in rest), sum(pages[tld] for tld in rest)))
    return [
        {"tld": tld, "domains": different, "count": n, "share": measures.share(n, pages.total())}
        for tld, different, n in rows
    ]
