"""The Django settings, all derived from the home (`config.py`)."""

import secrets

from django.conf.locale import LANG_INFO

from nightlight.server import config
from nightlight.server.speech import tongues
from nightlight.vault import KeyRing

NIGHTLIGHT = config.read()
_keys = NIGHTLIGHT.home / "keys"
NIGHTLIGHT_RING = KeyRing.load(_keys) if _keys.is_dir() else None

SECRET_KEY = NIGHTLIGHT_RING.secret_key if NIGHTLIGHT_RING else secrets.token_urlsafe(48)
DEBUG = False
_host = NIGHTLIGHT.base_host
ALLOWED_HOSTS = [f"[{_host}]" if ":" in _host else _host, "localhost", ".localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += [NIGHTLIGHT.onion_host] if NIGHTLIGHT.onion_host else []
CSRF_TRUSTED_ORIGINS = [NIGHTLIGHT.base_url]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "nightlight.accounts",  # before allauth: its templates take the place of theirs
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "nightlight.work",
    "nightlight.audit",
    "nightlight.casebook",
    "nightlight.intake",
    "nightlight.triage",
    "nightlight.assess",
    "nightlight.takedown",
    "nightlight.referral",
    "nightlight.sharing",
    "nightlight.stats",
    "nightlight.server",
]

MIDDLEWARE = [
    "nightlight.server.logs.Requests",
    "nightlight.server.quiet.Quiet",
    "nightlight.server.problems.ApiProblems",
    "nightlight.accounts.uncached.nothing_cached",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "nightlight.server.languages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "nightlight.server.urls"
WSGI_APPLICATION = "nightlight.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nightlight.server.context.hotline",
            ],
        },
    }
]

DATABASES = {"default": config.database(NIGHTLIGHT.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "nightlight.accounts.adapter.ClosedDoor"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "nightlight.accounts.adapter.SealedFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = NIGHTLIGHT.base_host in ("localhost", "127.0.0.1")

# Sign-in limits, by real time; their counters are in the database, which all processes share (accounts/limits.py).
CACHES = {"default": {"BACKEND": "nightlight.accounts.limits.Limits"}}
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {} if NIGHTLIGHT.limits else False
MFA_RATE_LIMITS: dict[str, str] | bool = {} if NIGHTLIGHT.limits else False

SESSION_ENGINE = "nightlight.accounts.sessions"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
_https = NIGHTLIGHT.base_url.startswith("https://")
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
# Sent over HTTPS only, for this host alone: what stands on the operator's other hosts is not ours to know.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
# no address of ours goes elsewhere; with no-referrer browsers post forms with "Origin: null", which is refused
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
CSRF_FAILURE_VIEW = "nightlight.server.problems.forbidden"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
# Which of them a page speaks: server/languages.py.
LANGUAGES = [(each.code, each.name) for each in tongues.tongues().values()]
LANG_INFO.setdefault("mt", tongues.MALTESE)
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LOGGING_CONFIG = None  # nightlight.server.logs, set up by the command line
