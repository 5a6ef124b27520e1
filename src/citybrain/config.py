"""Settings by environment: one class, each field documented with type and default.

Every variable starts with `CITYBRAIN_`. Unknown names and malformed values are
refused at start, because a misspelt setting that is silently ignored is how a
city finds out in the wrong week that its backups went nowhere.
`CITYBRAIN_TEST_…` variables belong to the tests and are not settings.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CITYBRAIN_"
HOME = Path(__file__).resolve().parents[2]


class ConfigurationError(Exception):
    """The environment holds a setting that is unknown or malformed; the text lists each."""


class Config(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    data_dir: Path = Field(HOME / "var", description="Folder for database, journal, keys, files.")
    database_url: str = Field(
        "", description="postgres://user:password@host:port/name; empty: SQLite in the data folder."
    )
    journal: Literal["file", "postgres"] = Field(
        "file", description="Where uses are committed before they are acknowledged."
    )
    crypto: Literal["standard", "guomi"] = Field(
        "standard", description="standard: SHA-256 and Ed25519; guomi: SM3 and SM2."
    )
    ledger_origin: str = Field(
        "citybrain.local/qingdao", description="Name of the ledger in its signed checkpoints."
    )
    secret_key: str = Field(
        "", description="Key for sessions; empty: made once and kept in the data folder."
    )
    allowed_hosts: str = Field(
        "localhost,127.0.0.1,[::1]", description="Host names served, separated by commas."
    )
    trusted_origins: str = Field(
        "", description="Origins such as https://data.example.gov.cn behind a TLS proxy."
    )
    secure_cookies: bool = Field(
        False, description="Cookies over HTTPS only; switch on behind a TLS proxy."
    )
    debug: bool = Field(False, description="Django's debug pages; never in a served system.")
    log_format: Literal["json", "console"] = Field("json", description="Form of the log lines.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least level that is logged."
    )
    max_body_bytes: int = Field(
        10 * 1024 * 1024, ge=1024, description="Largest request body, in bytes."
    )
    metrics_token: str = Field(
        "", description="Bearer token for /metrics; empty: only from this machine."
    )
    city_code: str = Field("370200", pattern=r"^\d{6}$", description="GB/T 2260 code of the city.")
    city_zh: str = Field("青岛市", description="Name of the city in Chinese.")
    city_en: str = Field("Qingdao", description="Name of the city in English.")
    local_data: Path | None = Field(
        None, description="Folder with data that may be used but not shipped (bus lines, AQI)."
    )
    credentials_file: Path | None = Field(
        None,
        description="TOML file, mode 0600: credentials of upstream services and databases by name.",
    )
    smtp_url: str = Field(
        "",
        pattern=r"^((smtp|smtps|smtp\+tls)://.+)?$",
        description="smtp://, smtps:// or smtp+tls://user:password@host:port; empty: e-mail is"
        " written to files in the data folder.",
    )
    mail_from: str = Field("citybrain@localhost", description="Sender of e-mail.")
    oidc_issuer: str = Field("", description="OpenID Connect issuer; empty: local accounts only.")
    oidc_client_id: str = Field("", description="Client id at the issuer.")
    oidc_client_secret: str = Field("", description="Client secret at the issuer.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("postgres://", "postgresql://")):
            raise ValueError("must start with postgres:// or be empty for SQLite")
        return value


def environment_name(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def load() -> Config:
    """Read and check the environment. Raises `ConfigurationError` with every fault in it."""
    known = {environment_name(field) for field in Config.model_fields}
    faults = [
        f"{name}: no such setting"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and not name.startswith(PREFIX + "TEST_") and name not in known
    ]
    try:
        config = Config()  # type: ignore[call-arg]
    except ValidationError as error:
        faults += [
            f"{environment_name(str(one['loc'][0]))}: {one['msg']}" for one in error.errors()
        ]
    if faults:
        raise ConfigurationError("; ".join(faults))
    if config.journal == "postgres" and not config.database_url:
        raise ConfigurationError(
            "CITYBRAIN_JOURNAL: postgres needs CITYBRAIN_DATABASE_URL to name a PostgreSQL database"
        )
    return config
