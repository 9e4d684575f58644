"""Course files over HTTP: uploaded, followed, downloaded, removed; and what a hostile or broken upload leaves."""

import json
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from ingest_samples import GIANTS, NEBULA
from service_samples import Sample, make_sample, running

STARS = "/api/v1/courses/stars"
BOUNDARY = "a-boundary-of-ours"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("sources"), max_upload_bytes=3_000_000)


@pytest.fixture(scope="module")
def origin(sample: Sample) -> Iterator[str]:
    with running(sample.service) as address:
        yield address


@pytest.fixture(scope="module")
def instructor(sample: Sample, origin: str) -> Iterator[httpx.Client]:
    cookies = {sample.access.cookie_name: sample.log_in("admin")}
    with httpx.Client(base_url=origin, cookies=cookies, timeout=60) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


def wait_until(holds: Any) -> None:
    give_up = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def upload(client: httpx.Client, *files: tuple[str, bytes], course: str = STARS) -> dict[str, Any]:
    reply = client.post(f"{course}/sources", files=[("file", file) for file in files])
    assert reply.status_code == 202, reply.text
    assert reply.headers["location"] == reply.json()["job"]["url"]
    found: dict[str, Any] = reply.json()
    return found


def followed(client: httpx.Client, job: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The events of a job until it ends."""
    events = []
    with client.stream("GET", job["url"], headers={"accept": "text/event-stream"}) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in reply.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    return events


@pytest.fixture
def course(instructor: httpx.Client) -> Iterator[str]:
    """A course of a test's own."""
    made = instructor.post("/api/v1/courses", json={"title": "Trial course"})
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    yield path
    assert instructor.delete(path).status_code == 204


def test_an_upload_is_followed_to_its_end_and_then_answers(instructor: httpx.Client, course: str) -> None:
    sent = upload(instructor, ("clouds.md", NEBULA.encode()), ("broken.md", b"\x00"), course=course)

    events = followed(instructor, sent["job"])

    assert [name for name, _ in events][-1] == "done"
    assert {name for name, _ in events[:-1]} == {"progress"}
    result = events[-1][1]["result"]
    assert {s["name"]: s["status"] for s in result["sources"]} == {"clouds.md": "indexed", "broken.md": "failed"}
    listed = instructor.get(f"{course}/sources").json()["sources"]
    assert {s["name"]: (s["status"], bool(s["reason"])) for s in listed} == {
        "clouds.md": ("indexed", False), "broken.md": ("failed", True),
    }  # fmt: skip
    answer = instructor.post(f"{course}/ask", json={"question": "What is a nebula?"}).json()
    assert answer["status"] == "answered"
    (generation,) = instructor.get(f"{course}/generations").json()["generations"]
    assert (generation["generation"], generation["state"]) == (answer["generation"], "live")


def test_a_course_without_files_is_listed_calmly_and_says_so_when_asked(instructor: httpx.Client, course: str) -> None:
    listed = instructor.get(course).json()
    asked = instructor.post(f"{course}/ask", json={"question": "What is a nebula?"})

    assert (listed["ready"], listed["title"]) == (False, "Trial course")
    assert (asked.status_code, asked.json()["code"]) == (409, "course_empty")
    assert instructor.get("/readyz").status_code == 200


def test_the_same_bytes_twice_are_said_to_be_unchanged(instructor: httpx.Client, course: str) -> None:
    first = upload(instructor, ("clouds.md", NEBULA.encode()), course=course)
    again = upload(instructor, ("clouds.md", NEBULA.encode()), course=course)
    changed = upload(instructor, ("clouds.md", GIANTS.encode()), course=course)

    assert first["unchanged"] == []
    assert again["unchanged"] == [first["sources"][0]["source_id"]]
    assert [s["version"] for reply in (first, again, changed) for s in reply["sources"]] == [1, 1, 2]
    followed(instructor, changed["job"])


def test_the_original_bytes_come_back_as_a_download_that_runs_nothing(instructor: httpx.Client, course: str) -> None:
    page = b"<script>alert(1)</script><h1>Stars</h1><p>Stars shine in the night sky.</p>"
    (source,) = upload(instructor, ("week 1/läsning.html", page), course=course)["sources"]

    reply = instructor.get(source["file_url"])

    assert reply.content == page
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''l%C3%A4sning.html"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]


def test_a_removed_source_is_in_no_answer_that_begins_after_the_reply(instructor: httpx.Client, course: str) -> None:
    sent = upload(instructor, ("clouds.md", NEBULA.encode()), ("giants.md", GIANTS.encode()), course=course)
    followed(instructor, sent["job"])
    clouds = next(s for s in sent["sources"] if s["name"] == "clouds.md")

    reply = instructor.delete(f"{course}/sources/{clouds['source_id']}")

    assert reply.status_code == 202
    hits = instructor.post(f"{course}/search", json={"query": "nebula", "top_k": 50}).json()["hits"]
    assert not any("nebula" in hit["text"] for hit in hits)
    assert followed(instructor, reply.json())[-1][0] == "done"
    assert [s["name"] for s in instructor.get(f"{course}/sources").json()["sources"]] == ["giants.md"]
    assert instructor.get(f"{course}/sources/{clouds['source_id']}").json()["code"] == "unknown_source"


def test_an_old_citation_is_found_again_whatever_was_uploaded_since(instructor: httpx.Client, course: str) -> None:
    followed(instructor, upload(instructor, ("clouds.md", NEBULA.encode()), course=course)["job"])
    answer = instructor.post(f"{course}/ask", json={"question": "What is a nebula?"}).json()
    cited = answer["citations"][0]
    link = f"{course}/citations/{cited['chunk_id']}"
    place = {"start": cited["char_start"], "end": cited["char_end"], "quote": cited["quote"]}

    def state_after(text: str) -> dict[str, Any]:
        followed(instructor, upload(instructor, ("clouds.md", text.encode()), course=course)["job"])
        found: dict[str, Any] = instructor.get(link, params=place).json()
        return found

    same = instructor.get(link, params=place).json()
    moved = state_after(NEBULA.replace("# Clouds\n", "# Clouds\n\nThis chapter is about clouds.\n"))
    changed = state_after(NEBULA.replace("gas and dust", "gas"))
    gone = state_after(GIANTS)

    assert (same["state"], same["now"]["text"]) == ("unchanged", cited["quote"])
    assert (moved["state"], moved["now"]["text"]) == ("moved", cited["quote"])
    assert moved["now"]["char_start"] > cited["char_start"]
    assert changed["state"] == "changed"
    assert changed["then"]["text"] == cited["quote"]
    assert "dust" not in changed["now"]["text"]
    assert (gone["state"], gone["then"]["text"], gone["now"]) == ("gone", cited["quote"], None)


def test_a_deleted_sources_words_are_not_in_old_links_either(instructor: httpx.Client, course: str) -> None:
    sent = upload(instructor, ("clouds.md", NEBULA.encode()), ("giants.md", GIANTS.encode()), course=course)
    followed(instructor, sent["job"])
    cited = instructor.post(f"{course}/ask", json={"question": "What is a nebula?"}).json()["citations"][0]

    instructor.delete(f"{course}/sources/{sent['sources'][0]['source_id']}")

    found = instructor.get(f"{course}/citations/{cited['chunk_id']}").json()
    assert found == {"state": "gone", "then": None, "now": None}


def test_a_title_can_be_changed_and_is_seen_at_once(instructor: httpx.Client, course: str) -> None:
    reply = instructor.patch(course, json={"title": "Another title", "suggested_questions": ["Why?"]})

    assert (reply.status_code, reply.json()["title"]) == (200, "Another title")
    assert instructor.get(course).json()["suggested_questions"] == ["Why?"]


def test_a_learner_may_do_none_of_this(sample: Sample, origin: str, instructor: httpx.Client) -> None:
    source = instructor.get(f"{STARS}/sources").json()["sources"][0]
    cookies = {sample.access.cookie_name: sample.log_in("student")}
    with httpx.Client(base_url=origin, cookies=cookies, timeout=30) as learner:
        replies = {
            "list": learner.get(f"{STARS}/sources"),
            "upload": learner.post(f"{STARS}/sources", files=[("file", ("a.md", b"# A\n\nText.\n"))]),
            "file": learner.get(source["file_url"]),
            "delete": learner.delete(f"{STARS}/sources/{source['source_id']}"),
            "jobs": learner.get(f"{STARS}/jobs"),
            "publish": learner.post(f"{STARS}/jobs", json={"kind": "publish"}),
            "generations": learner.get(f"{STARS}/generations"),
            "create": learner.post("/api/v1/courses", json={"title": "Mine"}),
            "change": learner.patch(STARS, json={"title": "Mine"}),
            "drop": learner.delete(STARS),
        }

    assert {name: reply.status_code for name, reply in replies.items()} == dict.fromkeys(replies, 403)


def test_an_instructor_of_one_course_does_not_see_another(sample: Sample, origin: str) -> None:
    cookies = {sample.access.cookie_name: sample.log_in("instructor", "cells")}
    with httpx.Client(base_url=origin, cookies=cookies, timeout=30) as other:
        assert other.get("/api/v1/courses/cells/sources").status_code == 200
        refused = other.post(f"{STARS}/sources", files=[("file", ("a.md", b"# A\n\nText.\n"))])
        absent = other.post("/api/v1/courses/nothing/sources", files=[("file", ("a.md", b"# A\n\nText.\n"))])

    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_course")
    assert absent.json()["code"] == "unknown_course"


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "a\0b.md", "x" * 5000 + ".md", 'quote".md', "ümlaut.md", "..", "/abs/olute.md"]
)
def test_any_file_name_is_kept_as_a_label(instructor: httpx.Client, course: str, name: str) -> None:
    reply = instructor.post(f"{course}/sources", files=[("file", (name, NEBULA.encode()))])

    assert reply.status_code == 202, reply.text
    kept = reply.json()["sources"][0]["name"]
    assert 0 < len(kept) <= 300
    assert ".." not in kept.split("/")
    assert "\0" not in kept
    followed(instructor, reply.json()["job"])
    assert instructor.get(f"{course}/sources").json()["sources"][0]["status"] == "indexed"


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"{}", "malformed_request"),
        ("multipart/form-data", b"", "malformed_request"),
        (f"multipart/form-data; boundary={BOUNDARY}", b"no form at all", "malformed_request"),
        (f"multipart/form-data; boundary={BOUNDARY}", f"--{BOUNDARY}--\r\n".encode(), "invalid_request"),
        (f"multipart/form-data; boundary={'b' * 500}", b"x", "malformed_request"),
        (
            f"multipart/form-data; boundary={BOUNDARY}",
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--{BOUNDARY}--\r\n'.encode(),
            "invalid_request",
        ),
    ],
)
def test_what_is_no_form_with_files_is_refused(
    instructor: httpx.Client, content_type: str, body: bytes, code: str
) -> None:
    reply = instructor.post(f"{STARS}/sources", content=body, headers={"content-type": content_type})

    assert reply.status_code in (400, 422), reply.text
    assert reply.json()["code"] == code


def test_a_form_of_countless_parts_is_refused(sample: Sample, instructor: httpx.Client) -> None:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'.encode()

    reply = instructor.post(
        f"{STARS}/sources",
        content=part * 10_000 + f"--{BOUNDARY}--\r\n".encode(),
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
    )

    assert (reply.status_code, reply.json()["code"]) == (400, "malformed_request")
    assert list(sample.intake.uploads.iterdir()) == []


def test_an_upload_that_says_it_is_too_large_is_refused_unsent(origin: str, instructor: httpx.Client) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in instructor.cookies.items())
    head = (
        f"POST {STARS}/sources HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\nCookie: {cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: 200000000\r\n\r\n"
    )
    started = time.monotonic()
    with socket.create_connection((urlsplit(origin).hostname or "", urlsplit(origin).port or 0), timeout=10) as sender:
        sender.sendall(head.encode())
        reply = sender.recv(4096)

    assert reply.startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - started < 5


def test_an_upload_that_grows_too_large_is_cut_off_and_not_held_in_memory(
    sample: Sample, instructor: httpx.Client
) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'.encode()
        for _ in range(3200):  # 200 MB
            yield b"x" * 65_536
            sent += 65_536

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    try:
        status = instructor.post(f"{STARS}/sources", content=endless(), headers=headers).status_code
    except httpx.WriteError:  # the reply was sent and the connection closed while we were still sending
        status = 413
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert status == 413
    assert sent < 60_000_000  # what the sockets hold, and no more than that
    assert grown_kb < 50_000
    wait_until(lambda: list(sample.intake.uploads.iterdir()) == [])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_an_upload_that_is_cut_leaves_nothing(
    sample: Sample, origin: str, instructor: httpx.Client, course: str, share: float
) -> None:
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="cut.md"\r\n\r\n'.encode()
        + b"A star shines. " * 100_000
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    cookie = "; ".join(f"{name}={value}" for name, value in instructor.cookies.items())
    head = (
        f"POST {course}/sources HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\nCookie: {cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    blobs = set(sample.intake.blobs.all())
    with socket.create_connection((urlsplit(origin).hostname or "", urlsplit(origin).port or 0), timeout=10) as sender:
        sender.sendall(head.encode() + body[: int(len(body) * share)])
        wait_until(lambda: any(sample.intake.uploads.iterdir()))

    wait_until(lambda: list(sample.intake.uploads.iterdir()) == [])
    assert instructor.get(f"{course}/sources").json()["sources"] == []
    assert set(sample.intake.blobs.all()) == blobs


def test_files_are_read_to_the_last_byte(instructor: httpx.Client, sample: Sample, course: str, tmp_path: Path) -> None:
    content = b"".join(f"Line {n} of a long file about stars.\n\n".encode() for n in range(50_000))

    (source,) = upload(instructor, ("long.txt", content), course=course)["sources"]

    assert source["size"] == len(content)
    assert instructor.get(source["file_url"]).content == content
