"""How allauth behaves here: nobody signs up, and what opens the second factor is sealed in the database."""

from base64 import b64decode, b64encode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from nightlight.accounts import caller
from nightlight.vault import seal, unseal
from nightlight.work.home import ring


class ClosedDoor(DefaultAccountAdapter):
    """Refuses sign-up: people are added by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether signing in may lead there: only to a place on this site, which no `next` of ours ever leaves."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        # Behind a proxy of our own the limits must count callers, or one stranger's guesses would lock out everybody.
        return str(caller.address(request) or super().get_client_ip(request))


class SealedFactor(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes sealed: a dump of the database opens no account."""

    def encrypt(self, text: str) -> str:
        sealed = seal(ring(), text, table="mfa_authenticator", column="data", row="")
        return b64encode(sealed).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        sealed = b64decode(encrypted_text)
        return unseal(ring(), sealed, table="mfa_authenticator", column="data", row="")

    def get_totp_issuer(self) -> str:
        return str(settings.NIGHTLIGHT.name)

    def build_totp_svg(self, url: str) -> str:
        # Without its XML declaration, because it stands inside the page (the policy allows no data: image), and on
        # white, because cameras read no square on a dark page.
        svg: str = super().build_totp_svg(url)
        opening, rest = svg[svg.index("<svg") :].split(">", 1)
        return f'{opening}><rect width="100%" height="100%" fill="#fff"/>{rest}'
