"""What the HTTP server refuses before the application reads it (too long, no HTTP), in the words of the rest."""

import json
from http import HTTPStatus

from waitress.task import ErrorTask

from nightlight.server.problems import MIME


class RefusedUnread(ErrorTask):
    """Under /api/ a problem document (RFC 9457) as for every other error, elsewhere one line of text; the connection
    ends, because what the caller goes on sending is not read."""

    def execute(self) -> None:
        """Answers."""
        code = self.request.error.code
        title = HTTPStatus(code).phrase
        if (getattr(self.request, "path", "") or "").startswith("/api/"):
            kind, body = MIME, json.dumps({"type": "about:blank", "title": title, "status": code})
        else:
            kind, body = "text/plain; charset=utf-8", f"{title}\n"
        self.status = f"{code} {title}"
        self.response_headers += [("Content-Type", kind), ("Cache-Control", "no-store")]
        self.set_close_on_finish()
        self.content_length = len(body)  # type: ignore[assignment]
        self.write(body.encode())  # type: ignore[no-untyped-call]
