"""The WSGI application, for a server in front of several web processes."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nightlight.server.settings")
application = get_wsgi_application()
