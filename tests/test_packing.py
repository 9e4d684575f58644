"""Pieces are packed into groups that fit, of even size, parted where it hurts least."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.packing import Piece, pack

PIECES = st.lists(st.builds(Piece, st.integers(0, 120), st.booleans(), st.booleans()), max_size=60)


def paragraph(*sizes: int) -> list[Piece]:
    return [Piece(size, ends_paragraph=number == len(sizes), leads_in=False) for number, size in enumerate(sizes, 1)]


@given(PIECES, st.integers(1, 200))
def test_groups_cover_all_pieces_in_order_and_fit(pieces: list[Piece], max_tokens: int) -> None:
    groups = pack(pieces, max_tokens)

    assert [number for group in groups for number in group] == list(range(len(pieces)))
    for group in groups:
        sizes = [max(1, pieces[number].tokens) for number in group]
        leads_in_to_oversized = sizes[-1] > max_tokens and sum(sizes[:-1]) <= max_tokens * 0.2
        assert sum(sizes) <= max_tokens or leads_in_to_oversized


def test_what_fits_is_not_parted() -> None:
    assert pack(paragraph(40, 40) + paragraph(20), 100) == [range(3)]


def test_sizes_are_even_and_leave_no_small_tail() -> None:
    assert pack(paragraph(*[10] * 12), 100) == [range(6), range(6, 12)]


def test_a_break_between_paragraphs_is_preferred() -> None:
    assert pack(paragraph(30, 30, 20) + paragraph(20, 30, 30), 100) == [range(3), range(3, 6)]
    assert pack(paragraph(30, 30) + paragraph(30, 20, 30, 20), 100) == [range(2), range(2, 6)]


def test_an_announcement_stays_with_what_it_announces() -> None:
    pieces = [Piece(60, True, False), Piece(10, True, leads_in=True), Piece(60, True, False)]

    assert pack(pieces, 100) == [range(1), range(1, 3)]


def test_a_piece_over_the_limit_stands_alone_but_for_a_short_lead_in() -> None:
    after = Piece(10, True, False)

    assert pack([Piece(60, True, False), Piece(500, True, False), after], 100) == [range(1), range(1, 2), range(2, 3)]
    assert pack([Piece(10, True, False), Piece(500, True, False), after], 100) == [range(2), range(2, 3)]
