"""`docs/conformance.md`, counted anew: `python -m tests.unit.conformance.page > docs/conformance.md`."""

from __future__ import annotations

from tests.unit.conformance.models import bpmn_files, decision_folders, judge, read

HEAD = """\
# Conformance

Written by `tests/unit/conformance/`; do not edit by hand. The models are public and not part of this repository; the
test counts again wherever they lie beside the checkout (`../shared/conformance`).
"""


def summary() -> str:
    """One paragraph with every count, as it stands in docs/language.md too."""
    files, folders = [read(path) for path in bpmn_files()], [judge(folder) for folder in decision_folders()]
    nodes, flows = sum(len(f.nodes) for f in files), sum(len(f.flows) for f in files)
    refused, lost = sum(len(f.refused) for f in files), sum(len(f.lost) for f in files)
    passed, failed = sum(f.passed for f in folders), sum(len(f.failed) for f in folders)
    unread = sum(bool(f.refused) for f in folders)
    return (
        f"BPMN MIWG: {len(files)} files read whole, {nodes} flow nodes and {flows} sequence flows,\n"
        f"{refused} elements and attributes refused by name, {lost} lost. DMN TCK: {passed + failed} cases of "
        f"{len(folders)} tables,\n{passed} pass, {failed} fail, {unread} tables refused."
    )


def page() -> str:
    parts = [HEAD, summary(), ""]
    parts += ["## BPMN Model Interchange Working Group", ""]
    parts += ["| file | flow nodes | flows | shapes | edges | refused by name |", "|---|---|---|---|---|---|"]
    for found in map(read, bpmn_files()):
        named = " · ".join(
            f"{what} ×{count}" if count > 1 else what for what, count in sorted(found.kinds.items())
        )
        numbers = (len(found.nodes), len(found.flows), found.shapes, found.edges)
        parts.append(f"| {found.name} | {' | '.join(map(str, numbers))} | {named or 'nothing'} |")
    parts += ["", "## DMN Technology Compatibility Kit", ""]
    parts += ["| table | hit policy | pass | fail or refused |", "|---|---|---|---|"]
    for judged in map(judge, decision_folders()):
        wrong = " · ".join((*judged.failed, *judged.refused)) or "none"
        parts.append(f"| {judged.name} | {judged.policy} | {judged.passed} | {wrong} |")
    return "\n".join([*parts, ""])


if __name__ == "__main__":
    print(page(), end="")
