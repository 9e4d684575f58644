"""The Host header must name this service; it never takes part in deciding what a caller may do."""

import pytest
from raw_requests import send_raw
from service_samples import Sample, make_sample

PROTECTED = "/api/v1/courses"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("hosts"), allowed_hosts="Tutor.example.edu, [fd00::1]")


def status(sample: Sample, *hosts: bytes, path: str = PROTECTED, key: str = "", root_path: str = "") -> int:
    headers = [(b"host", host) for host in hosts]
    if key:
        headers.append((b"authorization", f"Bearer {key}".encode()))
    return send_raw(sample.service.app, path, headers=headers, root_path=root_path).status


@pytest.mark.parametrize(
    "host",
    [b"localhost", b"localhost:8000", b"LOCALHOST", b"127.0.0.1", b"127.0.0.1:1", b"[::1]:8000", b"tutor.example.edu",
     b"TUTOR.example.edu:443", b"[fd00::1]"],
)  # fmt: skip
def test_our_own_names_are_served(sample: Sample, host: bytes) -> None:
    assert status(sample, host, key=sample.key) == 200
    assert status(sample, host) == 401


@pytest.mark.parametrize(
    "host",
    [b"evil.example", b"localhost.evil.example", b"evil-localhost", b"127.0.0.1.evil.example", b"10.0.0.1", b"0.0.0.0",
     b"127.1", b"2130706433", b"[::ffff:127.0.0.1]", b"localhost.", b"tutor.example.edu.evil.example"],
)  # fmt: skip
def test_other_names_are_misdirected(sample: Sample, host: bytes) -> None:
    assert status(sample, host, key=sample.key) == 421
    assert status(sample, host, path="/livez") == 421


@pytest.mark.parametrize(
    "host",
    [b"", b" ", b"x/livez?", b"localhost/livez", b"localhost/livez?x=", b"localhost#", b"localhost?", b"local host",
     b"user@localhost", b"localhost:80:80", b"localhost:port", b"localhost:", b"[::1", b"::1", b"localhost\\", b"\xff",
     b"localhost,evil.example", b"localhost;", b"http://localhost", b"%6c%6fcalhost", b"a" * 300],
)  # fmt: skip
def test_malformed_hosts_are_refused(sample: Sample, host: bytes) -> None:
    assert status(sample, host, key=sample.key) == 400
    assert status(sample, host, path="/livez") == 400


def test_no_host_and_two_hosts_are_refused(sample: Sample) -> None:
    assert status(sample) == 400
    assert status(sample, b"localhost", b"localhost") == 400
    assert status(sample, b"localhost", b"evil.example") == 400


@pytest.mark.parametrize(("address", "expected"), [("192.0.2.7", 200), ("127.0.0.1", 421)])
def test_the_address_that_the_connection_came_in_on_is_ours(sample: Sample, address: str, expected: int) -> None:
    reply = send_raw(sample.service.app, "/livez", headers=[(b"host", b"192.0.2.7:8000")], address=address)

    assert reply.status == expected


@pytest.mark.parametrize("root_path", ["", "/livez", "/api", "/chat", "livez?"])
@pytest.mark.parametrize(
    "path", [PROTECTED, "//livez", "/livez/../api/v1/courses", "/%2e%2e/livez", "/livez;/x", "/api/v1//courses"]
)
def test_neither_prefixes_nor_spellings_open_a_protected_path(sample: Sample, path: str, root_path: str) -> None:
    assert status(sample, b"localhost", path=path, root_path=root_path) in (401, 404)


def test_forwarding_headers_are_not_believed(sample: Sample) -> None:
    headers = [
        (b"host", b"localhost"),
        (b"x-forwarded-host", b"evil.example"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-for", b"203.0.113.9"),
        (b"forwarded", b"host=evil.example"),
        (b"cookie", f"{sample.access.cookie_name}={sample.log_in()}".encode()),
    ]

    reply = send_raw(sample.service.app, "/chat/", headers=headers)

    assert reply.status == 200
    assert b"evil.example" not in reply.body
    assert reply.header("strict-transport-security") is None
