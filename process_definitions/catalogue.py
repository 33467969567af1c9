"""The content of the folder as typed values: organisation, solutions, channels, keywords, names, letters, samples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bpmn.calendar import Calendar
from complaints.errors import near
from complaints.organisation import Organisation
from complaints.reading import ComplaintReader, Keywords, Reader, keywords_from
from process_definitions.letters import LANGUAGES, Letter, Templates, read_templates
from process_definitions.library import Solution, solutions_from
from process_definitions.loader import FOLDER, TEMPLATES
from process_definitions.sheet import CatalogueError, Sheet, read_sheet
from process_definitions.staff import Profile, Staffed, staffed_from

REPLY_ROUTES = ("email", "sms", "wechat", "public", "mailbox")
"""`mailbox`: the channel fetches the letter and the tracking page shows it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A front door. `public`: everyone reads there. `authority`: a regulator stands behind it."""

    key: str
    names: Mapping[str, str]
    public: bool
    authority: bool
    reply: str

    def name(self, language: str) -> str:
        return self.names["zh" if language.lower().partition("-")[0] == "zh" else "en"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A complaint to try the system with: `body` is what the hook of `channel` takes."""

    channel: str
    body: Mapping[str, Any]
    tier: str
    """The tier it is meant to get."""


Names = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Kind, key, language to name."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, as one version. Satisfies `complaints.books.Books`."""

    staffed: Staffed
    solutions: tuple[Solution, ...]
    channels: Mapping[str, Channel]
    reader: ComplaintReader
    names: Names
    templates: Templates
    language: str = "en"
    """In which staff read what a case waits for."""

    @property
    def organisation(self) -> Organisation:
        return self.staffed.organisation

    def calendar(self, key: str) -> Calendar:
        """`CatalogueError` for a key that no calendar has."""
        calendars = self.staffed.calendars
        if key not in calendars:
            raise CatalogueError(f"there is no calendar {key!r}{near(key, calendars)}")
        return calendars[key]

    def channel(self, key: str) -> Channel | None:
        return self.channels.get(key)

    def profile(self, person: str) -> Profile:
        """Address, role and limit of a person; `CatalogueError` for an unknown id."""
        profiles = self.staffed.profiles
        if person not in profiles:
            raise CatalogueError(f"there is no person {person!r} in the organisation{near(person, profiles)}")
        return profiles[person]

    def approval_limit(self, person: str) -> int:
        return self.profile(person).approval_limit

    def letter(self, template: str, language: str, values: Mapping[str, object]) -> Letter:
        """See `Templates.render`."""
        return self.templates.render(template, language, **values)

    def name(self, kind: str, key: str, language: str) -> str:
        """The name people read, Chinese for any `zh` tag, else English; `CatalogueError` for an unknown one."""
        spoken = "zh" if language.lower().partition("-")[0] == "zh" else "en"
        if kind == "department":
            department = self.organisation.department(key)
            return department.name_zh if spoken == "zh" else department.name_en
        if kind == "channel" and key in self.channels:
            return self.channels[key].name(language)
        known = self.names.get(kind)
        if known is None:
            raise CatalogueError(f"names.toml has no kind {kind!r}{near(kind, self.names)}")
        if key not in known:
            raise CatalogueError(f"names.toml has no {kind} {key!r}{near(key, known)}")
        return known[key][spoken]


CONTENT = ("organisation.toml", "solutions.toml", "channels.toml", "keywords.toml", "names.toml", TEMPLATES)
"""What an installation may have of its own; each stands whole in the place of the shipped one."""


def load_catalogue(
    own: Path | None = None, *, zone: str | None = None, language: str = "en"
) -> Catalogue:  # fmt: skip
    """The shipped content, and in its place what the folder `own` holds of it.

    `zone` replaces the organisation's time zone. `CatalogueError` when the folder is missing or holds nothing of
    `CONTENT`: somebody believes it is in use.
    """
    if own is not None:
        _holds_content(own)

    def place(name: str) -> Path | None:
        return own if own is not None and (own / name).exists() else None

    return Catalogue(
        staffed=load_organisation(place("organisation.toml"), zone=zone),
        solutions=load_solutions(place("solutions.toml")),
        channels=load_channels(place("channels.toml")),
        reader=Reader(load_keywords(place("keywords.toml"))),
        names=(names := load_names(place("names.toml"))),
        templates=_templates(place(TEMPLATES), names),
        language=language,
    )


def _holds_content(own: Path) -> None:
    if not own.is_dir():
        raise CatalogueError(f"there is no folder {own}: make it, or name the one that holds your content")
    for entry in sorted(own.glob("*.toml")):
        if entry.name not in CONTENT and not _as_shipped(entry):
            raise CatalogueError(
                f"{entry} is no content{near(entry.name, CONTENT)}: {', '.join(CONTENT)} are"
            )
    if not any((own / name).exists() for name in CONTENT):
        raise CatalogueError(f"{own} holds none of {', '.join(CONTENT)}: copy what you want to change from the "
                             f"folder process_definitions, and change it there")  # fmt: skip


def _as_shipped(file: Path) -> bool:
    shipped = FOLDER / file.name
    return shipped.exists() and shipped.read_bytes() == file.read_bytes()


def load_organisation(folder: Path | None = None, *, zone: str | None = None) -> Staffed:
    return staffed_from(_sheet(folder, "organisation.toml"), zone)


def load_solutions(folder: Path | None = None) -> tuple[Solution, ...]:
    return solutions_from(_sheet(folder, "solutions.toml"))


def load_channels(folder: Path | None = None) -> Mapping[str, Channel]:
    return MappingProxyType({k: _channel(k, entry) for k, entry in _sheet(folder, "channels.toml").tables()})


def load_keywords(folder: Path | None = None) -> Keywords:
    return keywords_from(_sheet(folder, "keywords.toml").values)


def load_names(folder: Path | None = None) -> Names:
    return {
        kind: {
            key: {language: name.only(*LANGUAGES).text(language) for language in LANGUAGES}
            for key, name in keys.tables()
        }
        for kind, keys in _sheet(folder, "names.toml").tables()
    }


def load_templates(folder: Path | None = None) -> Templates:
    return _templates(folder, load_names(folder))


def _templates(folder: Path | None, names: Names) -> Templates:
    words = names.get("word", {})
    if "firm" not in words:
        raise CatalogueError("names.toml: word.firm is missing: letters are signed with it")
    firm = {language: {"firm": words["firm"][language]} for language in LANGUAGES}
    return read_templates((folder or FOLDER) / TEMPLATES, firm)


def load_samples(folder: Path | None = None) -> tuple[Sample, ...]:
    """The bundled complaints, in the order of the file; `CatalogueError` names a line that is wrong."""
    path = (folder or FOLDER) / "samples.jsonl"
    lines = path.read_text("utf-8").splitlines()
    return tuple(_sample(f"{path.name}:{number}", line) for number, line in enumerate(lines, start=1))


def _sheet(folder: Path | None, name: str) -> Sheet:
    return read_sheet((folder or FOLDER) / name)


def _channel(key: str, entry: Sheet) -> Channel:
    entry.only("zh", "en", "public", "authority", "reply")
    reply = entry.text("reply")
    if reply not in REPLY_ROUTES:
        raise CatalogueError(f"{entry.where}: {reply!r} is no way back; known are {', '.join(REPLY_ROUTES)}")
    names = {language: entry.text(language) for language in LANGUAGES}
    return Channel(key, names, entry.flag("public"), entry.flag("authority"), reply)


def _sample(where: str, line: str) -> Sample:
    try:
        body = json.loads(line)
    except json.JSONDecodeError as broken:
        raise CatalogueError(f"{where}: no JSON object: {broken}") from broken
    if not isinstance(body, dict):
        raise CatalogueError(f"{where}: a JSON object is wanted, not {type(body).__name__}")
    channel, expected = body.pop("channel", None), body.pop("_expect", None)
    if not isinstance(channel, str) or not isinstance(expected, dict) or "tier" not in expected:
        raise CatalogueError(f"{where}: channel and _expect with a tier are needed")
    return Sample(channel, MappingProxyType(body), expected["tier"])
