"""How allauth behaves here: nobody signs up, people are added by an administrator."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):
    """Refuses sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
