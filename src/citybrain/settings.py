"""Django settings, all derived from `config.Config` (see docs/settings.md)."""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from citybrain import config as _config
from citybrain import discovery

CITYBRAIN = _config.load()
BASE_DIR = Path(__file__).resolve().parent


def _secret(name: str, given: str = "") -> str:
    """A secret of the installation: the given one, or one made once and kept (mode 0600)."""
    if given:
        return given
    path = CITYBRAIN.data_dir / "keys" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        temporary = path.with_suffix(f".{secrets.token_hex(4)}")
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(48))
        try:
            # A hard link fails when another process was first, so both read the same secret.
            path.hardlink_to(temporary)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text()


def _database() -> dict[str, Any]:
    if not CITYBRAIN.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": CITYBRAIN.data_dir / "citybrain.sqlite3",
            # A file, because Django's default, a shared cache in memory, knows no waiting writers.
            "TEST": {"NAME": str(CITYBRAIN.data_dir / "test.sqlite3")},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; "
                    "PRAGMA mmap_size=268435456;"
                ),
            },
        }
    parts = urlsplit(CITYBRAIN.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Compiling short queries takes longer than running them.
        "OPTIONS": {"options": "-c jit=off"} | dict(parse_qsl(parts.query)),
    }


CITYBRAIN.data_dir.mkdir(parents=True, exist_ok=True)
SECRET_KEY = _secret("secret", CITYBRAIN.secret_key)
DEBUG = CITYBRAIN.debug
ALLOWED_HOSTS = [host.strip() for host in CITYBRAIN.allowed_hosts.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [one.strip() for one in CITYBRAIN.trusted_origins.split(",") if one.strip()]

DOMAINS = [
    "citybrain.domains.catalogue",
    "citybrain.domains.labelling",
    "citybrain.domains.lists",
    "citybrain.domains.registration",
    "citybrain.domains.sensing",
]
"""Every domain app; kernel, console, API and command line find their parts by module name."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "citybrain.kernel",
    "citybrain.gateway",
    "citybrain.ui",
    "citybrain.flows",
    *DOMAINS,
    "citybrain.surfaces.console",
    "citybrain.surfaces.api",
]
MIDDLEWARE = [
    "citybrain.surfaces.console.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "citybrain.surfaces.console.middleware.ChineseFirst",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "citybrain.surfaces.console.middleware.ActingParty",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "citybrain.urls"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "citybrain.surfaces.console.context.shell",
            ]
        },
    }
]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "citybrain.kernel.passwords.MixedCharacters"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CITYBRAIN.secure_cookies
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CITYBRAIN.secure_cookies else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "citybrain.surfaces.console.views.session.locked_out"
AXES_VERBOSE = False

if CITYBRAIN.oidc_issuer:
    INSTALLED_APPS.append("mozilla_django_oidc")
    AUTHENTICATION_BACKENDS.append("citybrain.surfaces.console.oidc.MembersOnly")
    OIDC_RP_CLIENT_ID = CITYBRAIN.oidc_client_id
    OIDC_RP_CLIENT_SECRET = CITYBRAIN.oidc_client_secret
    OIDC_RP_SIGN_ALGO = "RS256"
    globals().update(discovery.endpoints(CITYBRAIN.oidc_issuer))

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = CITYBRAIN.mail_from
if CITYBRAIN.smtp_url:
    _mail = urlsplit(CITYBRAIN.smtp_url)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        unquote(_mail.username or ""),
        unquote(_mail.password or ""),
    )
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 20

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = CITYBRAIN.max_body_bytes
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
LOGGING_CONFIG = "citybrain.logs.configure"
LOGGING: dict[str, Any] = {}
SILENCED_SYSTEM_CHECKS: list[str] = []
