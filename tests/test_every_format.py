"""A real service, the real model: an instructor brings a course in every format and finds every answer in its file.

Then corrects a file whose sentence was verified, and decides about the index that this holds.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from chosen_store import work_at
from every_format import SEICHE, Brought, basins_pdf, every_format
from observed import OpenPage
from package_samples import CANARY
from PIL import Image
from playwright.sync_api import expect
from serving import COURSE_TUTOR, serving

pytest_plugins = ["browser"]

FILES = {brought.name: brought for brought in every_format()}
STARS = Path(__file__).parent / "data" / "stars"

Invite = Callable[[str], str]  # course id -> a link that lets one browser in as its instructor


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Invite]]:
    """The service as its administrator reaches it, and a way to invite instructors."""
    courses, data_dir = tmp_path_factory.mktemp("courses"), tmp_path_factory.mktemp("data")
    (courses / "stars").symlink_to(STARS)

    def invite(course_id: str) -> str:
        command = [str(COURSE_TUTOR), "link", "--role", "instructor", "--course", course_id]
        with pytest.MonkeyPatch.context() as environment:
            work_at(data_dir, environment)
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    with (
        serving(data_dir, TUTOR_COURSES_DIR=str(courses)) as link,
        httpx.Client(base_url=str(httpx.URL(link).join("/")), timeout=60, follow_redirects=True) as admin,
    ):
        assert admin.get(link).status_code == 200
        yield admin, invite


@pytest.fixture(scope="module")
def instructor(service: tuple[httpx.Client, Invite]) -> Iterator[httpx.Client]:
    """The instructor of a course into which every file was brought."""
    course = new_course(service[0], "The sea")
    with logged_in(service, course) as client:
        done = upload(client, *((brought.name, brought.data) for brought in FILES.values()))
        assert done["state"] == "done", done
        yield client


def new_course(admin: httpx.Client, title: str) -> str:
    made = admin.post("/api/v1/courses", json={"title": title})
    assert made.status_code == 201, made.text
    course_id: str = made.json()["course_id"]
    return course_id


@contextmanager
def logged_in(service: tuple[httpx.Client, Invite], course_id: str) -> Iterator[httpx.Client]:
    """A browser of an instructor, its base at the course."""
    admin, invite = service
    with httpx.Client(timeout=60, follow_redirects=True) as client:
        assert client.get(invite(course_id)).status_code == 200
        client.base_url = admin.base_url.join(f"/api/v1/courses/{course_id}/")
        yield client


def upload(client: httpx.Client, *files: tuple[str, bytes]) -> dict[str, Any]:
    """Bring files and follow the job to its end."""
    reply = client.post("sources", files=[("file", file) for file in files])
    assert reply.status_code == 202, reply.text
    last = ""
    with client.stream(
        "GET", client.base_url.join(reply.json()["job"]["url"]), headers={"accept": "text/event-stream"}
    ) as events:
        for line in events.iter_lines():
            last = line.removeprefix("data: ") if line.startswith("data: ") else last
    job: dict[str, Any] = json.loads(last)
    return job


def ask(client: httpx.Client, question: str) -> dict[str, Any]:
    reply = client.post("ask", json={"question": question})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def first_citation(client: httpx.Client, brought: Brought) -> dict[str, Any]:
    answer = ask(client, brought.question)
    assert answer["status"] == "answered", answer["message"]
    cited: dict[str, Any] = answer["citations"][0]
    return cited


def source_of(client: httpx.Client, cited: dict[str, Any]) -> dict[str, Any]:
    span = {"start": cited["char_start"], "end": cited["char_end"]}
    reply = client.get(f"documents/{cited['document_id']}/source", params=span)
    assert reply.status_code == 200, reply.text
    source: dict[str, Any] = reply.json()
    return source


# --- every format -----------------------------------------------------------------------------------------------------


def test_every_file_is_indexed_and_what_learners_must_not_see_is_not(instructor: httpx.Client) -> None:
    listed = instructor.get("sources").json()["sources"]
    hits = instructor.post("search", json={"query": f"What is a {CANARY}?", "top_k": 50}).json()["hits"]

    assert {source["name"] for source in listed} == FILES.keys()
    assert {source["status"] for source in listed} <= {"indexed", "partly"}
    partly = {source["name"] for source in listed if source["status"] == "partly"}
    assert partly == {"sea.imscc", "ice.mbz"}, "each has a page that is hidden from learners"
    assert hits
    assert not any(CANARY in hit["text"] for hit in hits)


@pytest.mark.parametrize("name", FILES)
def test_a_question_is_answered_from_the_only_file_that_answers_it(instructor: httpx.Client, name: str) -> None:
    brought = FILES[name]

    cited = first_citation(instructor, brought)
    source = source_of(instructor, cited)
    document = instructor.get(f"documents/{cited['document_id']}").json()

    assert brought.quote in cited["quote"]
    assert document["text"][cited["char_start"] : cited["char_end"]] == cited["quote"] == source["text"]
    assert brought.document in cited["document_id"]
    assert brought.heading in source["heading_path"]
    assert source["source_name"].split("/")[-1]
    assert (cited["page_label"] or "") == brought.label
    assert (source["page"]["label"] if source["page"] else "") == brought.label
    assert source["link"] == brought.link


@pytest.mark.parametrize("name", FILES)
def test_a_link_to_the_citation_finds_its_words(instructor: httpx.Client, name: str) -> None:
    cited = first_citation(instructor, FILES[name])

    place = {"start": cited["char_start"], "end": cited["char_end"], "quote": cited["quote"]}
    found = instructor.get(f"citations/{cited['chunk_id']}", params=place).json()

    assert found["state"] == "unchanged"
    assert found["now"]["text"] == found["then"]["text"] == cited["quote"]
    assert found["now"]["document_id"] == cited["document_id"]


def test_the_boxes_of_a_pdf_citation_lie_on_the_ink_of_the_page_it_was_printed_on(instructor: httpx.Client) -> None:
    source = source_of(instructor, first_citation(instructor, FILES["basins.pdf"]))

    picture = instructor.get(instructor.base_url.join(source["page"]["image_url"]))
    with Image.open(BytesIO(picture.content)) as image:
        grey = np.asarray(image.convert("L"))

    assert picture.headers["content-type"] == "image/png"
    assert (source["page"]["index"], source["page"]["label"]) == (3, "2")
    height, width = grey.shape
    across, down = width / source["page"]["width"], height / source["page"]["height"]
    dark = grey < 128
    (box,) = source["boxes"]
    inside = dark[round(box["top"] * down) : round(box["bottom"] * down),
                  round(box["left"] * across) : round(box["right"] * across)]  # fmt: skip
    assert inside.mean() > 0.05, "a line of text has ink"
    columns = inside.any(axis=0).nonzero()[0]
    assert columns[0] < 4 * across, "it begins where the box begins"
    assert inside.shape[1] - columns[-1] < 4 * across, "and ends where it ends"
    beside = dark[round(box["top"] * down) : round(box["bottom"] * down), round(box["right"] * across + 2) :]
    assert not beside.any(), "nothing of the line is left out"


# --- a verified answer holds a publish --------------------------------------------------------------------------------

CURRENTS = """# Currents

## The Gulf Stream

The Gulf Stream is a warm current that flows from the Gulf of Mexico along the coast of America.

## Gyres

A gyre is a large ring of currents that turns with the winds over an ocean.
"""
NEW_WORDS = "The Gulf Stream is a swift warm current that flows from the Gulf of Mexico toward Europe."
OLD_WORDS = "The Gulf Stream is a warm current that flows from the Gulf of Mexico along the coast of America."
QUESTION = "What is the Gulf Stream?"


@pytest.fixture
def guarded(service: tuple[httpx.Client, Invite]) -> Iterator[httpx.Client]:
    """The instructor of a course with one verified answer, whose sentence a new version of its file has changed."""
    course = new_course(service[0], "Currents")
    with logged_in(service, course) as client:
        assert upload(client, ("currents.md", CURRENTS.encode()))["state"] == "done"
        verified = client.post("verified", json={"question": QUESTION, "answer_id": answered(client)["answer_id"]})
        assert verified.status_code == 201, verified.text
        assert [statement["text"] for statement in verified.json()["statements"]] == [OLD_WORDS]
        assert upload(client, ("currents.md", CURRENTS.replace(OLD_WORDS, NEW_WORDS).encode()))["state"] == "held"
        yield client
        assert service[0].delete(f"/api/v1/courses/{course}").status_code == 204


def answered(client: httpx.Client) -> dict[str, Any]:
    answer = ask(client, QUESTION)
    assert answer["status"] == "answered"
    return answer


def generations(client: httpx.Client) -> dict[str, dict[str, Any]]:
    """By their state."""
    return {one["state"]: one for one in client.get("generations").json()["generations"]}


def words(answer: dict[str, Any]) -> list[str]:
    return [citation["quote"] for citation in answer["citations"]]


def test_a_changed_sentence_waits_while_the_old_one_is_answered(guarded: httpx.Client) -> None:
    found = generations(guarded)
    answer = answered(guarded)

    (check,) = found["held"]["checks"]["verified"]
    assert (check["question"], check["outcome"]) == (QUESTION, "changed")
    assert (check["before"], check["now"]) == ([OLD_WORDS], [NEW_WORDS])
    assert answer["generation"] == found["live"]["generation"]
    assert words(answer) == [OLD_WORDS]
    assert answer["verified"]
    assert guarded.get("sources").json()["sources"][0]["status"] == "read", "it waits in the index that is held"


def test_what_is_accepted_answers_and_the_verified_answer_has_its_new_words(guarded: httpx.Client) -> None:
    held = generations(guarded)["held"]["generation"]
    cited = answered(guarded)["citations"][0]

    reply = guarded.post(f"generations/{held}/accept")
    answer = answered(guarded)

    assert (reply.status_code, reply.json()["state"]) == (200, "live")
    assert (answer["generation"], words(answer)) == (held, [NEW_WORDS])
    assert answer["verified"]
    (verified,) = guarded.get("verified").json()["verified"]
    assert (verified["state"], verified["last_check"]["outcome"]) == ("active", "changed")
    (span,) = verified["statements"][0]["spans"]
    assert (span["quote"], span["chunk_id"]) == (NEW_WORDS, answer["citations"][0]["chunk_id"])
    place = {"start": cited["char_start"], "end": cited["char_end"], "quote": cited["quote"]}
    old_link = guarded.get(f"citations/{cited['chunk_id']}", params=place).json()
    assert (old_link["state"], old_link["then"]["text"]) == ("changed", OLD_WORDS)


def test_what_is_discarded_never_answers(guarded: httpx.Client) -> None:
    held = generations(guarded)["held"]["generation"]

    reply = guarded.post(f"generations/{held}/discard")

    assert reply.status_code == 204
    assert generations(guarded).keys() == {"live"}
    assert words(answered(guarded)) == [OLD_WORDS]
    (verified,) = guarded.get("verified").json()["verified"]
    assert (verified["state"], verified["statements"][0]["text"]) == ("active", OLD_WORDS)


# --- in the browser ---------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_pdf_brought_in_the_browser_opens_at_its_page_with_the_lines_marked(
    service: tuple[httpx.Client, Invite], open_page: OpenPage, tmp_path: Path
) -> None:
    admin, invite = service
    course = new_course(admin, "Lakes")
    pdf = tmp_path / "lakes.pdf"
    pdf.write_bytes(basins_pdf())
    desk = open_page(invite(course))
    desk.page.goto(str(admin.base_url.join(f"/instructor/?course={course}&view=sources")))
    desk.page.set_input_files("[data-upload]", pdf, timeout=30_000)
    row = desk.page.locator("tbody tr", has_text="lakes.pdf")
    expect(row).to_contain_text("Indexed", timeout=30_000)

    desk.page.goto(str(admin.base_url.join(f"/chat/?course={course}")))
    desk.wait_until_ready()
    desk.ask("What is a seiche?")
    desk.page.locator(".ct-marker").first.click()
    expect(desk.page.locator(".ct-panel mark")).to_have_text(SEICHE)
    expect(desk.page.locator(".ct-panel-where")).to_contain_text("p. 2 (page 4 of the file)")
    desk.page.get_by_role("button", name="Page", exact=True).click()
    desk.page.wait_for_function("document.querySelector('.ct-page-frame img').naturalWidth > 0")

    mark = desk.page.locator(".ct-page-mark")
    expect(mark).to_have_count(1)
    picture, box = desk.page.locator(".ct-page-frame img").bounding_box(), mark.bounding_box()
    assert picture
    assert box
    assert picture["x"] < box["x"] < box["x"] + box["width"] < picture["x"] + picture["width"]
    assert picture["y"] < box["y"] < box["y"] + box["height"] < picture["y"] + picture["height"]
    assert [error for error in desk.errors if not re.search("404", error)] == []
    assert desk.elsewhere == []
