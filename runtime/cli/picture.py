"""The picture of a process: as shipped, or with the way that one complaint has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bpmn.diagram import NotDrawn, svg
from bpmn.model import Flow, Model, Scope
from complaints.errors import near
from complaints.reference import parse_ref
from process_definitions.loader import Bundle, load_bundle, read_bundle
from review.process_heat import names

if TYPE_CHECKING:
    from runtime.wiring import Wiring


def picture(key: str, language: str) -> str:
    """The shipped process `key` as SVG; `NotDrawn` with the near name for one that is not there."""
    bundle = load_bundle()
    return svg(_model(bundle, key), key, language=language, names=names(language))


def picture_of(wiring: Wiring, key: str, ref: str, language: str) -> str:
    """The process `key` of the bundle that complaint `ref` runs on, with its tokens and the travelled path.

    A flow counts as travelled where it is the only way into an element that was entered.
    """
    from cases.view import complaint
    from store.tables import Bundle as BundleRow

    ref = parse_ref(ref)
    view = complaint(wiring.casework, ref, actor=None, language=language)
    with wiring.database.read() as session:
        row = session.get(BundleRow, wiring.casework.find(session, ref).bundle)
        assert row is not None, "the foreign key holds"
        bundle = read_bundle(row.files, published=True)
    model = _model(bundle, key)
    elements = [one for one in view["process"]["elements"] if one["process"] == key]
    entered = {str(one["element"]) for one in elements}
    process = next(drawn for drawn in model.processes if drawn.key == key)
    flows = list(_flows(process.scope))
    ways_in = Counter(flow.target for flow in flows)
    travelled = {flow.id for flow in flows if flow.target in entered and ways_in[flow.target] == 1}
    return svg(
        model, key, active={str(one["element"]): "" for one in elements if one["state"] == "active"},
        path=entered | travelled, counts={str(one["element"]): int(one["times"]) for one in elements},
        language=language, names=names(language),
    )  # fmt: skip


def _model(bundle: Bundle, key: str) -> Model:
    known = bundle.definitions.processes
    if key not in known:
        raise NotDrawn(f"there is no process {key!r}{near(key, known)}")
    return bundle.model_of(key)


def _flows(scope: Scope) -> Iterator[Flow]:
    yield from scope.flows.values()
    for node in scope.nodes.values():
        if node.scope is not None:
            yield from _flows(node.scope)
