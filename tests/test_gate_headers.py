"""Every reply carries the security headers and its request's id; the chat's page has a policy that it works under."""

import re

import pytest
from raw_requests import send_raw
from service_samples import Sample, shared_sample

from ui.chat_document import chat_policy


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/", "/login", "/nothing", "/api/v1/courses", "/api/v1/courses/none", "/openapi.json"]
)
@pytest.mark.parametrize("keyed", [True, False])
def test_every_reply_carries_them(sample: Sample, path: str, keyed: bool) -> None:
    reply = sample.get(path, key="" if keyed else None)

    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors" in reply.headers["content-security-policy"]
    assert reply.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["x-request-id"])
    assert "server" not in reply.headers
    assert "x-frame-options" not in reply.headers


@pytest.mark.parametrize("headers", [(), ((b"host", b"x y"),), ((b"host", b"evil.example"),)])
def test_refusals_at_the_outermost_wall_carry_them_too(
    sample: Sample, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    reply = send_raw(sample.service.app, "/livez", headers=headers)

    assert reply.status in (400, 421)
    assert reply.header("x-content-type-options") == "nosniff"
    assert reply.header("content-type") == "application/problem+json"


def test_a_callers_own_request_id_is_echoed_when_it_is_plain(sample: Sample) -> None:
    plain = sample.get("/livez", **{"x-request-id": "course-42.a_B"})
    forged = [sample.get("/livez", **{"x-request-id": sent}) for sent in ("a b", "x" * 65, "a;b", "")]

    assert plain.headers["x-request-id"] == "course-42.a_B"
    assert all(re.fullmatch(r"[0-9a-f]{32}", reply.headers["x-request-id"]) for reply in forged)


def chat(sample: Sample, path: str = "/chat/", **headers: str) -> tuple[str, str]:
    reply = sample.get(path, key=None, cookie=sample.log_in(), **headers)
    assert reply.status_code == 200
    return reply.text, reply.headers["content-security-policy"]


def test_the_chats_scripts_are_named_by_a_nonce_that_is_new_each_time(sample: Sample) -> None:
    (document, policy), (_, next_policy) = chat(sample), chat(sample)

    nonces = re.findall(r"<script nonce=\"([^\"]+)\"", document)
    assert len(nonces) == len(re.findall(r"<script\b", document)) > 3
    assert set(nonces) == set(re.findall(r"'nonce-([^']+)'", policy))
    assert policy != next_policy


def test_the_storage_guard_is_the_first_script_of_the_page(sample: Sample) -> None:
    document, _ = chat(sample)

    first = document[document.index("<script") :].partition("</script>")[0]
    assert "localStorage" in first
    assert document.index("<script") < document.index("gradio_config")


def test_compression_does_not_keep_the_page_from_being_guarded(sample: Sample) -> None:
    document, policy = chat(sample, **{"accept-encoding": "br, gzip"})

    assert "localStorage" in document
    assert "nonce-" in policy


def test_the_page_names_nothing_on_other_hosts(sample: Sample) -> None:
    document, _ = chat(sample)
    markup = re.sub(r"<script.*?</script>", "", document, flags=re.DOTALL)

    assert re.findall(r"(?:src|href|content)=\"(?:https?:)?//[^\"]*", markup) == []


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = dict(directive.split(" ", 1) for directive in chat_policy("N", ["https://lms.example.edu"]).split("; "))

    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == "'self' 'nonce-N' 'unsafe-eval'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self' https://lms.example.edu"
    assert not any("*" in value or "http:" in value for value in policy.values())


def test_files_that_are_the_same_for_everybody_may_be_kept(sample: Sample) -> None:
    document, _ = chat(sample)
    asset = re.search(r"\./(assets/[^\"]+\.js)", document)
    assert asset

    reply = sample.get(f"/chat/{asset[1]}", key=None, cookie=sample.log_in())

    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "private, max-age=86400"
