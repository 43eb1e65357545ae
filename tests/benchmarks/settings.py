"""The real settings, with an empty view beside the site's own."""

from yibao.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
