"""Every setting of Amends: one typed model, read from the environment, described in `docs/settings.md`.

`load()` is called once, by the command line; everything else is handed what it needs.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from runtime.errors import SettingsInvalid

PREFIX = "AMENDS_"
ELSEWHERE = ("AMENDS_SECRET_", "AMENDS_TEST_")  # read by runtime/secrets.py and by the tests

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Immutable, checked. Values that may carry a password are left out of `repr`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, populate_by_name=True
    )

    home: Path = Field(
        Path(".amends"),
        validate_default=True,
        description="Folder of everything that is kept: databases, secrets, attachments, logs.",
    )
    database_url: str = Field(
        default_factory=lambda checked: f"sqlite:///{checked['home'] / 'amends.db'}",
        repr=False,
        description="The store. `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`. "
        "Default: the file `amends.db` in the home folder.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` for all.")
    port: Port = Field(8400, description="Port of the desk, the API and the hooks.")
    public_url: str = Field(
        default_factory=lambda checked: f"http://127.0.0.1:{checked['port']}",
        description="How customers and staff reach the port; links in letters begin with it. "
        "Default: `http://127.0.0.1:PORT`.",
    )
    clock: Literal["system", "adjustable"] = Field(
        "system",
        description="`system`, or `adjustable` for trials: `amends clock advance` moves process time.",
    )
    timezone: str = Field(
        "Asia/Shanghai", description="Time zone of the firm, as an IANA name: calendars and contact windows."
    )
    language: Literal["zh", "en"] = Field(
        "en",
        description="Language of what all staff see alike, as what a complaint waits for; letters follow their reader.",
    )
    content: Path | None = Field(
        None,
        description="Folder with content of your own: `organisation.toml`, `solutions.toml`, `channels.toml`, "
        "`keywords.toml`, `names.toml`, `templates/`. Each stands in the place of the shipped one in "
        "`process_definitions`; what the folder does not hold is the shipped. Read when a process starts.",
    )
    prefect_api_url: str | None = Field(
        None,
        validation_alias=AliasChoices("PREFECT_API_URL"),
        description="A Prefect server that already runs. Unset: `amends up` starts one.",
    )
    prefect_server_api_port: Port = Field(
        4200,
        validation_alias=AliasChoices("PREFECT_SERVER_API_PORT"),
        description="Port of the Prefect server that `amends up` starts.",
    )
    prefect_keep_days: int = Field(
        90,
        ge=1,
        le=3650,
        description="How many days a run that is over stays in the Prefect server that `amends up` starts; then "
        "Prefect deletes it with its task runs, logs and artifact. The complaint itself stays in the store.",
    )
    worker_limit: int = Field(
        4, ge=1, le=256, description="How many complaints one worker carries forward at the same moment."
    )
    smtp_url: str | None = Field(
        None,
        repr=False,
        description="Mail server for letters: `smtp://HOST:PORT` (STARTTLS when offered) or "
        "`smtps://USER:PASSWORD@HOST:PORT`. Unset: letters go to a folder in the home.",
    )
    mail_from: str = Field("complaints@localhost", description="Sender address of letters.")
    apprise_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), repr=False, description="Apprise addresses, separated by spaces, that tell operations of alarms."
    )
    keep_aside_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="How many days the bodies of automatic replies, and of events that reused the id of another, "
        "are kept in case a mistake must be found.",
    )
    erase_after_days: int | None = Field(
        None,
        ge=30,
        le=36500,
        description="How many days after the end of their last complaint a customer is erased by the clock. "
        "Unset: only `amends erase` erases.",
    )
    user: str | None = Field(
        None, description="Staff id that acting commands act as when `--as` is not given."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["text", "json"] = Field(
        "text",
        description="`text`, or `json`: one object a line, with `ref` where it is about a complaint; "
        "Prefect's own lines too, in every process that `amends` starts.",
    )

    @field_validator("home", "content")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        return None if folder is None else folder.expanduser().resolve()

    @field_validator("database_url")
    @classmethod
    def _store_url(cls, url: str) -> str:
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in ("sqlite", "postgresql", "postgres", "postgresql+psycopg"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if scheme == "sqlite":
            if not rest.startswith("/") or rest == "/" or rest.startswith("/:memory:"):
                raise ValueError("needs a file, as in sqlite:////var/lib/amends/amends.db")
            return url
        return f"postgresql+psycopg://{rest}"

    @field_validator("public_url", "prefect_api_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address such as https://amends.example.org")
        return url.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
            raise ValueError("must begin with smtp:// or smtps:// and name a host")
        return url

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, address: str) -> str:
        name, at, host = address.rpartition("@")
        if not (name and at and host) or any(c.isspace() for c in address):
            raise ValueError("must be one mail address, as in complaints@example.org")
        return address

    @field_validator("apprise_urls", mode="before")
    @classmethod
    def _separated_by_spaces(cls, urls: object) -> object:
        return tuple(urls.split()) if isinstance(urls, str) else urls

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        known = available_timezones()
        if not known:
            raise ValueError(
                "cannot be looked up: this machine has no time zone data; install tzdata (apt-get or pip)"
            )
        if name not in known:
            raise ValueError(f"is no IANA time zone{_near(name, known)}")
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def embedded(self) -> bool:
        """Is this the one-machine default, a store in a file?"""
        return self.database_url.startswith("sqlite:")


def load() -> Settings:
    """The settings of this process; `SettingsInvalid` lists everything wrong at once.

    A misspelt name is refused, not ignored: it would leave a default in force that nobody chose.
    """
    problems = list(_unknown(os.environ))
    try:
        settings = Settings()
    except ValidationError as error:
        # Values are not shown: an address may carry a password.
        problems += [
            f"{_variable_at(e['loc'])} {_reason(e['msg'])}"
            for e in error.errors(include_input=False)
            if e["type"] != "default_factory_not_called"  # follows from the error before it
        ]
        raise SettingsInvalid(problems) from None
    if problems:
        raise SettingsInvalid(problems)
    return settings


def variable(field: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + field.upper()


def page() -> str:
    """`docs/settings.md`, whole. Write it with `python -m runtime.settings > docs/settings.md`."""
    lines = [
        "# Settings",
        "",
        "Read from the environment when a command starts. An unknown `AMENDS_` name or a value that cannot",
        "be used is refused with its reason. Written from `runtime/settings.py`; do not edit by hand.",
        "",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{variable(name)}` | {_shown_default(name)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    lines += [
        "",
        "Secrets are no settings. Each is a file of mode 0600 in `secrets/` of the home folder, made on",
        "first start, or comes from `AMENDS_SECRET_<NAME>`; `runtime/secrets.py` lists them.",
        "",
    ]
    return "\n".join(lines)


def _unknown(environment: Mapping[str, str]) -> Iterator[str]:
    known = [variable(name) for name in Settings.model_fields]
    for name in sorted(environment):
        if name.startswith(PREFIX) and not name.startswith(ELSEWHERE) and name not in known:
            yield f"{name} is no setting{_near(name, known)}; docs/settings.md lists them"


def _near(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _variable_at(location: tuple[int | str, ...]) -> str:
    """An error is located by field name, or by alias where the field has one."""
    name = str(location[0])
    return variable(name) if name in Settings.model_fields else name


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should be", "should be")


def _shown_default(name: str) -> str:
    field = Settings.model_fields[name]
    if field.default_factory is not None:
        return "see right"
    if field.default in (None, ()):
        return "unset"
    return f"`{field.default}`"


if __name__ == "__main__":
    print(page(), end="")
