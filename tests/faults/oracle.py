"""A client that notes what it asked for and what was acknowledged, and later asks for all of it again.

For every file of a course it knows what was acknowledged last, and what was sent since without a reply: after a fault
the service may have either, and nothing else. Each course has a word that no other has, each version of a file another.
"""

import hashlib
import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from instance import Instance, wait_until

SETTLED = ("done", "failed", "held")
N_NAMES = 8  # of a course's files: few, so that they are replaced and deleted often
CATCHES_UP = 0.4  # of acts; each waits for a job of a second
VERDICTS = ("up", "down", "missing")

Sha256 = str | None  # None: the file is not there


@dataclass(frozen=True)
class Lesson:
    """One version of one file."""

    course: str
    name: str
    number: int

    @property
    def word(self) -> str:
        """A word that stands in this version only."""
        return pronounceable(f"{self.course}/{self.name}/{self.number}")

    @property
    def content(self) -> bytes:
        """What is uploaded."""
        text = (
            f"# Lesson {self.word}\n\n## Key terms\n\n- **{self.word}**: A {self.word} is a lamp of the "
            f"{canary(self.course)} kind that lights version {self.number} of this lesson.\n\n## Use\n\n"
            f"Whoever carries a {self.word} must clean its glass with {canary(self.course)} oil every evening.\n"
        )
        return text.encode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def pronounceable(seed: str) -> str:
    """A word of twelve letters that is like no other, so that no spelling is mended into another."""
    chance = random.Random(seed)
    return "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(6))


def canary(course: str) -> str:
    """The word that stands in every file of this course and in no other course."""
    return pronounceable(f"canary of {course}")


@dataclass
class Oracle:
    """Writes into one course, asks it, and knows what must be there.

    Args:
        instance: Where.
        course: Its own: two oracles of one course would take each other's files for phantoms.
        seed: Of everything it does.
        others: Courses whose words must not be seen in this one.
    """

    instance: Instance
    course: str
    seed: int
    others: tuple[str, ...] = ()
    acknowledged: dict[str, Sha256] = field(default_factory=dict)
    possible: dict[str, set[Sha256]] = field(default_factory=dict)
    lessons: dict[str, Lesson] = field(default_factory=dict)  # by the hash of what was sent
    history: list[tuple[str, Sha256]] = field(default_factory=list)  # of what was sent, acknowledged or not
    judged: dict[str, str] = field(default_factory=dict)
    maybe_judged: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    http: httpx.Client = None  # type: ignore[assignment]  # opened at once

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.reconnect()

    def reconnect(self) -> None:
        """To the server as it is now; its port is another after each start."""
        self.close()
        self.http = self.instance.client()

    def close(self) -> None:
        if self.http is not None:
            self.http.close()

    @property
    def path(self) -> str:
        return f"/api/v1/courses/{self.course}"

    def make_course(self) -> None:
        made = self.http.post("/api/v1/courses", json={"title": self.course.title(), "course_id": self.course})
        assert made.status_code == 201, made.text

    # --- what it does -------------------------------------------------------------------------------------------------

    def act(self) -> None:
        """One thing, by chance; notes what it cannot know when the connection breaks."""
        acts = {self.upload: 8, self.delete: 4, self.ask_and_judge: 12, self.rebuild: 1}
        self.chance.choices(list(acts), list(acts.values()))[0]()

    def act_until(self, ends: threading.Event, pause_s: float = 0.0) -> None:
        """One thing after another, with a pause in between; the jobs that this makes are let catch up now and then."""
        while not ends.wait(pause_s):
            self.act()
            if pause_s and self.chance.random() < CATCHES_UP:
                wait_until(lambda: ends.is_set() or self.settled(), f"the jobs of {self.course} end")

    def upload(self) -> bool:
        name = f"lesson-{self.chance.randrange(N_NAMES)}.md"
        lesson = Lesson(self.course, name, self.chance.randrange(10**6))
        return self.send(lesson)

    def send(self, lesson: Lesson) -> bool:
        """Upload one version; whether it was acknowledged."""
        self.lessons[lesson.sha256] = lesson
        self._may_be(lesson.name, lesson.sha256)
        reply = self._request(
            "POST",
            f"{self.path}/sources",
            files=[("file", (lesson.name, lesson.content))],
            headers={"idempotency-key": uuid.UUID(int=self.chance.getrandbits(128)).hex},
        )
        return self._acknowledge(reply, 202, lesson.name, lesson.sha256)

    def delete(self) -> bool:
        """The last file stays: a course without any has nothing to answer from, and says so."""
        present = sorted(name for name, sha256 in self.acknowledged.items() if sha256)
        return len(present) > 1 and self.remove(self.chance.choice(present))

    def remove(self, name: str) -> bool:
        """Delete one file; whether that was acknowledged."""
        listed = self._request("GET", f"{self.path}/sources")
        found = [each for each in listed.json()["sources"] if each["name"] == name] if _ok(listed) else []
        if not found:
            return False
        self._may_be(name, None)
        reply = self._request("DELETE", f"{self.path}/sources/{found[0]['source_id']}")
        return self._acknowledge(reply, 202, name, None)

    def retry_failed(self) -> None:
        """Read again what failed for a reason that has gone, as whoever runs the service would."""
        self.wait_until_settled()
        for source in self.sources():
            if source["status"] not in ("indexed", "partly"):
                self._request("POST", f"{self.path}/sources/{source['source_id']}/retry")
                self.counts["retried"] += 1

    def rebuild(self) -> bool:
        """A file is read by a process of its own, so that a queue of rebuilds takes minutes: they are rare."""
        kind = "rebuild" if self.chance.random() < 0.2 else "publish"
        return _ok(self._request("POST", f"{self.path}/jobs", json={"kind": kind}))

    def ask_and_judge(self) -> None:
        answer = self.ask()
        if answer is None or self.chance.random() < 0.5:
            return
        answer_id, verdict = answer["answer_id"], self.chance.choice(VERDICTS)
        self.maybe_judged[answer_id] = verdict
        reply = self._request("POST", f"{self.path}/answers/{answer_id}/feedback", json={"verdict": verdict})
        if _ok(reply):
            self.judged[answer_id] = verdict
            self.counts["judged"] += 1

    def ask(self, question: str = "") -> dict[str, Any] | None:
        """Ask for a lesson by its word, and look whether the answer holds together."""
        if not question:
            known = sorted(self.lessons)
            word = self.lessons[self.chance.choice(known)].word if known else "nothing"
            question = f"What is a {word}?"
        reply = self._request("POST", f"{self.path}/ask", json={"question": question})
        if not _ok(reply):
            return None
        self.counts["answered"] += 1
        answer: dict[str, Any] = reply.json()
        self.problems += self.not_holding(answer)
        return answer

    def not_holding(self, answer: dict[str, Any]) -> list[str]:
        """What is wrong with an answer: it must name one generation, quote it word for word, and no other course."""
        wrong = self.foreign_words(str(answer))
        if not answer["generation"]:
            wrong.append(f"an answer of {self.course} names no generation")
        for citation in answer["citations"]:
            document_id = citation["document_id"]
            reply = self._request("GET", f"{self.path}/documents/{document_id}")
            if not _ok(reply) or reply.json()["generation"] != answer["generation"]:
                continue  # it was published anew in between: the citation is of a generation that was
            if reply.json()["text"][citation["char_start"] : citation["char_end"]] != citation["quote"]:
                wrong.append(f"a quote of {document_id} is not in its document in generation {answer['generation']}")
        return wrong

    def foreign_words(self, text: str) -> list[str]:
        """Words of other courses in what this one gave out (invariant I4)."""
        return [f"a word of {other} in {self.course}" for other in self.others if canary(other) in text]

    # --- what must be there -------------------------------------------------------------------------------------------

    def verify(self, *, indexed: bool = True) -> list[str]:
        """Everything acknowledged is there, nothing twice, nothing that was never sent; then that is what is so."""
        if indexed:
            self.wait_until_settled()
        listed = self.sources()
        wrong = [f"{name} is there {n} times" for name, n in Counter(each["name"] for each in listed).items() if n > 1]
        found = {each["name"]: each for each in listed}
        for name in sorted({*found, *self.acknowledged, *self.possible}):
            sha256 = found[name]["sha256"] if name in found else None
            if sha256 not in self._allowed(name):
                wrong.append(f"{self.course}/{name}: {self._told(sha256)}, acknowledged was "
                             f"{self._told(self.acknowledged.get(name))}")  # fmt: skip
            self.acknowledged[name] = sha256
        self.possible.clear()
        if indexed:
            wrong += [f"{each['name']} ended {each['status']}: {each['reason']}" for each in listed
                      if each["status"] != "indexed"]  # fmt: skip
            wrong += self._what_answers(found)
        return wrong + self._judgements() + self._taken_problems()

    def wait_until_settled(self) -> None:
        wait_until(self.settled, f"the jobs of {self.course} end")

    def settled(self) -> bool:
        reply = self._request("GET", f"{self.path}/jobs")
        return _ok(reply) and all(job["state"] in SETTLED for job in reply.json()["jobs"])

    def sources(self) -> list[dict[str, Any]]:
        reply = self.http.get(f"{self.path}/sources", params={"limit": 200})
        assert reply.status_code == 200, reply.text
        return list(reply.json()["sources"])

    def _what_answers(self, found: dict[str, dict[str, Any]]) -> list[str]:
        """Each file is found by its word, and none that is gone or was replaced."""
        wrong = []
        present = {each["sha256"] for each in found.values()}
        for sha256, lesson in self._some_lessons(present):
            answer = self.ask(f"What is a {lesson.word}?") if found else None
            said = " ".join(statement["text"] for statement in answer["statements"]) if answer else ""
            if sha256 in present and lesson.word not in said:
                wrong.append(f"{self.course}/{lesson.name} is there and is not found")
            if sha256 not in present and lesson.word in said:
                wrong.append(f"{self.course}/{lesson.name} is gone and is answered from")
        return wrong

    def _some_lessons(self, present: set[str]) -> list[tuple[str, Lesson]]:
        gone = sorted(set(self.lessons) - present)
        some = sorted(present & set(self.lessons)) + self.chance.sample(gone, min(4, len(gone)))
        return [(sha256, self.lessons[sha256]) for sha256 in some]

    def _judgements(self) -> list[str]:
        found: dict[str, str] = {}
        cursor: str | None = ""
        while cursor is not None and (self.judged or self.maybe_judged):
            parameters = {"verdict": "any", "limit": "200", **({"cursor": cursor} if cursor else {})}
            page = self.http.get(f"{self.path}/questions", params=parameters).json()
            found |= {one["answer_id"]: one["feedback"][0]["verdict"] for one in page["questions"]}
            cursor = page["next_cursor"]
        lost = [f"the judgement of answer {answer_id} is lost" for answer_id in set(self.judged) - set(found)]
        phantom = [f"nobody judged answer {answer_id}" for answer_id in set(found) - set(self.maybe_judged)]
        self.judged = {answer_id: verdict for answer_id, verdict in found.items() if answer_id in self.maybe_judged}
        return lost + phantom

    def _taken_problems(self) -> list[str]:
        problems, self.problems = self.problems, []
        return problems

    # --- how it talks -------------------------------------------------------------------------------------------------

    def _request(self, method: str, path: str, **named: Any) -> httpx.Response | None:
        """A reply; None when the connection broke, as it does when the server is killed."""
        try:
            reply = self.http.request(method, path, **named)
        except httpx.TransportError as error:
            self.counts["cut"] += 1
            self.counts[type(error).__name__] += 1
            return None
        self.counts[str(reply.status_code)] += 1
        if reply.status_code >= 500 and reply.status_code not in (503, 507):
            defects = [line for line in self.instance.log if '"defect' in line][-1:]
            self.problems.append(f"{method} {path} gave {reply.status_code}: {reply.text[-80:]} {defects}")
        return reply

    def is_gone(self, sha256: str) -> bool:
        """Whether a version was acknowledged to be deleted or replaced by none, and cannot be there."""
        lesson = self.lessons[sha256]
        return not self.possible.get(lesson.name) and self.acknowledged.get(lesson.name) is None

    def _may_be(self, name: str, sha256: Sha256) -> None:
        self.history.append((name, sha256))
        self.possible.setdefault(name, set()).add(sha256)

    def _acknowledge(self, reply: httpx.Response | None, status: int, name: str, sha256: Sha256) -> bool:
        if reply is not None and reply.status_code == status:
            self.acknowledged[name] = sha256
            self.possible.pop(name, None)
            self.counts["acknowledged"] += 1
            return True
        if reply is not None and _refused(reply):
            self.possible[name].discard(sha256)
        return False

    def _allowed(self, name: str) -> set[Sha256]:
        return {self.acknowledged.get(name), *self.possible.get(name, ())}

    def _told(self, sha256: Sha256) -> str:
        return "not there" if sha256 is None else f"version {self.lessons[sha256].number}" if sha256 in self.lessons \
            else f"{sha256[:8]}, which nobody sent"  # fmt: skip


def _ok(reply: httpx.Response | None) -> bool:
    return reply is not None and reply.status_code < 300


def _refused(reply: httpx.Response) -> bool:
    """Whether what was asked for was certainly not done.

    Not so when the database went away: a connection that is cut while it commits leaves nobody knowing.
    """
    if reply.status_code == 503:
        return bool(reply.json()["code"] != "not_ready")
    return reply.status_code < 500 or reply.status_code == 507
