"""Complaints told from beginning to end, on both databases, with time as a value."""

import pytest

pytest.register_assert_rewrite("tests.contract.stories.soundness")
