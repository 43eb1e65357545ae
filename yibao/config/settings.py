"""Settings of every deployment: all differences come from the environment.

The variables, all optional for a local run, are listed in README.md.
"""

import ipaddress
import os
import secrets
import sys
from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from yibao.config import environment as env

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.text("YIBAO_DATA_DIR") or BASE_DIR / "var").resolve()
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    env.refuse("YIBAO_DATA_DIR", f"is not a folder that can be made: {error.strerror}.")
if not os.access(DATA_DIR, os.W_OK | os.X_OK):
    env.refuse("YIBAO_DATA_DIR", f"is a folder that cannot be written: {DATA_DIR}.")

# Who runs the site. Without a name every page says that this is a demonstration.
OPERATOR = env.text("YIBAO_OPERATOR")
if len(OPERATOR) > 60:
    env.refuse("YIBAO_OPERATOR", "must be at most 60 signs long.")

DEBUG = env.flag("DEBUG", default=False)
if DEBUG and OPERATOR:
    env.refuse("DEBUG", "must be off when YIBAO_OPERATOR names the bureau that runs the site.")


def _secret_key() -> str:
    """The key from the environment; a demonstration keeps one of its own in the data folder."""
    if key := env.text("SECRET_KEY"):
        if len(key) < 50 or len(set(key)) < 5:
            env.refuse("SECRET_KEY", "must have at least 50 signs, 5 of them different.")
        return key
    if OPERATOR:
        env.refuse("SECRET_KEY", "must be set when YIBAO_OPERATOR names an operator.")
    path = DATA_DIR / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = _secret_key()
# Secrets that encrypt and sign what is stored, newest first; all but the first only read.
KEYS = env.words("YIBAO_KEYS", (SECRET_KEY,))
if any(len(key) < 32 for key in KEYS):
    env.refuse("YIBAO_KEYS", "must be a list of secrets of at least 32 signs each.")

# --- addresses and transport -------------------------------------------------------------
# Behind a proxy that speaks TLS: its X-Forwarded-Proto and X-Forwarded-For are believed.
BEHIND_PROXY = env.flag("YIBAO_BEHIND_PROXY", default=False)
SECURE = env.flag("YIBAO_SECURE", default=BEHIND_PROXY)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", () if OPERATOR else ("localhost", "127.0.0.1", "[::1]"))
if OPERATOR and not ALLOWED_HOSTS:
    env.refuse("ALLOWED_HOSTS", "must name the site's host when YIBAO_OPERATOR is set.")
if "*" in ALLOWED_HOSTS:
    env.refuse("ALLOWED_HOSTS", "must name hosts; '*' would accept any.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if SECURE else []
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "yibao.core.error_pages.csrf_failure"
SESSION_COOKIE_AGE = 24 * 60 * 60  # staff sessions end earlier, see STAFF_SESSION_HOURS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
try:
    METRICS_ALLOWED = tuple(
        ipaddress.ip_network(word)
        for word in env.words("YIBAO_METRICS_ALLOWED", ("127.0.0.1", "::1"))
    )
except ValueError as error:
    env.refuse("YIBAO_METRICS_ALLOWED", f"must be a list of addresses or networks: {error}.")

# --- applications ------------------------------------------------------------------------
INSTALLED_APPS = [
    "yibao.accounts.panel.StaffPanelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "crispy_forms",
    "yibao.core",
    "yibao.audit",
    "yibao.sources",
    "yibao.regions",
    "yibao.accounts",
    "yibao.policies",
    "yibao.institutions",
    "yibao.eligibility",
    "yibao.estimates",
    "yibao.guides",
    "yibao.diagnosis",
    "yibao.deadlines",
    "yibao.cases",
    "yibao.filings",
    "yibao.lookups",
    "yibao.claims",
]
MIDDLEWARE = [
    "yibao.core.middleware.MetricsMiddleware",
    "yibao.audit.origin.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yibao.accounts.middleware.SessionLimitsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yibao.core.middleware.PageHeadersMiddleware",
    "yibao.policies.middleware.DueMiddleware",
    "yibao.policies.preview.middleware.PreviewMiddleware",
    "yibao.core.language.LanguageMiddleware",
]
ROOT_URLCONF = "yibao.config.urls"
WSGI_APPLICATION = "yibao.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yibao.core.context_processors.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("yibao",)
CRISPY_TEMPLATE_PACK = "yibao"
# The commands that `manage.py setup` runs after `migrate`, in this order.
SETUP_COMMANDS: tuple[str, ...] = (
    "create_roles",
    "load_regions",
    "load_sources",
    "load_policies",
    "load_golden_cases",
    "load_institutions",
    "load_guides",
)
if not OPERATOR:
    SETUP_COMMANDS = (*SETUP_COMMANDS, "create_demo_staff")

# --- data --------------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL")
    or {"ENGINE": "yibao.core.sqlite", "NAME": DATA_DIR / "yibao.sqlite3"}
}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
CACHES = {
    "default": env.cache("CACHE_URL")
    or {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "yibao.accounts.passwords.GuessableValidator"})
# Staff sign in with a code of their phone too; only a demonstration may do without.
SECOND_FACTOR_REQUIRED = env.flag("YIBAO_SECOND_FACTOR", default=bool(OPERATOR))
if OPERATOR and not SECOND_FACTOR_REQUIRED:
    env.refuse("YIBAO_SECOND_FACTOR", "must not be off when YIBAO_OPERATOR is set.")
# Long enough to fill in a form, short enough for a desk in a hall that somebody left.
STAFF_IDLE_MINUTES = env.number("YIBAO_STAFF_IDLE_MINUTES", default=30, least=5, most=120)
STAFF_SESSION_HOURS = env.number("YIBAO_STAFF_SESSION_HOURS", default=8, least=1, most=24)
# An account that nobody used for so long is closed until an administrator opens it again.
STAFF_UNUSED_DAYS = env.number("YIBAO_STAFF_UNUSED_DAYS", default=90, least=30, most=730)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# --- periods that neither law nor a source gives; staff see them ------------------------------
# What a law leaves to the bureau (decisions.md 19), in days, years, fen.
DRAFT_DAYS = env.number("YIBAO_DRAFT_DAYS", default=30, least=1, most=365)
REFUSED_UPLOAD_DAYS = env.number("YIBAO_REFUSED_UPLOAD_DAYS", default=90, least=60, most=3650)
CASE_YEARS = env.number("YIBAO_CASE_YEARS", default=10, least=2, most=50)
OBJECTION_DAYS = env.number("YIBAO_OBJECTION_DAYS", default=60, least=1, most=365)
SECOND_OFFICER_FEN = 100 * env.number(
    "YIBAO_SECOND_OFFICER_YUAN", default=30_000, least=0, most=10_000_000
)
# Days after which a clause has to be compared with its document again, by how it was read.
REVIEW_INTERVAL_DAYS = {"official": 365, "other": 180}
# Days after which the text of a guide has to be compared with its sources again.
GUIDE_REVIEW_DAYS = 180

# --- language, time, static files ----------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "yibao" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "files"

# --- messages ------------------------------------------------------------------------------
# Where people find the site, for messages and printed forms: https://host, without a path.
PUBLIC_ADDRESS = env.url("YIBAO_ADDRESS", schemes=("http", "https")).rstrip("/")
DEFAULT_FROM_EMAIL = env.text("YIBAO_MAIL_FROM", "yibao@localhost")
MAILERS = {"default": env.mailer("YIBAO_MAIL_URL")}
# A console only prints, with the recipient masked: right for a demonstration alone.
_CONSOLE = "yibao.cases.message_ports.ConsolePort"
MESSAGE_PORTS = {
    "email": "yibao.cases.message_ports.MailPort" if env.text("YIBAO_MAIL_URL") else _CONSOLE,
    "sms": env.text("YIBAO_SMS_PORT", _CONSOLE),
}

# Imports, replays and messages are worked on by processes that the server starts; off where
# the commands run with `--watch` beside it.
JOB_WORKER = env.flag("YIBAO_JOB_WORKER", default=True)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
