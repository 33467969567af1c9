"""What the service tasks of the definitions do, one noun a file; `BINDINGS` lists them all by topic."""

from __future__ import annotations

from collections.abc import Mapping

from store.binding import Binding, bind
from tasks import (
    answering,
    apologising,
    asking,
    closing,
    collaborating,
    duty,
    following,
    granting,
    improving,
    library,
    merging,
    offering,
    promising,
    reading,
    surveying,
    telling,
)

ALL = (
    reading, promising, telling, offering, duty, library, answering, asking, collaborating, granting,
    surveying, closing, merging, following, apologising, improving,
)  # fmt: skip

BINDINGS: Mapping[str, Binding] = bind(*(binding for module in ALL for binding in module.BINDINGS))
