from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.errors import SettingsInvalid
from runtime.settings import Settings, load, variable


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_set_gives_the_embedded_default(tmp_path: Path) -> None:
    settings = load()

    assert settings.home == tmp_path / ".amends"
    assert settings.database_url == f"sqlite:///{tmp_path}/.amends/amends.db"
    assert settings.embedded
    assert (settings.host, settings.port) == ("127.0.0.1", 8400)
    assert settings.public_url == "http://127.0.0.1:8400"
    assert settings.clock == "system"
    assert settings.prefect_api_url is None
    assert settings.prefect_server_api_port == 4200


def test_derived_defaults_follow_what_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("AMENDS_PORT", "9000")

    settings = load()

    assert settings.database_url == f"sqlite:///{tmp_path}/elsewhere/amends.db"
    assert settings.public_url == "http://127.0.0.1:9000"


def test_the_home_stays_where_it_is_when_the_folder_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMENDS_HOME", "kept")
    settings = load()
    monkeypatch.chdir("/")
    assert settings.home == tmp_path / "kept"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_reaches_the_one_driver(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_DATABASE_URL", f"{scheme}://me@db/amends")
    settings = load()
    assert settings.database_url == "postgresql+psycopg://me@db/amends"
    assert not settings.embedded


def test_prefect_names_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect:4200/api/")
    monkeypatch.setenv("PREFECT_SERVER_API_PORT", "4300")
    settings = load()
    assert settings.prefect_api_url == "http://prefect:4200/api"
    assert settings.prefect_server_api_port == 4300


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_PORT", "")
    monkeypatch.setenv("PREFECT_API_URL", "")
    assert load().port == 8400
    assert load().prefect_api_url is None


def test_alarm_addresses_are_separated_by_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_APPRISE_URLS", "json://ops.example/a,b  mailto://ops.example")
    assert load().apprise_urls == ("json://ops.example/a,b", "mailto://ops.example")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AMENDS_PORT", "70000", "65535"),
        ("AMENDS_PORT", "eighty", "integer"),
        ("AMENDS_CLOCK", "fast", "'system' or 'adjustable'"),
        ("AMENDS_TIMEZONE", "Asia/Shangai", "did you mean Asia/Shanghai?"),
        ("AMENDS_DATABASE_URL", "mysql://db/amends", "sqlite:/// or postgresql://"),
        ("AMENDS_DATABASE_URL", "sqlite:///:memory:", "needs a file"),
        ("AMENDS_DATABASE_URL", "amends.db", "sqlite:/// or postgresql://"),
        ("AMENDS_PUBLIC_URL", "amends.example.org", "https://"),
        ("PREFECT_API_URL", "prefect:4200", "https://"),
        ("AMENDS_SMTP_URL", "http://mail", "smtp://"),
        ("AMENDS_MAIL_FROM", "Complaints Desk", "one mail address"),
        ("AMENDS_WORKER_LIMIT", "0", "greater than or equal to 1"),
        ("AMENDS_LOG_LEVEL", "loud", "'INFO'"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_reason(
    name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refusal:
        load()
    (problem,) = refusal.value.problems
    assert problem.startswith(f"{name} ")
    assert reason in problem


def test_a_misspelt_name_is_refused_with_the_near_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_DATABSE_URL", "postgresql://db/amends")
    with pytest.raises(
        SettingsInvalid, match="AMENDS_DATABSE_URL is no setting; did you mean AMENDS_DATABASE_URL"
    ):
        load()


def test_names_of_secrets_and_tests_are_none_of_its_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_SECRET_HISTORY", "x" * 64)
    monkeypatch.setenv("AMENDS_TEST_STRICT", "1")
    assert load().port == 8400


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_PRT", "1")
    monkeypatch.setenv("AMENDS_PORT", "0")
    monkeypatch.setenv("AMENDS_CLOCK", "fast")
    with pytest.raises(SettingsInvalid) as refusal:
        load()
    assert {problem.split()[0] for problem in refusal.value.problems} == {
        "AMENDS_PRT",
        "AMENDS_PORT",
        "AMENDS_CLOCK",
    }


def test_a_password_shows_neither_in_the_model_nor_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_DATABASE_URL", "postgresql://me:hunter2@db/amends")
    monkeypatch.setenv("AMENDS_SMTP_URL", "smtps://me:hunter2@mail:465")
    monkeypatch.setenv("AMENDS_APPRISE_URLS", "mailto://me:hunter2@mail")
    assert "hunter2" not in repr(load())

    monkeypatch.setenv("AMENDS_SMTP_URL", "ftp://me:hunter2@mail")
    with pytest.raises(SettingsInvalid) as refusal:
        load()
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_settings_cannot_change_after_the_start() -> None:
    settings = load()
    with pytest.raises(ValidationError, match="frozen"):
        settings.__setattr__("port", 1)
