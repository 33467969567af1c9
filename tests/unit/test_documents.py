"""Documents say what is so, and no tracked file ties the project to one machine."""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from intake.body import parse_body
from intake.errors import Unsigned
from intake.parse import parse_object
from intake.signature import verify
from runtime.cli.app import app
from runtime.settings import page
from tools.pictures import pictures

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
LOCKS = ("requirements.lock", "requirements-dev.lock")

# In pieces, so that this file does not find itself.
INDEX_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "deb.debian" + ".org")
INDEX_OPTIONS = ("--index" + "-url", "--extra-index" + "-url", "--find" + "-links", "--trusted" + "-host")
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:home/\w|root/|Users/\w|work/|opt/|mnt/)")


@cache
def tracked() -> tuple[Path, ...]:
    """Files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Name and content of every tracked file that is text."""
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            found.append((str(path.relative_to(ROOT)), content.decode("utf-8")))
    return tuple(found)


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_settings_page_is_the_model() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == page(), "write it again: .venv/bin/python -m runtime.settings > docs/settings.md"


def test_no_file_names_a_package_index() -> None:
    hosts = re.compile("|".join(re.escape(host) for host in INDEX_HOSTS))
    assert _lines_with(hosts) == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert _lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_versions_with_hashes_and_holds_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not [option for option in INDEX_OPTIONS if option in text]

    requirements = re.split(r"\n(?=\S)", text.strip())
    unpinned = [
        entry.splitlines()[0]
        for entry in requirements
        if not re.match(r"[a-z0-9-]+==\S+ ", entry) or not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)
    ]
    assert requirements
    assert unpinned == []


def test_the_development_lock_holds_all_of_the_runtime_lock() -> None:
    runtime, development = (
        set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in LOCKS
    )
    assert runtime - development == set()


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    lost = [t for t in targets if "://" not in t and not (document.parent / t).exists()]
    assert lost == []


def test_every_make_command_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        command
        for document in PAGES
        for command in re.findall(r"(?:`|^)make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"run", "test", "check", "install", "bench", "faults"} <= targets
    assert named - targets == set()


def test_every_decision_record_is_listed_and_says_what_would_change_it() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for record in sorted(folder.glob("[0-9]*.md")):
        text = record.read_text(encoding="utf-8")
        assert f"({record.name})" in listed
        for heading in ("Context", "Decision", "Consequence", "What would change it"):
            assert f"**{heading}.**" in text, f"{record.name} has no {heading}"
        assert text.startswith(f"# {record.name[:4]} ")


def test_every_term_of_the_glossary_has_its_chinese_word_and_one_meaning() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.M
    )
    entries = [row for row in rows if row[0] != "term"]
    terms = [term for term, _, _ in entries]
    assert len(entries) > 80
    assert [term for term in terms if terms.count(term) > 1] == []
    plain = [term for term, chinese, _ in entries if not re.search(r"[\u4e00-\u9fff]", chinese)]
    assert plain == []


def shown_commands(text: str) -> list[str]:
    """Every `amends …` that a page shows: in running text between backticks, and in code blocks at a line's start."""
    spans = re.findall(
        r"`(?:\.venv/bin/)?(amends [^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    )
    blocks = re.findall(r"^```(?:sh|text)\n(.*?)^```", text, re.M | re.S)
    typed = re.findall(r"^(?:\$ )?(amends [a-z].*)$", "\n".join(blocks), re.M)
    return [*spans, *typed]


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_amends_command_shown_exists_with_its_options(document: Path) -> None:
    root: Any = get_command(app)
    unknown = []
    for shown in shown_commands(document.read_text(encoding="utf-8")):
        command, words = root, shlex.split(re.sub(r"[…]| \.\.\.", "", shown))[1:]
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        known = {
            option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        wrong = [word for word in words if word.startswith("-") and word not in {*known, "-h", "--help"}]
        if command is root or wrong:
            unknown.append(f"{shown}: {' '.join(wrong) or 'no such command'}")
    assert unknown == []


def test_every_picture_shown_is_there_and_every_picture_is_shown() -> None:
    shown = {
        (document.parent / name).resolve()
        for document in PAGES
        for name in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    }
    assert shown == set((ROOT / "docs" / "images").iterdir())


def test_the_pictures_of_the_process_are_those_of_the_definitions() -> None:
    for name, drawn in pictures().items():
        written = (ROOT / "docs" / "images" / name).read_text(encoding="utf-8")
        assert written == drawn + "\n", "draw them again: .venv/bin/python -m tools.pictures"


SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()


def example(language: str, beginning: str) -> str:
    """The example of the integration page that begins so."""
    text = (ROOT / "docs" / "integrating.md").read_text(encoding="utf-8")
    found = re.search(rf"^```{language}\n({re.escape(beginning)}.*?)^```", text, re.M | re.S)
    assert found is not None
    return found[1]


def test_the_python_example_of_a_hook_signs_as_the_door_expects() -> None:
    names: dict[str, Any] = {}
    exec(example("python", "import base64"), names)
    now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    body = '{"text": "包裹晚到六天"}'.encode()
    stamp = int(now.timestamp())
    headers = {"webhook-id": "a-1", "webhook-timestamp": str(stamp)}
    headers["webhook-signature"] = names["sign"](SECRET, "a-1", stamp, body)
    verify(body, headers, [SECRET], now)
    with pytest.raises(Unsigned):
        verify(body + b" ", headers, [SECRET], now)


def test_the_shell_example_of_a_hook_sends_what_the_door_takes() -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine")
    # In place of curl: what it was given, one argument a line.
    script = "curl() { printf '%s\\n' \"$@\"; }\n" + example("sh", "base_url=")
    done = subprocess.run(
        ["bash", "-euc", script],
        env={**os.environ, "secret": SECRET},
        capture_output=True,
        text=True,
        check=True,
    )
    sent = done.stdout.splitlines()
    body = sent[sent.index("--data-raw") + 1].encode()
    pairs = (sent[at + 1].partition(": ")[::2] for at, word in enumerate(sent) if word == "-H")
    headers = dict(pairs)
    verify(body, headers, [SECRET], datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC))
    assert parse_body(parse_object(body)).external_id == "4711"
