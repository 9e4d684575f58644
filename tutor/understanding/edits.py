"""How likely one word is a slip of the fingers for another. Knows letters and keyboards, no vocabulary.

The weights follow what typing studies agree on (Damerau 1964: four kinds of single slip make up 80 % of errors; Kukich,
ACM Computing Surveys 1992: first letters are seldom wrong, neighbouring keys and doubled letters often); their exact
values are not tuned.
"""

_SWAPPED = 0.7
_DOUBLED = 0.6
_NEIGHBOUR_KEY = 0.8
_VOWEL_FOR_VOWEL = 0.8
_OMITTED = 0.85  # a letter inside the word
_OTHER = 1.0
_FIRST_LETTER = 0.4  # on top, when the first letters differ

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")


def _neighbours() -> frozenset[tuple[str, str]]:
    places = {key: (column + row * 0.5, row) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}
    return frozenset(
        (a, b)
        for a, (ax, ay) in places.items()
        for b, (bx, by) in places.items()
        if a != b and abs(ax - bx) <= 1.0 and abs(ay - by) <= 1
    )


_NEIGHBOURS = _neighbours()


def edit_cost(written: str, meant: str) -> float:
    """Weighted Damerau-Levenshtein cost (optimal string alignment) of typing ``written`` for ``meant``."""
    if written == meant:
        return 0.0
    first_letter = _FIRST_LETTER if written[:1] != meant[:1] else 0.0
    return _alignment(*_where_they_differ(written, meant)) + first_letter


def _where_they_differ(written: str, meant: str) -> tuple[str, str]:
    """Both words without the beginning and the end they share, but for one letter each, which may be a doubled one."""
    shorter = min(len(written), len(meant))
    head = 0
    while head < shorter and written[head] == meant[head]:
        head += 1
    tail = 0
    while tail < shorter - head and written[-1 - tail] == meant[-1 - tail]:
        tail += 1
    head, tail = max(0, head - 1), max(0, tail - 1)
    return written[head : len(written) - tail], meant[head : len(meant) - tail]


def _alignment(written: str, meant: str) -> float:
    above: list[float] = []
    row = [0.0]
    for column in range(1, len(meant) + 1):
        row.append(row[-1] + _gap(meant, column - 1))
    for r, letter in enumerate(written, start=1):
        before_above, above, row = above, row, [row[0] + _gap(written, r - 1)]
        for c, other in enumerate(meant, start=1):
            cost = min(
                above[c] + _gap(written, r - 1),
                row[c - 1] + min(_gap(meant, c - 1), _OMITTED if 1 < c < len(meant) else _OTHER),
                above[c - 1] + _substitution(letter, other),
            )
            if r > 1 and c > 1 and letter == meant[c - 2] and other == written[r - 2] and letter != other:
                cost = min(cost, before_above[c - 2] + _SWAPPED)
            row.append(cost)
    return row[-1]


def _gap(word: str, position: int) -> float:
    """A letter too many or too few, less when it doubles its neighbour."""
    doubled = word[position] in word[max(0, position - 1) : position] + word[position + 1 : position + 2]
    return _DOUBLED if doubled else _OTHER


def _substitution(written: str, meant: str) -> float:
    if written == meant:
        return 0.0
    if (written, meant) in _NEIGHBOURS:
        return _NEIGHBOUR_KEY
    return _VOWEL_FOR_VOWEL if written in _VOWELS and meant in _VOWELS else _OTHER
