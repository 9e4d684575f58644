"""Who computes alone may take every core; who met somebody a moment ago may not."""

import pytest

from index import company as company_module
from index.company import REMEMBERED_S, Company


class Clock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(company_module, "time", clock)
    return clock


def test_who_comes_while_nobody_is_there_is_alone_again_and_again(clock: Clock) -> None:
    company = Company()

    for _ in range(3):
        with company as alone:
            assert alone
        clock.now += 0.001


def test_who_met_somebody_is_not_alone_until_a_while_later(clock: Clock) -> None:
    company = Company()
    with company as first, company as second:
        pass

    with company as soon_after:
        pass
    clock.now += REMEMBERED_S
    with company as later:
        pass

    assert (first, second, soon_after, later) == (True, False, False, True)


def test_who_fails_leaves_all_the_same(clock: Clock) -> None:
    company = Company()
    with pytest.raises(ValueError, match="text"), company:
        raise ValueError("text")

    with company as alone:
        assert alone
