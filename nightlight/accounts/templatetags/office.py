"""Small words for the pages of the office."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(table: Mapping[Any, Any], key: Any) -> Any:
    """What a table holds for a key; an actor without a name is shown as the log has it."""
    return table.get(key, key if isinstance(key, str) else "")
