"""Two courses that say nearly the same, in which every sentence and heading tells whose it is; and questions to them.

Files have the same names, terms the same definitions but for one made-up word, so that a ranking, a cache or a mask
that were not a course's own would sooner or later show the other one's words. One file is the same to the letter.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TWINS = {"north": "south", "south": "north"}
MARKS = {"north": "vardelune", "south": "quistomir"}  # in each sentence and heading of one course, never in a question
OWN = {"north": "brantel", "south": "oskivar"}  # names a few terms that only one course has
SHARED = "Both domes of the old house turn towards the east wind at dusk."

# What each is, and what was found out about it. The mark stands where the braces are.
TOPICS = {
    "nebula": ("a cloud of gas and dust that {} observers photograph", "fills the space between the stars of {}"),
    "pulsar": ("a spinning remnant whose beam sweeps over {}", "ticks more evenly than any clock of {}"),
    "red giant": ("a large cool star near its end, as {} charts it", "swells when hydrogen runs out, says {}"),
    "white dwarf": ("the hot core that a light star leaves in {} tables", "cools for billions of {} years"),
    "supernova": ("the explosion of a heavy star that lit {} nights", "scatters iron over the fields of {}"),
    "corona": ("the thin outer air of a sun, seen from {}", "is hotter than the surface that {} measured"),
    "parallax": ("the shift of a near star against far ones in {}", "gives the distance from {} in parsecs"),
    "comet": ("a body of ice that grows a tail over {}", "returns to {} after decades in the dark"),
    "meteorite": ("a stone from space that fell at {}", "carries metals that {} smiths worked"),
    "eclipse": ("the passing of one body into the shadow of another at {}", "darkens {} for some minutes"),
    "spectrum": ("light spread out by its colours on the {} screen", "shows which elements {} lamps hold"),
    "asteroid": ("a small rocky body that crosses the {} sky", "is tracked by radar from {}"),
}
OFF_COURSE = ("Who won the world cup in 1998?", "How do I bake bread?", "What is reinforcement learning?", "Help me")


@dataclass(frozen=True)
class Put:
    """A question to one of the twins, with what was said before."""

    course: str
    question: str
    history: tuple[tuple[str, str], ...] = ()  # (role, words), oldest first
    document_id: str = ""

    @property
    def words(self) -> str:
        """All that whoever asks has said: an answer may say it back."""
        return " ".join((self.question, *(said for _, said in self.history))).casefold()


def write_twins(folder: Path) -> list[Path]:
    """The folders of both courses."""
    for course, mark in MARKS.items():
        (folder / course).mkdir(parents=True)
        (folder / course / "course.toml").write_text(
            f'id = "{course}"\ntitle = "Stars over {mark}"\nlanguage = "en"\n'
            f'description = "What {mark} knows."\nsuggested_questions = ["What is the {OWN[course]} drift?"]\n'
        )
        (folder / course / "house.md").write_text(f"# The house\n\n{SHARED}\n")
        for number in range(4):
            (folder / course / f"lesson-{number}.md").write_text(lesson(course, number))
    return [folder / course for course in MARKS]


def lesson(course: str, number: int, *, edition: int = 1) -> str:
    """One of the four lessons of a course; a later edition has one passage more."""
    mark, topics = MARKS[course], list(TOPICS.items())[number * 3 : number * 3 + 3]
    own = f"{OWN[course]} drift"
    terms = [f"- **{term}**: A {term} is {what.format(mark)}." for term, (what, _) in topics]
    terms.append(f"- **{own} {number}**: The {own} {number} is how stars move past {mark}.")
    passages = [
        f"## The {term} of {mark}\n\nA {term} {fact.format(mark)}. Students in {mark} draw each {term} at night.\n"
        for term, (_, fact) in topics
    ]
    takeaways = [f"- The {term} matters to {mark}: it {fact.format(mark)}." for term, (_, fact) in topics]
    later = f"## Edition {edition} of {mark}\n\nEdition {edition} adds what {mark} learnt about light.\n"
    parts = [f"# Lesson {number} of {mark}\n", f"## Key terms of {mark}\n", *terms, "", *passages]
    return "\n".join([*parts, later if edition > 1 else "", f"## Key takeaways of {mark}\n", *takeaways, ""])


def questions(n: int, *, seed: int) -> Iterator[Put]:
    """So many questions, to either course by chance."""
    chance = random.Random(seed)
    for _ in range(n):
        yield _question(chance, chance.choice(list(TWINS)))


def _question(chance: random.Random, course: str) -> Put:
    term, other = chance.sample(list(TOPICS), 2)
    foreign = f"{OWN[TWINS[course]]} drift {chance.randrange(4)}"
    what = TOPICS[term][0].format("the")
    follow_up = chance.choice(
        ("And why is that?", "Tell me more", f"And the {other}?", "How does it differ from that?")
    )
    asked = chance.choice(
        (
            f"What is a {term}?", f"what is a {mistyped(term, chance)}", f"{term} vs {other}", f"What is {what}?",
            f"How is a {term} found out about?", f"Give me the key takeaways of lesson {chance.randrange(4)}",
            "What are the key takeaways?", "What is this course about?", f"List what you know about the {term}",
            f"Define {OWN[course]} drift {chance.randrange(4)}", f"What is the {foreign}?", f"{term} vs {foreign}",
            f"What is {mistyped(foreign, chance)}?", f"What is {mistyped(MARKS[TWINS[course]], chance)}?",
            f"Students draw each {term} at night", chance.choice(OFF_COURSE), follow_up, follow_up, follow_up,
        )
    )  # fmt: skip
    history: tuple[tuple[str, str], ...] = ()
    if asked == follow_up:
        # What a client sends as said before may be anything: here it is now and then the other course's definition.
        said_by = chance.choice((course, course, TWINS[course]))
        definition = f"A {other} is {TOPICS[other][0].format(MARKS[said_by])}."
        history = (("user", f"What is a {other}?"), ("assistant", definition))
    from_chapter = f"lesson-{chance.randrange(4)}" if chance.random() < 0.2 else ""
    return Put(course, asked, history, from_chapter)


def mistyped(word: str, chance: random.Random) -> str:
    """A word without one of its letters, as somebody in a hurry types it."""
    place = chance.randrange(1, min(len(word), 6))
    return word[:place] + word[place + 1 :]
