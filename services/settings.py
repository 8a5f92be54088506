"""Settings: environment variables `COLDCHAIN_*` only. An unknown one is refused by name, with the nearest known one."""

import os
import secrets
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.errors import FieldFault, InvalidInput

PREFIX = "COLDCHAIN_"
TEST_VARIABLES = frozenset({"COLDCHAIN_TEST_DATABASE_URL"})
"""Read by the test suite only; allowed in the environment of any command."""

EMBEDDED = "embedded"
MIN_SECRET_LENGTH = 32
MIN_SECRET_VARIETY = 12
MIN_PASSWORD_LENGTH = 16
PERSON_ROLES = ("admin", "coordinator", "exporter", "driver", "grower", "auditor")
OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


class Mode(StrEnum):
    """Development generates what is missing; production refuses to start without it."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ClockSource(StrEnum):
    """Whose time it is: the machine's, or the one that the demo drives through a file in the data directory."""

    SYSTEM = "system"
    SIMULATED = "simulated"


class Settings(BaseSettings):
    """All settings, read once in wiring and passed on; nothing reads the environment later."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    mode: Annotated[Mode, Field(description="`production` refuses weak or missing secrets.")] = Mode.DEVELOPMENT
    data_dir: Annotated[Path, Field(description="Where the embedded database, broker and secrets live.")] = Path("data")
    database_url: Annotated[
        str, Field(description="SQLAlchemy URL of SQLite or PostgreSQL; empty: SQLite in the data directory.")
    ] = ""
    broker_url: Annotated[
        SecretStr,
        Field(description="`embedded`, or `mqtt://user:password@host:port` (`mqtts://` for TLS) of any MQTT broker."),
    ] = SecretStr(EMBEDDED)
    broker_password: Annotated[
        SecretStr,
        Field(description="Password of the `ingest` account on the embedded broker; empty: one is made and kept."),
    ] = SecretStr("")
    broker_host: Annotated[str, Field(description="Address on which the embedded broker listens.")] = "127.0.0.1"
    broker_port: Annotated[
        int, Field(ge=0, le=65535, description="MQTT port of the embedded broker; 0: a free one.")
    ] = 1883
    broker_nodes: Annotated[
        str,
        Field(
            pattern=r"^([A-Za-z0-9.-]+:\d{1,5}(,[A-Za-z0-9.-]+:\d{1,5})*)?$",
            description="Cluster of embedded brokers: `host:port` of all nodes, with commas; empty: this one alone.",
        ),
    ] = ""
    broker_node: Annotated[str, Field(description="Which of COLDCHAIN_BROKER_NODES this broker is, by its host.")] = ""
    api_host: Annotated[str, Field(description="Address on which the API listens.")] = "127.0.0.1"
    api_port: Annotated[int, Field(ge=0, le=65535, description="Port of the API; 0: a free one.")] = 8000
    secret_key: Annotated[
        SecretStr,
        Field(description="Signs sessions and links; at least 32 characters. Development makes and keeps one."),
    ] = SecretStr("")
    public_url: Annotated[
        str, Field(description="Address under which people reach the pages; empty: the API's own.")
    ] = ""
    travel_url: Annotated[
        str, Field(description="`osrm+http://host:port` or `valhalla+http://host:port`; empty: great circle estimate.")
    ] = ""
    plan_seconds: Annotated[
        float, Field(gt=0, le=600, description="Search time of a plan when the request names none.")
    ] = 10.0
    clock: Annotated[
        ClockSource, Field(description="`simulated`: time as the demo sets it; for demos and rehearsals only.")
    ] = ClockSource.SYSTEM
    requests_per_s: Annotated[
        float, Field(gt=0, le=100_000, description="Requests a second that one key may make; five times that at once.")
    ] = 100.0
    oidc_issuer: Annotated[
        str, Field(description="Address of the OpenID Connect provider at which people may sign in; empty: none.")
    ] = ""
    oidc_client_id: Annotated[str, Field(description="What the provider knows this installation as.")] = ""
    oidc_client_secret: Annotated[SecretStr, Field(description="The secret that goes with it.")] = SecretStr("")
    oidc_tenant: Annotated[str, Field(description="Slug of the tenant that the provider's people belong to.")] = ""
    oidc_groups_claim: Annotated[str, Field(description="The claim that lists a person's groups.")] = "groups"
    oidc_roles: Annotated[
        str,
        Field(description="Which group has which role, by commas, the first that fits: `ops=admin,desk=coordinator`."),
    ] = ""
    trusted_hosts: Annotated[
        str,
        Field(
            description="Host names that are answered to, by commas; `*.example.org`: all below; empty: the public one."
        ),
    ] = ""
    trusted_proxies: Annotated[
        str, Field(description="Networks of proxies whose `X-Forwarded-*` is believed, by commas; empty: nobody's.")
    ] = ""
    smtp_url: Annotated[
        SecretStr,
        Field(
            description="Mail server for links to people: `smtps://user:password@host`, or `smtp://`; empty: no mail."
        ),
    ] = SecretStr("")
    mail_from: Annotated[str, Field(description="Sender of mails, such as `coldchain@example.org`.")] = ""
    metrics_key: Annotated[
        SecretStr, Field(description="Bearer key for `/metrics`; empty: only this machine may ask.")
    ] = SecretStr("")
    audit_key: Annotated[
        SecretStr,
        Field(description="Signs checkpoints of the record: 32 bytes in URL-safe base64; empty: one is made and kept."),
    ] = SecretStr("")
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="What is logged.")] = "INFO"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite://", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:// or postgresql://")
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, url: SecretStr) -> SecretStr:
        value = url.get_secret_value()
        if value != EMBEDDED:
            parts = urlsplit(value)
            if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
                raise ValueError("must be `embedded`, mqtt://host:port or mqtts://host:port")
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _known_networks(cls, text: str) -> str:
        for part in filter(None, map(str.strip, text.split(","))):
            ip_network(part, strict=False)
        return text

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, url: SecretStr) -> SecretStr:
        parts = urlsplit(url.get_secret_value())
        if url.get_secret_value() and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("must be smtp://host or smtps://user:password@host")
        return url

    @model_validator(mode="after")
    def _mail_needs_addresses(self) -> Self:
        if self.smtp_url.get_secret_value() and not (self.mail_from and self.public_url):
            raise ValueError("COLDCHAIN_SMTP_URL needs COLDCHAIN_MAIL_FROM and COLDCHAIN_PUBLIC_URL beside it")
        return self

    @field_validator("oidc_roles")
    @classmethod
    def _known_roles(cls, text: str) -> str:
        for part in filter(None, map(str.strip, text.split(","))):
            group, _, role = part.rpartition("=")
            if not group or role not in PERSON_ROLES:
                raise ValueError(f"{part!r} is no `group=role` with one of: {', '.join(PERSON_ROLES)}")
        return text

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        needed = ("oidc_client_id", "oidc_client_secret", "oidc_tenant", "oidc_roles", "public_url")
        missing = [f"COLDCHAIN_{name.upper()}" for name in needed if self.oidc_issuer and not getattr(self, name)]
        if missing:
            raise ValueError(f"COLDCHAIN_OIDC_ISSUER needs beside it: {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _production_needs_secrets(self) -> Self:
        if self.mode is Mode.PRODUCTION and (faults := list(self._weak_settings())):
            raise ValueError("; ".join(faults))
        return self

    def _weak_settings(self) -> Iterator[str]:
        """What production does not start with, each named with its remedy."""
        secret = self.secret_key.get_secret_value()
        if len(secret) < MIN_SECRET_LENGTH:
            yield f"COLDCHAIN_SECRET_KEY needs at least {MIN_SECRET_LENGTH} characters in production"
        elif len(set(secret)) < MIN_SECRET_VARIETY:
            yield "COLDCHAIN_SECRET_KEY must be random in production, such as of `openssl rand -base64 48`"
        if self.clock is not ClockSource.SYSTEM:
            yield "COLDCHAIN_CLOCK must be `system` in production"
        public = urlsplit(self.public_url)
        if public.scheme != "https" and public.hostname not in OWN_MACHINE:
            yield "COLDCHAIN_PUBLIC_URL must be the https:// address of the pages in production"
        if self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            yield "COLDCHAIN_OIDC_ISSUER must be an https:// address in production"
        broker = urlsplit(self.broker_url.get_secret_value())
        if broker.scheme == "mqtt" and not _is_near(broker.hostname or ""):
            yield "COLDCHAIN_BROKER_URL must be mqtts:// to a broker outside of this network in production"
        if broker.scheme and not broker.password:
            yield "COLDCHAIN_BROKER_URL needs user and password in production"
        for name in ("broker_password", "metrics_key"):
            given = getattr(self, name).get_secret_value()
            if given and len(given) < MIN_PASSWORD_LENGTH:
                yield f"COLDCHAIN_{name.upper()} needs at least {MIN_PASSWORD_LENGTH} characters in production"

    def oidc_group_roles(self) -> list[tuple[str, str]]:
        """Groups of the identity provider with the role that each gives, in their order."""
        parts = [part.strip().rpartition("=") for part in self.oidc_roles.split(",") if part.strip()]
        return [(group, role) for group, _, role in parts]

    def resolved_trusted_hosts(self) -> str:
        """The names that are answered to: those set, in production else that of the public address, else any."""
        if self.trusted_hosts or self.mode is not Mode.PRODUCTION:
            return self.trusted_hosts
        return urlsplit(self.public_url).hostname or ""

    def resolved_database_url(self) -> str:
        """The database to use: the one set, or SQLite in the data directory."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'coldchain.db').absolute()}"

    def resolved_broker_password(self) -> str:
        """What ingest signs in with on the embedded broker: the password set, or one kept in the data directory."""
        return self.broker_password.get_secret_value() or kept_secret(self.data_dir / "broker" / "ingest.key")

    def resolved_secret_key(self) -> str:
        """The signing key; in development one is made at first use and kept in the data directory."""
        if self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        return kept_secret(self.data_dir / "secret.key")


def _is_near(host: str) -> bool:
    """Whether a host is this machine, a neighbour by its bare name, or at a private address."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


def kept_secret(path: Path) -> str:
    """The secret in ``path``, made and stored with owner-only access if there is none yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises InvalidInput naming every unknown or wrong variable."""
    environment = os.environ if environment is None else environment
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    faults = [
        FieldFault(name, "is not a setting.", _suggest(name, known))
        for name in sorted(given)
        if name not in known | TEST_VARIABLES
    ]
    values = {name.removeprefix(PREFIX).lower(): value for name, value in given.items() if name in known}
    try:
        settings = Settings(**values)  # type: ignore[arg-type]  # pydantic parses the strings
    except ValidationError as error:
        for item in error.errors(include_input=False):
            name = PREFIX + str(item["loc"][0]).upper() if item["loc"] else PREFIX + "MODE"
            faults.append(FieldFault(name, f"{item['msg']}.", "See docs/reference/settings.md."))
        settings = None
    if faults or settings is None:
        raise InvalidInput("The environment has settings that can't be used.", faults=faults)
    return settings


def _suggest(name: str, known: set[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Remove it, or see docs/reference/settings.md."
