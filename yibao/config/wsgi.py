"""WSGI entry point: `gunicorn yibao.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yibao.config.settings")

application = get_wsgi_application()
