"""What keeps a queued notice from leaving, each reason a word that the desk and `doctor` show."""

from collections import Counter
from ipaddress import ip_address

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts import mandate
from nightlight.casebook import texts
from nightlight.takedown import message
from nightlight.takedown.models import Notice, Trace
from nightlight.work.home import is_rehearsal

WHY_NOT: dict[str, Promise] = {
    "closed_no_mandate": _("closed: no mandate to notify"),
    "no_mail_server": _("No mail server is set (NIGHTLIGHT_EMAIL_URL)"),
    "not_loopback": _("A rehearsal mails only servers on this machine"),
    "not_approved": _("Someone must approve it first"),
    "text_incomplete": _("A text it is made of lacks something: see Message texts"),
    "hold": _("Police asked to hold it back"),
    "corrected": _("The decision was corrected before it left"),
    "gone": _("The page was gone before it left"),
    "moved": _("The page moved before it left"),
    "settled": _("The case was settled before it left"),
    "nothing_left": _("No page was left to write about"),
    "retracted": _("Withdrawn"),
    "true_host": _("The true host is told instead"),
}


def why_not(notice: Notice) -> str:
    """The first reason, a key of WHY_NOT, or an empty word if the notice may leave."""
    if not mandate.is_open(mandate.Switch.NOTIFY):
        return "closed_no_mandate"
    if settings.NIGHTLIGHT.mail is None:
        return "no_mail_server"
    if is_rehearsal() and not _is_loopback(settings.NIGHTLIGHT.mail.host):
        return "not_loopback"
    if notice.needs_approval:
        return "not_approved"
    return "text_incomplete" if texts.wording(notice.country).wrong(message.keys(notice)) else ""


def blocked() -> dict[str, int]:
    """How many queued notices, and traces that were not allowed, wait for each reason; for `doctor` and the desk."""
    queued = Notice.objects.filter(state=Notice.State.QUEUED).exclude(why_not="")
    traces = Trace.objects.filter(is_current=True).exclude(why_not="")
    return dict(
        Counter([*queued.values_list("why_not", flat=True), *traces.values_list("why_not", flat=True)])
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
