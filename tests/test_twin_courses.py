"""Two courses with nearly the same text, asked side by side: never a sentence, a heading or a word of the other one.

By several threads through the library while one of the courses is published anew and passages are hidden, and through
HTTP with keys for one course each. 100 questions each way; ``TUTOR_FUZZ=full`` makes them 2,000.
"""

import asyncio
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from ingest_samples import Workplace
from service_samples import Sample, make_parts, make_sample
from twin_courses import MARKS, OWN, SHARED, TWINS, Put, lesson, questions, write_twins

from index.onnx_embedder import OnnxEmbedder
from tutor.api.wire import answer_on_wire
from tutor.permissions import INSTRUCTOR
from tutor.records.asking import Asker, Asking
from tutor.records.recorder import Recorder
from tutor.records.suggesting import Suggester
from tutor.types import Turn

N_QUESTIONS = 2_000 if os.environ.get("TUTOR_FUZZ") == "full" else 100
N_AT_ONCE = 4
MADE_UP_FROM = ("query", "message")  # fields that may say back what was asked


@dataclass(frozen=True)
class Twins:
    """One service with both courses, and a key for each that opens no other."""

    sample: Sample
    place: Workplace
    keys: dict[str, str]

    def chunk_with(self, course: str, words: str) -> str:
        chunks = self.sample.library.tutor(course).index.chunks
        return next(chunk.chunk_id for chunk in chunks if words in chunk.text)

    def hide(self, course: str, words: str) -> None:
        body = {"chunk_id": self.chunk_with(course, words)}
        reply = self.sample.post(f"/api/v1/courses/{course}/hidden", body, key=self.keys[course])
        assert reply.status_code == 201, reply.text

    def publish(self, course: str, edition: int) -> None:
        job = self.place.add(("lesson-1.md", lesson(course, 1, edition=edition)), course=course)
        assert (job.state, job.error) == ("done", "")


@pytest.fixture(scope="module")
def twins(embedder: OnnxEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    folder: Path = tmp_path_factory.mktemp("twins")
    limits = {"key_asks_per_minute": 0, "key_asks_per_day": 0, "course_asks_per_day": 0}  # 0: no limit
    parts = make_parts(
        folder, bundled=write_twins(folder / "courses"), open_embedder=lambda: embedder, **limits
    )  # fmt: skip
    sample = make_sample(folder, parts=parts, **limits)
    keys = {course: sample.make_key(course, permissions=INSTRUCTOR)[1] for course in TWINS}
    yield Twins(sample, Workplace(parts, folder), keys)
    parts.close()


def foreign_words(course: str, *told: object, said: str = "") -> list[str]:
    """Words that only the other course has, in what this one told; but for those that whoever asked had said."""
    text = " ".join(map(str, told)).casefold()
    other = TWINS[course]
    return [word for word in (MARKS[other], OWN[other]) if word in text and word not in said]


def leaks(put: Put, answer: dict[str, Any]) -> list[str]:
    """What an answer tells of the other course: nowhere, and in what it says of the question, nothing but that."""
    own_words = {name: told for name, told in answer.items() if name not in MADE_UP_FROM}
    said_back = [answer[name] for name in MADE_UP_FROM]
    strangers = [cited["course_id"] for cited in answer["citations"] if cited["course_id"] != put.course]
    return foreign_words(put.course, own_words) + foreign_words(put.course, *said_back, said=put.words) + strangers


def test_no_thread_is_told_a_word_of_the_other_course_while_one_is_published(twins: Twins) -> None:
    database, library = twins.place.parts.database, twins.sample.library
    asking = Asking(database, Recorder(database), Suggester())
    generations: dict[str, set[str]] = {course: set() for course in TWINS}
    statuses: Counter[str] = Counter()
    published = threading.Event()

    def ask_all(seed: int) -> list[str]:
        found: list[str] = []
        for number, put in enumerate(questions(10**6, seed=seed)):
            if published.is_set() and number >= N_QUESTIONS // N_AT_ONCE:
                break
            tutor = library.tutor(put.course)
            history = [Turn(role, words) for role, words in put.history]  # type: ignore[arg-type]
            answer = asking.ask(tutor, put.question, history, Asker("", "api"), document_id=put.document_id)
            found += [f"{leak}: {put}" for leak in leaks(put, answer_on_wire(answer).model_dump())]
            for cited in answer.citations:
                text = tutor.index.documents[cited.document_id].text
                assert text[cited.char_start : cited.char_end] == cited.quote
            generations[put.course].add(answer.generation)
            statuses[answer.status] += 1
        return found

    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        asked = [pool.submit(ask_all, seed) for seed in range(N_AT_ONCE)]
        try:
            twins.hide("north", f"A comet is a body of ice that grows a tail over {MARKS['north']}")
            twins.publish("south", edition=2)
        finally:
            published.set()
    asking.close()

    assert taken(asked) == []
    assert len(generations["south"]) == 2, "both editions were asked"
    assert len(generations["north"]) == 1
    assert statuses.total() >= N_QUESTIONS
    assert all(statuses[status] > N_QUESTIONS // 20 for status in ("answered", "not_in_course")), statuses


def taken(asked: Sequence[Future[list[str]]]) -> list[str]:
    return [leak for one in asked for leak in one.result()]


# --- through HTTP -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Client:
    """Somebody who knows one course by its key."""

    http: httpx.AsyncClient
    course: str
    chance: random.Random

    @property
    def path(self) -> str:
        return f"/api/v1/courses/{self.course}"

    async def leaks(self, put: Put) -> list[str]:
        """Ask in one of the ways there are, look where it comes from, and try the other course."""
        way = self.chance.choice((self.ask, self.ask, self.stream, self.complete, self.search))
        return await way(put) + await self.try_the_other(put)

    async def ask(self, put: Put) -> list[str]:
        answer = (await self._post(f"{self.path}/ask", asked_in(put))).json()
        found = leaks(put, answer)
        for cited in answer["citations"]:
            span = {"start": cited["char_start"], "end": cited["char_end"]}
            source = await self.http.get(cited["url"])
            around = f"{self.path}/documents/{cited['document_id']}/source"
            wide = await self.http.get(around, params={**span, "context": 500})
            then = await self.http.get(f"{self.path}/citations/{cited['chunk_id']}", params=span)
            assert (source.status_code, wide.status_code, then.status_code) == (200, 200, 200)
            assert source.json()["text"] == cited["quote"]
            found += foreign_words(put.course, source.text, wide.text, then.text)
        for near in answer["nearest"]:
            span = {"start": near["char_start"], "end": near["char_end"]}
            section = await self.http.get(f"{self.path}/documents/{near['document_id']}/source", params=span)
            assert section.status_code == 200
            found += foreign_words(put.course, section.text)
        return found

    async def stream(self, put: Put) -> list[str]:
        reply = await self._post(f"{self.path}/ask", asked_in(put), accept="text/event-stream")
        assert "event: done" in reply.text
        return foreign_words(put.course, reply.text, said=put.words)

    async def complete(self, put: Put) -> list[str]:
        said = [*put.history, ("user", put.question)]
        messages = [{"role": role, "content": words} for role, words in said]
        reply = await self._post(
            "/v1/chat/completions", {"model": f"tutor/{self.course}", "messages": messages}
        )  # fmt: skip
        return foreign_words(put.course, reply.text, said=put.words)

    async def search(self, put: Put) -> list[str]:
        reply = await self._post(f"{self.path}/search", {"query": put.question})
        body = reply.json()
        return foreign_words(put.course, body["hits"]) + foreign_words(put.course, body, said=put.words)

    async def try_the_other(self, put: Put) -> list[str]:
        """The key opens no other course, and the refusal tells nothing of it."""
        other = f"/api/v1/courses/{TWINS[put.course]}"
        reply = await self.http.post(f"{other}/ask", json=asked_in(put))
        assert (reply.status_code, reply.json()["code"]) == (404, "unknown_course")
        return foreign_words(put.course, reply.text, said=put.words)

    async def _post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        reply = await self.http.post(path, json=body, headers=headers)
        assert reply.status_code == 200, reply.text
        return reply


def asked_in(put: Put) -> dict[str, Any]:
    history = [{"role": role, "content": words} for role, words in put.history]
    return {"question": put.question, "history": history, "document_id": put.document_id}


def test_a_key_of_one_course_gets_no_word_of_the_other(twins: Twins) -> None:
    async def ask_all() -> list[str]:
        clients = {
            course: Client(twins.sample.client(key=key), course, random.Random(course))
            for course, key in twins.keys.items()
        }
        waiting = questions(N_QUESTIONS, seed=N_AT_ONCE)

        async def ask_some() -> list[str]:
            return [f"{leak}: {put}" for put in waiting for leak in await clients[put.course].leaks(put)]

        found = await asyncio.gather(*(ask_some() for _ in range(N_AT_ONCE)))
        for client in clients.values():
            await client.http.aclose()
        return [leak for some in found for leak in some]

    assert asyncio.run(ask_all()) == []


@pytest.mark.parametrize("course", TWINS)
def test_no_list_of_a_course_names_anything_of_the_other(twins: Twins, course: str) -> None:
    lists = ["", "/glossary", "/documents", "/documents/lesson-0", "/practice", "/sources", "/generations", "/hidden"]
    lists += ["/questions", "/glossary/usage", "/coverage", "/glossary/export?format=csv", "/jobs"]

    replies = [twins.sample.get(f"/api/v1/courses/{course}{path}", key=twins.keys[course]) for path in lists]
    replies.append(twins.sample.get("/api/v1/courses", key=twins.keys[course]))
    replies.append(twins.sample.get("/v1/models", key=twins.keys[course]))

    assert {reply.status_code for reply in replies} == {200}
    assert TWINS[course] not in replies[-1].text
    for reply in replies:
        said = MARKS[TWINS[course]] + OWN[TWINS[course]] if "/questions" in str(reply.url) else ""
        assert foreign_words(course, reply.text, said=said) == [], reply.url


@pytest.mark.parametrize("course", TWINS)
def test_an_id_of_the_other_course_is_no_id(twins: Twins, course: str) -> None:
    foreign = twins.chunk_with(TWINS[course], MARKS[TWINS[course]])

    reply = twins.sample.get(f"/api/v1/courses/{course}/citations/{foreign}", key=twins.keys[course])

    assert (reply.status_code, reply.json()) == (200, {"state": "gone", "then": None, "now": None})
    assert foreign_words(course, reply.text) == []
    assert MARKS[TWINS[course]] not in reply.text


def test_what_one_course_hides_the_other_still_says(twins: Twins) -> None:
    assert twins.chunk_with("north", SHARED) == twins.chunk_with("south", SHARED), "the same words, the same id"

    twins.hide("north", SHARED)

    said = {course: str(twins.sample.library.tutor(course).ask("Which way do the domes turn at dusk?").statements)
            for course in TWINS}  # fmt: skip
    assert SHARED not in said["north"]
    assert SHARED in said["south"]
