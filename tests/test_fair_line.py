"""The line of questions: bounded, courses and callers by turns, and the one refused is never who holds too little."""

from collections import Counter
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tutor.api.line import FairLine

PLACES = 7

Question = tuple[str, str, int]  # course, caller, and when it came

courses = st.sampled_from("abcd")
callers = st.sampled_from("xyz")


class EveryArrival(RuleBasedStateMachine):
    """Whatever comes, is taken and leaves, the line is compared with a plain list of who waits."""

    def __init__(self) -> None:
        super().__init__()
        self.line: FairLine[Question] = FairLine(PLACES)
        self.waiting: list[Question] = []
        self.n = 0

    @rule(course=courses, caller=callers)
    def somebody_asks(self, course: str, caller: str) -> None:
        self.n += 1
        question = (course, caller, self.n)
        before, expected = self.held(), self.line.has_room_for(course, caller)

        joined, gave_way = self.line.join(course, caller, question)

        assert joined == expected, "what is said beforehand holds"
        if sum(before.values()) < PLACES:
            assert (joined, gave_way) == (True, None), "nobody is refused or gives way while there is room"
        if not joined:
            share = PLACES / len({*before, course})
            holds_too_little, others_hold_more = before[course] <= share - 1, max(before.values()) > share
            assert not (holds_too_little and others_hold_more), "nobody below a share is refused while others are above"
            of_caller = Counter(one[1] for one in self.waiting if one[0] == course)
            assert of_caller[caller] + 1 >= max(of_caller.values(), default=0), "nor within a course"
        if gave_way:
            assert before[gave_way[0]] == max(before.values()) or gave_way[0] == course
            if gave_way[0] == course:
                of_caller = Counter(one[1] for one in self.waiting if one[0] == course)
                assert of_caller[gave_way[1]] > of_caller[caller] + 1, "to a caller of the course who holds less"
            else:
                assert before[gave_way[0]] > before[course] + 1, "to a course that holds less"
            assert gave_way == max(one for one in self.waiting if one[:2] == gave_way[:2]), "the newest of its caller"
            self.waiting.remove(gave_way)
        if joined:
            self.waiting.append(question)

    @rule()
    def a_thread_is_free(self) -> None:
        question = self.line.take()

        if question is None:
            assert not self.waiting
            return
        assert question == min(one for one in self.waiting if one[:2] == question[:2]), "a caller's come in order"
        self.waiting.remove(question)

    @rule(data=st.data())
    def somebody_leaves(self, data: st.DataObject) -> None:
        if self.waiting:
            question = data.draw(st.sampled_from(self.waiting))
            assert self.line.leave(*question[:2], question)
            assert not self.line.leave(*question[:2], question)
            self.waiting.remove(question)

    @invariant()
    def it_is_bounded(self) -> None:
        assert len(self.line) == len(self.waiting) <= PLACES

    def held(self) -> Counter[str]:
        return Counter(one[0] for one in self.waiting)


TestEveryArrival = EveryArrival.TestCase


@given(st.lists(st.tuples(courses, callers), max_size=30))
def test_courses_take_turns_and_so_do_those_who_ask_one(arrivals: list[tuple[str, str]]) -> None:
    line: FairLine[Question] = FairLine(100)
    for number, (course, caller) in enumerate(arrivals):
        line.join(course, caller, (course, caller, number))

    taken = [question for question in iter(line.take, None) if question]

    assert sorted(taken, key=lambda one: one[2]) == [(*who, number) for number, who in enumerate(arrivals)]
    assert all(no_one_twice_while_others_wait(taken[at:], 0) for at in range(len(taken)))
    for _, of_course in groupby(sorted(taken, key=lambda one: one[0]), key=lambda one: one[0]):
        in_order = list(of_course)
        assert all(no_one_twice_while_others_wait(in_order[at:], 1) for at in range(len(in_order)))


def no_one_twice_while_others_wait(taken: list[Question], part: int) -> bool:
    """The next turns are of different ones until each who waits had one."""
    names = {one[part] for one in taken}
    return len({one[part] for one in taken[: len(names)]}) == len(names)


@given(st.integers(0, 60), st.integers(1, 5))
def test_a_course_that_asks_little_is_served_soon_whatever_others_ask(n_crowd: int, n_courses: int) -> None:
    line: FairLine[Question] = FairLine(PLACES)
    for number in range(n_crowd):
        line.join(f"crowd {number % n_courses}", "x", ("crowd", "x", number))

    joined, _ = line.join("quiet", "y", ("quiet", "y", 0))
    waited_for = next((turn for turn in range(PLACES) if line.take() == ("quiet", "y", 0)), None)

    assert joined
    assert waited_for is not None
    assert waited_for <= n_courses


def test_a_course_alone_may_hold_every_place() -> None:
    line: FairLine[int] = FairLine(PLACES)

    joined = [line.join("a", "x", number)[0] for number in range(PLACES + 1)]

    assert joined == [True] * PLACES + [False]
