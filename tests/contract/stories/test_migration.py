"""A complaint that waits goes on by newer definitions: shown before, whole or not at all, and on to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import Session

from bpmn.migration import Wishes
from cases.errors import CaseEnded, NotWanted
from cases.requests.direction import End
from cases.requests.migrating import CannotMigrate, Migrate, Outlook
from cases.view.migration import migration_view
from complaints.acting import Actor
from process_definitions.loader import Bundle, digest, read_bundle
from store.tables import Bundle as BundleRow
from tests.contract.casework import BEGINNING, Built, shipped
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")


def renamed(text: str, before: str, after: str) -> str:
    """An element and everything that points at it under another id."""
    for attribute in ("id", "sourceRef", "targetRef", "attachedToRef", "bpmnElement"):
        text = text.replace(f'{attribute}="{before}"', f'{attribute}="{after}"')
    return text


def solving() -> str:
    """Medium, with the specialist's step called otherwise and a level of the resolve clock more."""
    text = renamed(shipped()[0].files["medium.bpmn"], "resolve", "solve")
    late = (
        '<bpmn:boundaryEvent id="resolve_90" attachedToRef="work" cancelActivity="false">'
        "<bpmn:outgoing>to_90_end</bpmn:outgoing><bpmn:timerEventDefinition>"
        '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">resolve of cycle at 90 %</bpmn:timeDuration>'
        '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="end_90"/>'
        '<bpmn:sequenceFlow id="to_90_end" sourceRef="resolve_90" targetRef="end_90"/>'
    )
    return text.replace(
        '<bpmn:boundaryEvent id="resolve_50"', late + '<bpmn:boundaryEvent id="resolve_50"', 1
    )


def published(house: Built, **changed: str) -> Bundle:
    """A bundle with some files changed, in the store beside the live one."""
    files = {**shipped()[0].files, **{f"{name}.bpmn": text for name, text in changed.items()}}
    bundle = read_bundle(files)
    with house.casework.database.write() as session:
        if session.get(BundleRow, bundle.hash) is None:
            session.add(BundleRow(hash=bundle.hash, files=dict(files), published_at=BEGINNING))
    return bundle


def request(house: Built, bundle: Bundle, **mapping: str) -> Migrate:
    with house.casework.database.read() as session:
        definitions = house.casework.shelf.definitions(session, bundle.hash)
    return Migrate(OPS, bundle.hash, definitions, Wishes(mapping, {}))


def look(story: Complaint, wanted: Migrate) -> Outlook:
    with story.house.casework.reading(story.ref) as file:
        return wanted.outlook(file, story.house.casework.passage(file))


def test_a_waiting_complaint_moves_to_a_changed_drawing_and_goes_on_to_its_end(
    file: File, house: Built
) -> None:
    story = file("medium")
    story.wait(minutes=20)
    handler = story.act("confirm").assignee
    story.wait(hours=2)
    before = {
        name: story.clock(name, key) for name, key in (("resolve", 1), ("promise", ""), ("first_contact", ""))
    }
    bundle = published(house, medium=solving())
    story.ask(request(house, bundle, resolve="solve"))
    case = story.case
    assert case.bundle == bundle.hash
    assert '"e":"solve"' in (case.instance or "")
    for name, clock in before.items():
        now = story.clock(name, clock.key)
        assert (now.id, now.started_at, now.due_at) == (clock.id, clock.started_at, clock.due_at)
    assert story.history("migrated") == [
        {
            "before": shipped()[0].hash,
            "to": bundle.hash,
            "renamed": {"medium/resolve": "solve"},
            "dropped": [],
        }
    ]
    story.wait(hours=20)
    levels = [line["level"] for line in story.history("timer_fired") if line["clock"] == "resolve"]
    assert levels == ["50 %", "75 %", "90 %"]
    story.resolve(remedy="refund", amount=12_900)
    story.act("done", kind="fulfil")
    story.until_asked()
    story.score(5)
    story.wait(minutes=15)
    case = story.case
    assert (case.status, case.outcome, case.owner) == ("closed", "accepted", handler)


def test_what_is_shown_before_is_what_is_done(file: File, house: Built) -> None:
    story = file("medium")
    story.act("confirm")
    wanted = request(house, published(house, medium=solving()), resolve="solve")
    outlook = look(story, wanted)
    assert story.case.bundle == shipped()[0].hash
    view = migration_view(outlook, wanted.to)
    moved = {
        (t["process"], t["element"]): t["becomes"] for t in view["tokens"] if t["element"] != t["becomes"]
    }
    assert moved == {("medium", "resolve"): "solve"}
    timers = {t["element"]: t["how"] for t in view["timers"]}
    assert timers["resolve_90"] == "armed"
    assert timers["resolve_50"] == timers["resolve_100"] == "kept"
    assert ("resolve", "1", "kept") in [(c["name"], c["key"], c["how"]) for c in view["clocks"]]
    assert [(i["kind"], i["actions"], i["becomes"]) for i in view["items"]] == [
        ("resolve", ["resolve"], ["resolve"])
    ]
    with house.casework.database.write() as session:
        case = house.casework.find(session, story.ref, lock=True)
        done = house.casework.step_in(session, case, wanted)
        assert done is not None
        assert migration_view(done, wanted.to) == view
    assert armed(story) == {e for e, how in timers.items() if how != "dropped"}


def armed(story: Complaint) -> set[str]:
    with story.house.casework.reading(story.ref) as file:
        return {timer.element for timer in story.house.casework.passage(file).armed().values()}


def test_a_step_that_is_gone_and_not_named_keeps_the_complaint_where_it_is(file: File, house: Built) -> None:
    story = file("medium")
    story.act("confirm")
    before = story.case
    with pytest.raises(CannotMigrate) as refused:
        story.ask(request(house, published(house, medium=solving())))
    assert "medium/resolve: the element is gone: name the one that takes its place" in refused.value.message
    after = story.case
    assert (after.bundle, after.instance, after.version) == (before.bundle, before.instance, before.version)
    assert story.history("migrated") == []
    story.resolve(remedy="apology")


def test_a_name_that_means_nothing_is_refused_with_the_near_one(file: File, house: Built) -> None:
    story = file("medium")
    with pytest.raises(
        CannotMigrate, match="no 'resolv' in any process before the migration; did you mean 'resolve'"
    ):
        story.ask(request(house, published(house, medium=solving()), resolv="solve"))
    with pytest.raises(
        CannotMigrate, match="no 'solv' in any process after the migration; did you mean 'solve'"
    ):
        story.ask(request(house, published(house, medium=solving()), resolve="solv"))


def test_work_at_another_point_of_its_offer_is_refused(file: File, house: Built) -> None:
    story = file("medium")
    text = shipped()[0].files["offer.bpmn"]
    unasked = text.replace('name="actions" value="confirm, decline"', 'name="actions" value="decline"', 1)
    assert unasked != text
    with pytest.raises(CannotMigrate, match="is offered, but needs no confirming there"):
        story.ask(request(house, published(house, offer=unasked)))
    story.act("confirm")


def test_an_activity_under_way_keeps_its_tries_under_its_new_name(house: Built) -> None:
    """Moved between two attempts of a service task: it is done once, by the new drawing."""
    with house.casework.database.write() as session:
        ref = _unread(house, session)
    text = renamed(shipped()[0].files["complaint.bpmn"], "read", "read_it")
    bundle = published(house, complaint=text)
    house.casework.step(ref, request(house, bundle, read="read_it"))
    house.work()
    story = Complaint(house, ref)
    assert story.case.tier == "medium"
    assert house.failed == []


def _unread(house: Built, session: Session) -> str:
    from cases.opening import Arrival, Complainant, open_case

    arrival = Arrival(
        channel="app", external_id="unread", occurred_at=house.clock(), customer=Complainant(id="c-unread"),
        text="退货不退款，商家四五天不回信息，商品有问题也不理人",
    )  # fmt: skip
    return open_case(house.casework, session, arrival).ref


def test_one_that_is_over_or_there_already_has_nothing_to_move(file: File, house: Built) -> None:
    story = file("medium")
    bundle = published(house, medium=solving())
    with pytest.raises(NotWanted, match="already"):
        story.ask(request(house, replace(bundle, hash=story.case.bundle)))
    story.ask(End("voided", OPS, "spam"))
    with pytest.raises(CaseEnded):
        story.ask(request(house, bundle, resolve="solve"))


def test_the_bundles_of_this_file_differ() -> None:
    files = {**shipped()[0].files, "medium.bpmn": solving()}
    assert digest(files) != shipped()[0].hash
