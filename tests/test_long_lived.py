"""What lives long is left out when garbage is looked for; garbage among it is found all the same, later."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from tutor.serving.long_lived import AGAIN_AFTER_S, LongLived


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_nothing_is_left_out_before_all_is_loaded() -> None:
    loaded = False
    long_lived = LongLived(lambda: loaded, lambda: 0.0)

    long_lived.look()
    before = gc.get_freeze_count()
    loaded = True
    long_lived.look()

    assert before == 0
    assert gc.get_freeze_count() > 1000


def test_what_was_replaced_is_freed_at_the_next_look_and_not_before() -> None:
    now = 0.0
    long_lived = LongLived(lambda: True, lambda: now)
    ring = Ring()
    replaced = weakref.ref(ring)
    long_lived.look()

    del ring
    gc.collect()
    long_lived.look()
    left_out = replaced() is not None
    now = AGAIN_AFTER_S
    long_lived.look()

    assert left_out
    assert replaced() is None
