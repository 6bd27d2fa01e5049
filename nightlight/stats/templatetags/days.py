"""`{{ edition.as_of|day }}`: a day as the reader's language writes it."""

from datetime import date

from django import template

from nightlight.stats import words

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """Empty without a day."""
    return words.day(value) if value else ""
