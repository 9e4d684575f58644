"""Pairs of English words that mean the opposite, in the forms in which questions and sentences hold them."""

from collections import defaultdict
from collections.abc import Mapping

_PAIRS = """
    increase decrease, increases decreases, increased decreased, increasing decreasing, high low, higher lower,
    highest lowest, large small, larger smaller, largest smallest, big little, more less, more fewer, most least,
    first last, early late, earlier later, earliest latest, before after, begin end, began ended, start end, started
    ended, start finish, start stop, old new, older younger, oldest youngest, oldest newest, long short, longer
    shorter, longest shortest, north south, northern southern, northeast southwest, northwest southeast, east west,
    eastern western, win lose, won lost, gain lose, gained lost, gain loss, buy sell, bought sold, export import,
    exports imports, male female, men women, man woman, father mother, son daughter, king queen, brother sister,
    rich poor, richest poorest, wealthy poor, strong weak, stronger weaker, fast slow, faster slower, fastest
    slowest, rise fall, rose fell, rising falling, above below, over under, inside outside, internal external,
    positive negative, allow prevent, allows prevents, allowed prohibited, allow prohibit, legal illegal, accept
    reject, accepted rejected, support oppose, supported opposed, agree disagree, agreed disagreed, include exclude,
    includes excludes, include omit, join leave, joined left, enter leave, arrive depart, create destroy, created
    destroyed, build destroy, built destroyed, public private, good bad, better worse, best worst, easy difficult,
    easier harder, simple complex, hot cold, hotter colder, warm cool, wet dry, light dark, heavy light, active
    inactive, major minor, majority minority, maximum minimum, upper lower, modern ancient, odd even, common rare,
    same different, similar different, equal unequal, true false, possible impossible, able unable, known unknown,
    popular unpopular, friend enemy, peace war, expand contract, expanded contracted, widen narrow, wide narrow,
    deep shallow, open closed, opened closed, add remove, added removed, give take, gave took, send receive, sent
    received, push pull, attack defend, attacked defended, teacher student, urban rural, domestic foreign, voluntary
    involuntary, natural artificial, organic inorganic, direct indirect, solid liquid, acid base, birth death, born
    died, alive dead, employed unemployed, employment unemployment, efficient inefficient, absorb release, absorbed
    released, attract repel, encourage discourage, improve worsen, strengthen weaken, success failure, successful
    unsuccessful, succeed fail, always never, all none, everyone nobody, many few, against for, with without, formal
    informal, primary secondary, visible invisible, left right, top bottom, front back, outer inner, cause prevent,
    caused prevented, dominant recessive, anterior posterior, superior inferior, proximal distal, medial lateral,
    supervised unsupervised, linear nonlinear, forward backward, encoder decoder, gas liquid
"""


def _both_ways(pairs: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for pair in pairs.split(","):
        one, other = pair.split()
        found[one].add(other)
        found[other].add(one)
    return {word: frozenset(opposites) for word, opposites in found.items()}


OPPOSITES = _both_ways(_PAIRS)
