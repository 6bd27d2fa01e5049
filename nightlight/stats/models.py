"""What stats keeps: past reports brought from elsewhere, and the ledger that its figures are sums of."""

from nightlight.stats.edition_models import Edition, Erratum
from nightlight.stats.ledger_models import Change, Counted, Domain, LedgerLock, Mark
from nightlight.stats.past_models import PastLine

__all__ = ["Change", "Counted", "Domain", "Edition", "Erratum", "LedgerLock", "Mark", "PastLine"]
