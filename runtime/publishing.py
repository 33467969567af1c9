"""Publishing definitions: refused when a running complaint could not go on with what they bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn.findings import Refused
from bpmn.link import link
from bpmn.model import Node, Scope
from process_definitions.loader import Bundle, load_bundle, read_bundle, template_keys
from process_definitions.vocabulary import vocabulary
from runtime.errors import SetupError
from runtime.wiring import Wiring, machine_time
from store.process_time import process_time
from store.queries.bundles import in_use
from store.tables import LiveBundle

SHOWN_FINDINGS = 3


class WouldStrand(SetupError):
    """Open complaints ask the live tables (`decisionRefBinding="latest"`), and the new ones do not fit theirs."""

    def __init__(self, bundle: str, running: int, refused: Refused) -> None:
        told = "; ".join(map(str, refused.findings[:SHOWN_FINDINGS]))
        super().__init__(
            f"{running} open complaints run on bundle {bundle[:12]}, which could not use the new tables: {told}; "
            "keep the inputs and outputs that it asks for, or let those complaints end first"
        )


def publish(wiring: Wiring, bundle: Bundle) -> bool:
    """Make `bundle` the live one; True when it was already. `WouldStrand` leaves everything as it was."""
    with wiring.database.write() as session:
        live = session.get(LiveBundle, 1)
        for row, running in in_use(session):
            if row.hash != bundle.hash:
                _try_on(read_bundle(row.files, published=True), running, bundle)
        known = live is not None and live.hash == bundle.hash
        now = process_time(session, machine_time())
        shipped = bundle.hash == load_bundle().hash
        wiring.casework.shelf.publish(session, bundle, now, shipped=shipped)
    return known


def _try_on(running: Bundle, complaints: int, new: Bundle) -> None:
    """Link the models of a running bundle with the new tables wherever it binds "latest"."""
    live = {
        node.decision
        for model in running.models for process in model.processes for node in _nodes([process.scope])
        if node.decision_live
    }  # fmt: skip
    asked = {key: table for key, table in new.definitions.decisions.items() if key in live}
    try:
        link(
            running.models,
            {**running.definitions.decisions, **asked},
            vocabulary(template_keys(running.files)),
            published=True,
        )
    except Refused as refused:
        raise WouldStrand(running.hash, complaints, refused) from refused


def _nodes(scopes: Iterable[Scope]) -> Iterator[Node]:
    for scope in scopes:
        yield from scope.nodes.values()
        yield from _nodes(node.scope for node in scope.nodes.values() if node.scope is not None)
