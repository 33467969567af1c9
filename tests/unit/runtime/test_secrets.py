from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest

from runtime.errors import SecretUnusable
from runtime.secrets import SecretName, obtain, obtain_all, variable

NOTHING: dict[str, str] = {}


def test_the_first_start_makes_every_secret_readable_by_its_owner_only(tmp_path: Path) -> None:
    secrets = obtain_all(tmp_path, NOTHING)

    assert set(secrets) == set(SecretName)
    assert len({secret.value for secret in secrets.values()}) == len(SecretName)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    for secret in secrets.values():
        assert secret.made
        assert stat.S_IMODE((tmp_path / "secrets" / secret.name).stat().st_mode) == 0o600


def test_the_second_start_finds_the_same_and_says_nothing(tmp_path: Path) -> None:
    first = obtain(SecretName.HISTORY, tmp_path, NOTHING)
    second = obtain(SecretName.HISTORY, tmp_path, NOTHING)
    assert second.value == first.value
    assert (first.made, second.made) == (True, False)


def _value_seen(home: str) -> tuple[bytes, bool]:
    secret = obtain(SecretName.HISTORY, Path(home), NOTHING)
    return secret.value, secret.made


def test_processes_that_start_together_agree_on_one_value(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        seen = pool.map(_value_seen, [str(tmp_path)] * 16, chunksize=1)

    assert len({value for value, _ in seen}) == 1
    assert sum(made for _, made in seen) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["history"]


def test_whoever_loses_the_race_takes_the_value_of_the_winner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner = obtain(SecretName.LINKS, tmp_path, NOTHING)
    monkeypatch.setattr(Path, "exists", lambda self, **_: False)  # as seen just before the winner's link
    loser = obtain(SecretName.LINKS, tmp_path, NOTHING)
    assert loser.value == winner.value
    assert not loser.made


def test_the_environment_wins_and_writes_no_file(tmp_path: Path) -> None:
    secret = obtain(SecretName.SESSION, tmp_path, {variable(SecretName.SESSION): "e" * 64})
    assert secret.value == b"e" * 64
    assert not secret.made
    assert not (tmp_path / "secrets").exists()


def test_a_short_secret_from_the_environment_is_refused_unseen(tmp_path: Path) -> None:
    with pytest.raises(SecretUnusable, match="AMENDS_SECRET_SESSION has under") as refusal:
        obtain(SecretName.SESSION, tmp_path, {"AMENDS_SECRET_SESSION": "hunter2"})
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_secret_open_to_others_is_refused_with_the_cure(mode: int, tmp_path: Path) -> None:
    obtain(SecretName.KEYS, tmp_path, NOTHING)
    (tmp_path / "secrets" / "keys").chmod(mode)
    with pytest.raises(SecretUnusable, match="chmod 600"):
        obtain(SecretName.KEYS, tmp_path, NOTHING)


def test_a_secret_cut_short_is_refused_and_not_replaced(tmp_path: Path) -> None:
    obtain(SecretName.HISTORY, tmp_path, NOTHING)
    path = tmp_path / "secrets" / "history"
    path.write_text("abc")
    with pytest.raises(SecretUnusable, match="cut short"):
        obtain(SecretName.HISTORY, tmp_path, NOTHING)
    assert path.read_text() == "abc"


def test_a_secret_that_cannot_be_read_names_itself_and_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "secrets" / "history").mkdir(parents=True)
    with pytest.raises(SecretUnusable, match=r"secret history: .*AMENDS_SECRET_HISTORY"):
        obtain(SecretName.HISTORY, tmp_path, NOTHING)


def test_no_value_shows_when_a_secret_is_printed(tmp_path: Path) -> None:
    secret = obtain(SecretName.HISTORY, tmp_path, NOTHING)
    assert secret.value.decode() not in repr(secret)
