"""Settings of Romsai: one page, everything that differs between sites comes from the environment or `var/`."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ROMSAI_VAR", BASE_DIR / "var"))
MODE = os.environ.get("ROMSAI_MODE", "demo")
assert MODE in ("demo", "production", "test"), f"ROMSAI_MODE must be demo, production or test, not {MODE!r}"
DEBUG = False
COUNTRY = os.environ.get("ROMSAI_COUNTRY", "demo")
KEYS_SOCKET = os.environ.get("ROMSAI_KEYS_SOCKET", str(VAR / "run" / "keys.sock"))


def _secret(name):
    """A secret kept by the launcher under var/secrets; without it only commands that need no secret work."""
    path = VAR / "secrets" / name
    return path.read_text().strip() if path.exists() else f"missing-{name}"


SECRET_KEY = _secret("django_key")
SECRET_KEY_FALLBACKS = [k for k in [_secret("django_key_old")] if not k.startswith("missing-")]
ALLOWED_HOSTS = os.environ.get("ROMSAI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")


def _database(url, **options):
    part = conninfo_to_dict(url)
    known = {"dbname", "user", "password", "host", "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": part.get("dbname", "romsai"),
        "USER": part.get("user", ""),
        "PASSWORD": part.get("password", ""),
        "HOST": part.get("host", ""),
        "PORT": str(part.get("port", "")),
        "OPTIONS": {
            # Stacked statements are refused only with server-side binding (security notes 3.4-12).
            "server_side_binding": True,
            **{k: v for k, v in part.items() if k not in known},
            **options,
        },
        "CONN_MAX_AGE": 0,
        "TEST": {"MIGRATE": False},
    }


AS_OWNER = os.environ.get("ROMSAI_DB_AS") == "owner"
_LOGIN = os.environ.get("ROMSAI_DB_URL", "postgresql://romsai_login@localhost/romsai")
# Tests point one process at several databases in turn; the web server that they start keeps its connections as any other does.
_pools = not AS_OWNER and (MODE != "test" or os.environ.get("ROMSAI_DB_AS") == "web")
# To plan a question with all the row policies takes longer than to answer it: a connection that is kept keeps its plans, too.
_pool = {"pool": {"min_size": 1, "max_size": 10, "timeout": 10}, "prepare_threshold": 3} if _pools else {}
DATABASES = {
    "default": _database(os.environ.get("ROMSAI_OWNER_URL", _LOGIN) if AS_OWNER else _LOGIN, **_pool),
}
if not AS_OWNER:
    # Refused attempts are written here: the request's own transaction is rolled back.
    DATABASES["refusals"] = _database(_LOGIN, **_pool) | {"TEST": {"MIRROR": "default"}}

# The worker fetches jobs as the system; what a job does is done as the login, under a context of its own.
PROCRASTINATE_DATABASE_ALIAS = "jobs" if os.environ.get("ROMSAI_DB_AS") == "worker" else "default"
if PROCRASTINATE_DATABASE_ALIAS == "jobs":
    DATABASES["jobs"] = _database(_LOGIN, options="-c role=romsai_system")

INSTALLED_APPS = [
    "romsai.core",
    "romsai.places",
    "romsai.people",
    "romsai.questionnaires",
    "romsai.cases",
    "romsai.care",
    "romsai.exchange",
    "romsai.workforce",
    "romsai.papers",
    "romsai.retention",
    "romsai.tracing",
    "romsai.web",
    "romsai.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "romsai.core.middleware.sign_in_phase",  # opens the transaction as romsai_auth
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "romsai.core.middleware.scope_phase",  # the worker's scope role, signed context, audit of reads
]

ROOT_URLCONF = "romsai.urls"
WSGI_APPLICATION = "romsai.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "romsai" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "romsai.web.context.site",
            ],
        },
    },
]

AUTH_USER_MODEL = "places.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"] if MODE == "test" else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},  # ASVS 6.2: length, no composition rule
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "romsai.places.sign_in.AccountAdapter"  # no self-registration: an administrator adds workers
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "30/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MODE != "production"
MFA_TOTP_ISSUER = "Romsai"
MFA_ADAPTER = "romsai.places.sign_in.SecondFactor"  # seals the shared secrets of authenticator apps
MFA_REQUIRED = MODE == "production"
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"

# Letters: smtp://user:password@host:587 (STARTTLS) or smtps://…:465. Without it nothing is sent, and the pages say whom to ask.
_mail = urlsplit(os.environ.get("ROMSAI_MAIL_URL", ""))
MAIL = bool(_mail.hostname)
assert not MAIL or _mail.scheme in ("smtp", "smtps"), "ROMSAI_MAIL_URL must begin with smtp:// or smtps://"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or (465 if _mail.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("ROMSAI_MAIL_FROM", EMAIL_HOST_USER)
# Where a link in a letter leads: never what the request said, which anybody may write.
ADDRESS = os.environ.get("ROMSAI_ADDRESS", "").rstrip("/")
assert not MAIL or ADDRESS, "ROMSAI_MAIL_URL needs ROMSAI_ADDRESS, where people reach this Romsai: https://romsai.example.org"

SESSION_ENGINE = "romsai.core.sessions"  # hashed keys
SESSION_COOKIE_AGE = 20 * 60  # idle, because romsai.core.middleware writes a session in use each minute
SESSION_ABSOLUTE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
_https = MODE == "production"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "romsai_session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "romsai_csrf"
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("ROMSAI_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
# Nothing to any other site. Not "no-referrer": with it browsers send forms with "Origin: null", which Django rightly refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "romsai.web.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
PERMISSIONS_POLICY = {name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")}

CACHES = {
    # Rate limits must be shared by all web processes.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"},
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("th", "ไทย"), ("lo", "ລາວ")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "romsai" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("ROMSAI_TIME_ZONE", "Asia/Bangkok")

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test" or AS_OWNER
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = ["romsai.core.uploads.InMemory"]
LEDGER = VAR / "ledger"  # what was erased, outside the database: see romsai/retention/ledger.py
MESSAGES = os.environ.get("ROMSAI_MESSAGES", "file" if MODE == "demo" else "mail" if MAIL else "none")  # see romsai/workforce/gateway.py
assert MESSAGES != "mail" or MAIL, "ROMSAI_MESSAGES=mail needs a mail server: set ROMSAI_MAIL_URL"
CLAMAV = os.environ.get("ROMSAI_CLAMAV", "")  # socket of the office's virus scanner, or host:port; see romsai/papers/scanner.py

WEBHOOKS_INSIDE = False  # a test may send to this machine; no other mode does (romsai/api/addresses.py)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "romsai.core.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "romsai": {"level": "INFO"},
        # Django would log whole requests and, on errors, local variables: neither may leave the process.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"] if not _https else []
TEST_RUNNER = "django.test.runner.DiscoverRunner"
