"""The shipped content holds together, and wrong content is refused with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from complaints.books import Books
from complaints.organisation import OrganisationError
from complaints.reading import CATEGORIES
from process_definitions.catalogue import Catalogue, Sample, load_catalogue, load_organisation, load_samples
from process_definitions.letters import VARIABLES, Templates
from process_definitions.library import solutions_from
from process_definitions.sheet import CatalogueError, Sheet, read_sheet
from process_definitions.staff import staffed_from
from process_definitions.vocabulary import DUTIES, DUTY_WORK, WORK
from tests.unit.reading.grading import grade

CATALOGUE = load_catalogue()
VALUES: Mapping[str, object] = {
    "ref": "C-7K2M", "customer": "Ann", "link": "https://amends.example/t/abc", "due": "23 November 10:00",
    "department": "Logistics", "handler": "Wang Fang", "decision": "upheld", "reason": "Charged twice.",
    "remedy": "refund", "amount_text": "268.00", "score": 2, "cycle": 2, "task": "hear the recording",
    "work_item": 12, "absent": "Li Lei", "apology": 2, "speaker": "Zhao Lei", "may_propose": True,
    "tier": "severe", "category": "billing",
    "month": "October 2026", "headlines": ["Complaints received 12"], "findings": ["Delivery: slow"],
    "lead": "C-5N8P", "others": 9, "low": 1,
    "options": [
        {"title": "A", "text": "sent today", "recommended": True},
        {"title": "B", "text": "paid back", "recommended": False},
    ],
}  # fmt: skip
NEEDED: Mapping[str, object] = {
    "handler": "Wang Fang",
    "due": "",
    "task": "hear the recording",
    "options": [],
    "month": "October 2026",
    "headlines": [],
    "findings": [],
    "lead": "C-5N8P",
    "others": 9,
    "low": 1,
}
KEYS = {
    "acknowledgement", "acknowledgement_public", "progress", "answer", "options", "options_reminder",
    "options_default", "plan_made", "fix_done", "promise_moved", "question", "survey", "survey_reminder", "apology",
    "withdrawal_confirmed", "final_answer", "fulfilled", "closing", "offer", "offer_reminder", "offer_expired",
    "offer_assigned", "duty_work", "ladder_50", "ladder_75", "ladder_100", "promise_75", "item_released",
    "item_waived", "low_score", "very_negative", "incident", "empty_pool", "matter_joined", "matter_leads",
    "matter_low", "matter_reopened",
}  # fmt: skip


def test_the_catalogue_is_what_the_rules_read_from() -> None:
    books: Books = CATALOGUE
    assert books.calendar("always").always_on
    assert isinstance(books, Catalogue)
    assert CATALOGUE.templates.keys >= KEYS


@pytest.mark.parametrize("language", ["zh", "zh-CN", "en", "en-GB", "fr"])
@pytest.mark.parametrize("key", sorted(CATALOGUE.templates.keys))
def test_every_letter_renders_in_both_languages(key: str, language: str) -> None:
    letter = CATALOGUE.letter(key, language, VALUES)
    assert letter.subject
    assert "\n" not in letter.subject
    assert letter.body
    assert "{{" not in letter.body + letter.subject
    assert "\n\n\n" not in letter.body
    written = re.search("[\u4e00-\u9fff]", letter.subject + letter.body) is not None
    assert written == language.startswith("zh")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", sorted(CATALOGUE.templates.keys))
def test_a_letter_about_little_needs_little(key: str, language: str) -> None:
    few = {"ref": "C-7K2M", "customer": "customer", "link": "https://amends.example/t/abc", **NEEDED}
    assert CATALOGUE.letter(key, language, few).body


def test_the_holding_sentence_under_a_public_post_names_no_case() -> None:
    for language in ("zh", "en"):
        letter = CATALOGUE.letter("acknowledgement_public", language, VALUES)
        assert "C-7K2M" not in letter.subject + letter.body
        assert "http" not in letter.body


def test_a_subject_stays_one_line_whatever_is_put_in() -> None:
    letter = CATALOGUE.letter("duty_work", "en", {**VALUES, "task": "call\r\nBcc: all@example.org"})
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


def test_a_missing_value_is_refused_and_not_left_blank() -> None:
    with pytest.raises(CatalogueError, match="'ref' is undefined"):
        CATALOGUE.letter("closing", "en", {"customer": "Ann", "link": ""})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.zh.j2": "Subject: x\n\ny"}, "write it in zh and en"),
        ({"a.zh.j2": "no subject"}, "first line"),
        ({"a.zh.j2": "Subject: {{ reff }}\n"}, "unknown variable 'reff'; did you mean 'ref'"),
        ({"a.fr.j2": "Subject: x\n"}, "name it KEY"),
        ({"a.en.j2": "Subject: {% if %}\n"}, "templates/a.en.j2"),
    ],
)
def test_a_wrong_template_is_refused_with_its_file(files: dict[str, str], message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        Templates(files, {"zh": {}, "en": {}})


def test_all_variables_of_letters_are_used_somewhere() -> None:
    folder = Path(__file__).resolve().parents[3] / "process_definitions" / "templates"
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.j2"))
    assert [name for name in sorted(VARIABLES - {"cycle"}) if name not in text] == []


def test_every_duty_has_two_people_who_could_do_it() -> None:
    organisation = CATALOGUE.organisation
    for duty in DUTIES:
        holders = organisation.holders(duty)
        assert len({p.id for p in holders} | {d for p in holders for d in p.deputies}) >= 2, duty


def test_every_head_is_of_the_department_and_leads_as_a_head() -> None:
    for department in CATALOGUE.organisation.departments.values():
        assert CATALOGUE.organisation.person(department.head).department == department.key
        assert CATALOGUE.profile(department.head).role == "head"


def test_each_department_that_handles_speaks_both_languages() -> None:
    for department in CATALOGUE.organisation.departments:
        members = CATALOGUE.organisation.members(department)
        for language in ("zh", "en"):
            assert sum(person.speaks(language) for person in members) >= 2, (department, language)


def test_an_independent_reviewer_handles_no_complaints() -> None:
    for reviewer in CATALOGUE.organisation.holders("reviewer"):
        assert (reviewer.skills, reviewer.limit) == (frozenset(), 0)


def test_the_time_zone_can_be_replaced() -> None:
    assert load_organisation(zone="Europe/Berlin").calendars["office"].zone == "Europe/Berlin"


def test_names_exist_for_everything_people_see() -> None:
    for kind in (*WORK, *DUTY_WORK):
        assert CATALOGUE.name("work", kind, "zh")
    for category in CATEGORIES:
        assert CATALOGUE.name("category", category, "en")
    assert CATALOGUE.name("department", "quality", "zh") == "质量部"
    with pytest.raises(CatalogueError, match="did you mean 'severe'"):
        CATALOGUE.name("tier", "sever", "en")


def test_the_library_covers_each_category_with_and_without_a_person() -> None:
    assert len(CATALOGUE.solutions) >= 45
    for category in CATEGORIES:
        lights = {entry.light for entry in CATALOGUE.solutions if entry.category == category}
        assert lights == {True, False}, category


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_solution_answers(language: str) -> None:
    for entry in CATALOGUE.solutions:
        text = entry.answer(language, {"ref": "C-1", "customer": "Ann", "order_id": ""})
        assert len(text) > 20, entry.key
        assert entry.title(language)


def test_a_solution_that_does_not_fit_is_worth_nothing() -> None:
    entries = {entry.key: entry for entry in CATALOGUE.solutions}
    entry = entries["after_sales_how_return"]
    assert entry.fit("请问如何退货？", wants=None, order_id=None) >= 70
    assert entry.fit("商家拒绝退货，怎么退？", wants=None, order_id=None) == 0
    assert entries["logistics_lost_resend"].fit("包裹丢失了", wants=None, order_id=None) == 0


def test_light_samples_find_an_answer_in_the_library() -> None:
    for sample in load_samples():
        if sample.tier == "light":
            text, wants, order = sample.body["text"], sample.body.get("wants"), sample.body.get("order_id")
            category = grade(text).reading.category
            fits = [
                s.fit(text, wants=wants, order_id=order)
                for s in CATALOGUE.solutions
                if s.category == category and s.light
            ]
            assert max(fits) >= 70, sample.body["external_id"]


@pytest.mark.parametrize("sample", load_samples(), ids=lambda sample: str(sample.body["external_id"]))
def test_every_sample_gets_the_tier_it_is_meant_to_get(sample: Sample) -> None:
    channel = CATALOGUE.channel(sample.channel)
    assert channel is not None
    body = sample.body
    got = grade(
        body["text"], value=body["customer"]["value"], amount=body.get("amount"), authority=channel.authority
    )
    assert got.tier == sample.tier


def test_samples_use_every_channel_category_and_tier() -> None:
    samples = load_samples()
    assert len(samples) >= 48
    assert {sample.channel for sample in samples} == set(CATALOGUE.channels)
    assert {sample.tier for sample in samples} == {"light", "medium", "severe"}
    assert {grade(sample.body["text"]).reading.category for sample in samples} == set(CATEGORIES)
    ids = [sample.body["external_id"] for sample in samples]
    assert len(set(ids)) == len(ids)


def test_wrong_content_is_refused_with_file_entry_and_cure(tmp_path: Path) -> None:
    broken = tmp_path / "organisation.toml"
    with pytest.raises(CatalogueError, match=r"organisation.toml is missing"):
        read_sheet(broken)
    broken.write_text("a = [", "utf-8")
    with pytest.raises(CatalogueError, match="is no TOML"):
        read_sheet(broken)
    with pytest.raises(CatalogueError, match="'lite' means nothing here"):
        solutions_from(Sheet("solutions.toml", {"x": {"lite": True}}))
    with pytest.raises(CatalogueError, match="is no category"):
        solutions_from(Sheet("solutions.toml", {"x": {"category": "shoes"}}))


def test_an_organisation_that_does_not_hold_together_is_refused() -> None:
    whole = read_sheet(
        Path(__file__).resolve().parents[3] / "process_definitions" / "organisation.toml"
    ).values
    staff = whole["staff"]
    nobody = {
        id: {**entry, "duties": [d for d in entry["duties"] if d != "reviewer"]}
        for id, entry in staff.items()
    }
    with pytest.raises(CatalogueError, match="nobody holds the duty 'reviewer'"):
        staffed_from(Sheet("organisation.toml", {**whole, "staff": nobody}))
    typo = {**staff, "s-li-na": {**staff["s-li-na"], "skills": ["biling"]}}
    with pytest.raises(CatalogueError, match="did you mean 'billing'"):
        staffed_from(Sheet("organisation.toml", {**whole, "staff": typo}))
    self_deputy = {**staff, "s-li-na": {**staff["s-li-na"], "deputies": ["s-li-na"]}}
    with pytest.raises(OrganisationError, match="own deputy"):
        staffed_from(Sheet("organisation.toml", {**whole, "staff": self_deputy}))
