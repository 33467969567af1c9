"""Documents say what is so, and no tracked file ties the project to one machine."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from runtime.settings import page

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
