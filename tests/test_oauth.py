"""Clients that know OAuth only get a token for their key, and no more than their key may do."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from chosen_store import work_at
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from service_samples import ORIGIN, Sample, make_sample
from typer.testing import CliRunner

from tutor.api.client_assertions import UnusablePublicKey, checked_public_jwk
from tutor.cli.keys import keys_app
from tutor.permissions import INSTRUCTOR, STUDENT
from tutor.state import keys
from tutor.state.keys import ApiKey

TOKEN_URL = "/oauth/token"
ASSERTION = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("service"))


def ask_for(sample: Sample, fields: dict[str, str], **client: Any) -> httpx.Response:
    form = {"grant_type": "client_credentials", **fields}
    return sample.ask(lambda http: http.post(TOKEN_URL, data=form), key=None, **client)


def pair(made: tuple[ApiKey, str]) -> dict[str, str]:
    return {"client_id": made[0].key_id, "client_secret": made[1]}


def test_a_key_becomes_a_token_that_asks(sample: Sample) -> None:
    reply = ask_for(sample, pair(sample.make_key("stars")))
    token = reply.json()

    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 3600, "ask read")
    asked = sample.post("/api/v1/courses/stars/ask", {"question": "What is a nebula?"}, key=token["access_token"])
    assert asked.json()["status"] == "answered"
    assert sample.get("/api/v1/courses/cells", key=token["access_token"]).status_code == 404
    assert sample.get("/api/v1/courses/stars/sources", key=token["access_token"]).status_code == 403


def test_id_and_key_may_come_by_http_basic(sample: Sample) -> None:
    made, secret = sample.make_key()

    async def by_basic(http: httpx.AsyncClient) -> httpx.Response:
        form = {"grant_type": "client_credentials"}
        return await http.post(TOKEN_URL, data=form, auth=httpx.BasicAuth(made.key_id, secret))

    assert sample.ask(by_basic, key=None).status_code == 200


def test_a_scope_makes_it_less_and_never_more(sample: Sample) -> None:
    teacher = sample.make_key(permissions=INSTRUCTOR)

    less = ask_for(sample, {**pair(teacher), "scope": "ask"}).json()
    more = ask_for(sample, {**pair(sample.make_key()), "scope": "ask administer"})

    assert less["scope"] == "ask read"
    assert sample.get("/api/v1/courses/stars/sources", key=less["access_token"]).status_code == 403
    assert sample.get("/api/v1/courses/stars/sources", key=teacher[1]).status_code == 200
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


def test_revoking_the_key_ends_its_tokens_at_once(sample: Sample) -> None:
    made = sample.make_key()
    token = ask_for(sample, pair(made)).json()["access_token"]
    assert sample.get("/api/v1/courses", key=token).status_code == 200

    with sample.access.database.writing() as connection:
        keys.revoke(connection, made[0].key_id)

    assert sample.get("/api/v1/courses", key=token).status_code == 401
    assert ask_for(sample, pair(made)).status_code == 401


def test_a_token_does_not_outlive_its_key(sample: Sample) -> None:
    with sample.access.database.writing() as connection:
        made = keys.create(connection, "short", expires_at=datetime.now(UTC) + timedelta(minutes=5))

    assert ask_for(sample, pair(made)).json()["expires_in"] <= 300


def test_forged_and_expired_tokens_are_refused(sample: Sample) -> None:
    made = sample.make_key()[0]
    tokens = sample.access.access_tokens
    good, _ = tokens.issue(made, STUDENT, datetime.now(UTC))
    head, _, signature = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    more = good.split(".")[1]
    forged = [
        tokens.issue(made, STUDENT, datetime.now(UTC) - timedelta(hours=2))[0],
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "x" * 32, algorithm="HS256"),
        f"{head}.{more[:-4]}AAAA.{signature}",
        "a.b.c",
        "..",
    ]

    assert sample.get("/api/v1/courses", key=good).status_code == 200
    assert [sample.get("/api/v1/courses", key=token).status_code for token in forged] == [401] * len(forged)


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 401, "invalid_client"),
        ({"client_id": "x", "client_secret": "ct_wrong"}, 401, "invalid_client"),
        ({**ASSERTION, "client_assertion": "a.b.c"}, 401, "invalid_client"),
        ({"client_assertion": "x"}, 401, "invalid_client"),
    ],
)
def test_refusals_have_oauths_shape(sample: Sample, fields: dict[str, str], status: int, error: str) -> None:
    reply = ask_for(sample, fields)

    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert reply.json()["error_description"]


def test_a_key_with_another_keys_id_is_no_client(sample: Sample) -> None:
    (one, _), (_, secret) = sample.make_key(), sample.make_key()

    assert ask_for(sample, {"client_id": one.key_id, "client_secret": secret}).status_code == 401


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(b"{}", "application/json"), (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded")],
)
def test_what_is_no_form_is_refused(sample: Sample, body: bytes, media_type: str) -> None:
    reply = sample.ask(lambda http: http.post(TOKEN_URL, content=body, headers={"content-type": media_type}), key=None)

    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")


def jwk_of(private: Any) -> dict[str, Any]:
    kind = jwt.algorithms.RSAAlgorithm if isinstance(private, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    found: dict[str, Any] = json.loads(kind.to_jwk(private.public_key()))
    return found


@pytest.fixture(scope="module")
def signer(sample: Sample) -> ApiKey:
    with sample.access.database.writing() as connection:
        return keys.create(connection, "vendor", public_jwk=checked_public_jwk(jwk_of(RSA_KEY)))[0]


def claims_of(client: ApiKey, jti: str, **other: Any) -> dict[str, Any]:
    ends = datetime.now(UTC) + timedelta(minutes=5)
    base = {"iss": client.key_id, "sub": client.key_id, "aud": f"{ORIGIN}{TOKEN_URL}", "jti": jti, "exp": ends}
    return {**base, **other}


def asserted(sample: Sample, token: str) -> httpx.Response:
    return ask_for(sample, {**ASSERTION, "client_assertion": token})


def test_a_signed_assertion_takes_the_secrets_place_once(sample: Sample, signer: ApiKey) -> None:
    assertion = jwt.encode(claims_of(signer, "one"), RSA_KEY, algorithm="RS256")

    first, again = asserted(sample, assertion), asserted(sample, assertion)

    assert first.status_code == 200
    assert sample.get("/api/v1/courses", key=first.json()["access_token"]).status_code == 200
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


BAD: dict[str, Callable[[ApiKey], str]] = {
    "another endpoint": lambda c: jwt.encode(claims_of(c, "b1", aud="https://evil.example/token"), RSA_KEY, "RS256"),
    "another subject": lambda c: jwt.encode(claims_of(c, "b2", sub="x"), RSA_KEY, "RS256"),
    "over": lambda c: jwt.encode(claims_of(c, "b3", exp=datetime.now(UTC) - timedelta(minutes=2)), RSA_KEY, "RS256"),
    "too long": lambda c: jwt.encode(claims_of(c, "b4", exp=datetime.now(UTC) + timedelta(hours=2)), RSA_KEY, "RS256"),
    "another key": lambda c: jwt.encode(
        claims_of(c, "b5"), rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"
    ),
    "no jti": lambda c: jwt.encode({k: v for k, v in claims_of(c, "").items() if k != "jti"}, RSA_KEY, "RS256"),
    "unsigned": lambda c: jwt.encode(claims_of(c, "b6"), "", "none"),
    "signed with what is public": lambda c: jwt.encode(claims_of(c, "b7"), jwk_of(RSA_KEY)["n"], "HS256"),
    "another algorithm": lambda c: jwt.encode(claims_of(c, "b8"), RSA_KEY, "PS256"),
    "a stranger": lambda c: jwt.encode({**claims_of(c, "b9"), "iss": "nobody", "sub": "nobody"}, RSA_KEY, "RS256"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_assertion_is_refused(sample: Sample, signer: ApiKey, bad: str) -> None:
    assert asserted(sample, BAD[bad](signer)).status_code == 401


def test_a_key_without_a_public_key_cannot_be_signed_for(sample: Sample) -> None:
    plain = sample.make_key()[0]

    assert asserted(sample, jwt.encode(claims_of(plain, "p1"), RSA_KEY, "RS256")).status_code == 401


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
def test_elliptic_curve_keys_sign_too(sample: Sample, curve: ec.EllipticCurve) -> None:
    private = ec.generate_private_key(curve)
    with sample.access.database.writing() as connection:
        made, _ = keys.create(connection, "vendor", public_jwk=checked_public_jwk(jwk_of(private)))
    algorithm = "ES256" if curve.name == "secp256r1" else "ES384"

    assert asserted(sample, jwt.encode(claims_of(made, "e"), private, algorithm)).status_code == 200


@pytest.mark.parametrize(
    "jwk",
    [
        [],
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "RSA", "n": "AQ", "e": "AQAB"},
        {"kty": "RSA", "n": "!", "e": "AQAB"},
        jwk_of(RSA_KEY) | {"d": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
        jwk_of(rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505  (that is the point)
    ],
)
def test_only_sound_public_keys_are_registered(jwk: Any) -> None:
    with pytest.raises(UnusablePublicKey):
        checked_public_jwk(jwk)


def test_a_public_key_is_registered_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work_at(tmp_path, monkeypatch)
    (tmp_path / "vendor.json").write_text(json.dumps(jwk_of(RSA_KEY)))
    (tmp_path / "none.json").write_text("no JSON")

    made = CliRunner().invoke(keys_app, ["create", "--public-jwk", str(tmp_path / "vendor.json")])
    refused = CliRunner().invoke(keys_app, ["create", "--public-jwk", str(tmp_path / "none.json")])

    assert made.exit_code == 0
    assert len(made.stdout.strip()) == 8
    assert "ct_" not in made.output
    assert refused.exit_code != 0
