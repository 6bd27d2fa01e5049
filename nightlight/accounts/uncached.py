"""Nothing under /desk/ is kept by a cache: also not what was refused, not found or asked in a wrong way, which no
guard of a view sees (`access.py` covers what views answer)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

DESK = "/desk/"


def nothing_cached(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware; stands outside all that may answer."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith(DESK):
            add_never_cache_headers(response)
        return response

    return answer
