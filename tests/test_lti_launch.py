"""A launch that cannot be trusted is refused, whatever is wrong with it; a good one is read."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from lti_platform import CLIENT_ID, INSTRUCTOR, Clock, LearningPlatform, serving

from tutor.lti import claims as names
from tutor.lti.errors import LaunchRefused
from tutor.lti.launch import MAX_TOKEN_CHARS, read_launch
from tutor.lti.platform_keys import COOL_DOWN_S, KEEP_S, PlatformKeys
from tutor.lti.signing_keys import SigningKey
from tutor.lti.state_token import LIFE, seal, unseal
from tutor.lti.types import Launch, LaunchState
from tutor.outbound import Outbound

ORIGIN = "https://tutor.example.edu"
TARGET = f"{ORIGIN}/lti/launch"
STATE = LaunchState(platform_id="p1", nonce="n-1", target_link_uri=TARGET)
SECRET = b"0123456789abcdef0123456789abcdef"
OTHER_KEY = SigningKey.new()


@pytest.fixture(scope="module")
def platform() -> Iterator[LearningPlatform]:
    with serving(LearningPlatform()) as platform:
        yield platform


@pytest.fixture(scope="module")
def keys(platform: LearningPlatform) -> PlatformKeys:
    return PlatformKeys(Outbound())


def launch(platform: LearningPlatform, keys: PlatformKeys, token: str, state: LaunchState = STATE) -> Launch:
    return read_launch(token, platform.as_registered(), state, keys.find, origin=ORIGIN)


def test_a_good_launch_is_read(platform: LearningPlatform, keys: PlatformKeys) -> None:
    token = platform.sign(platform.claims(nonce="n-1", target=TARGET, **{names.CUSTOM: {"course": "bio", "n": 3}}))

    found = launch(platform, keys, token)

    assert (found.subject, found.role, found.context_id, found.resource_link_id) == ("3", "student", "2", "link-1")
    assert found.custom == {"course": "bio"}
    assert found.services.memberships_url.startswith(platform.origin)
    assert found.return_url == f"{platform.origin}/course"


def test_a_launch_may_name_nobody(platform: LearningPlatform, keys: PlatformKeys) -> None:
    token = platform.sign(platform.claims(nonce="n-1", target=TARGET, sub=None))

    assert launch(platform, keys, token).subject == ""


@pytest.mark.parametrize("seconds", [-5, 5, 55])
def test_clocks_may_differ_by_less_than_a_minute(platform: LearningPlatform, keys: PlatformKeys, seconds: int) -> None:
    now = datetime.now(UTC) + timedelta(seconds=seconds)
    token = platform.sign(platform.claims(nonce="n-1", target=TARGET, iat=now, exp=now + timedelta(seconds=60)))

    assert launch(platform, keys, token).subject == "3"


def test_several_audiences_are_taken_when_the_token_was_made_for_us(
    platform: LearningPlatform, keys: PlatformKeys
) -> None:
    token = platform.sign(platform.claims(nonce="n-1", target=TARGET, aud=[CLIENT_ID, "other"], azp=CLIENT_ID))

    assert launch(platform, keys, token).subject == "3"


def test_an_instructor_is_one_here_only_where_the_platform_is_trusted_with_it(
    platform: LearningPlatform, keys: PlatformKeys
) -> None:
    token = platform.sign(platform.claims(nonce="n-1", target=TARGET, roles=(INSTRUCTOR,)))

    trusted = read_launch(token, platform.as_registered(), STATE, keys.find, origin=ORIGIN)
    stranger = platform.as_registered(trusts_instructors=False)
    untrusted = read_launch(token, stranger, STATE, keys.find, origin=ORIGIN)

    assert (trusted.role, untrusted.role) == ("instructor", "student")


def ago(seconds: int) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def public_pem(key: SigningKey) -> bytes:
    private = load_pem_private_key(key.private_pem.encode(), password=None)
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def hs256_with_the_public_key(platform: LearningPlatform) -> str:
    """PyJWT itself will not make this token, so it is put together by hand."""
    import base64
    import hashlib
    import hmac
    import json

    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    claims = platform.claims(nonce="n-1", target=TARGET)
    claims |= {name: int(claims[name].timestamp()) for name in ("iat", "exp")}
    header = {"alg": "HS256", "typ": "JWT", "kid": platform.key.key_id}
    signed = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims).encode())
    return (signed + b"." + part(hmac.digest(public_pem(platform.key), signed, hashlib.sha256))).decode()


Forge = Callable[[LearningPlatform], str]


def with_claims(**changes: Any) -> Forge:
    return lambda p: p.sign(p.claims(nonce="n-1", target=TARGET) | changes)


def without(name: str) -> Forge:
    def forge(platform: LearningPlatform) -> str:
        claims = platform.claims(nonce="n-1", target=TARGET)
        return platform.sign({kept: value for kept, value in claims.items() if kept != name})

    return forge


BAD: dict[str, Forge] = {
    "nothing": lambda _: "",
    "no token at all": lambda _: "hello",
    "three dots": lambda _: "a.b.c",
    "too long": lambda p: p.sign(p.claims(nonce="n-1", target=TARGET, padding="x" * MAX_TOKEN_CHARS)),
    "alg none": lambda p: jwt.encode(p.claims(nonce="n-1", target=TARGET), "", algorithm="none",
                                     headers={"kid": p.key.key_id}),
    "HS256 with the public key": hs256_with_the_public_key,
    "RS512": lambda p: jwt.encode(p.claims(nonce="n-1", target=TARGET), p.key.private_pem, algorithm="RS512",
                                  headers={"kid": p.key.key_id}),
    "a key in the header": lambda p: p.sign(p.claims(nonce="n-1", target=TARGET), jwk=OTHER_KEY.public_jwk()),
    "a key address in the header": lambda p: p.sign(p.claims(nonce="n-1", target=TARGET), jku="https://evil.example"),
    "another tenant's key": lambda p: p.sign(p.claims(nonce="n-1", target=TARGET), key=OTHER_KEY),
    "another key under a known id": lambda p: p.sign(
        p.claims(nonce="n-1", target=TARGET), key=SigningKey(p.key.key_id, OTHER_KEY.private_pem)
    ),
    "no key id": lambda p: jwt.encode(p.claims(nonce="n-1", target=TARGET), p.key.private_pem, algorithm="RS256"),
    "a broken signature": lambda p: p.sign(p.claims(nonce="n-1", target=TARGET))[:-6] + "AAAAAA",
    "changed claims": lambda p: ".".join(
        [(t := p.sign(p.claims(nonce="n-1", target=TARGET)).split("."))[0],
         p.sign(p.claims(nonce="n-1", target=TARGET, sub="1")).split(".")[1], t[2]]
    ),
    "another issuer": with_claims(iss="https://evil.example"),
    "another audience": with_claims(aud="somebody-else"),
    "several audiences and nobody authorised": with_claims(aud=[CLIENT_ID, "other"]),
    "another authorised party": with_claims(aud=[CLIENT_ID, "other"], azp="other"),
    "one audience, another authorised party": with_claims(azp="other"),
    "no audience": without("aud"),
    "expired": lambda p: p.sign(p.claims(nonce="n-1", target=TARGET, iat=ago(300), exp=ago(61))),
    "from the future": lambda p: p.sign(p.claims(nonce="n-1", target=TARGET, iat=ago(-120), exp=ago(-180))),
    "no expiry": without("exp"),
    "no time of issue": without("iat"),
    "another nonce": with_claims(nonce="n-2"),
    "no nonce": without("nonce"),
    "another version": with_claims(**{names.VERSION: "1.1.0"}),
    "another kind of message": with_claims(**{names.MESSAGE_TYPE: "LtiSubmissionReviewRequest"}),
    "no deployment": without(names.DEPLOYMENT_ID),
    "no resource link": without(names.RESOURCE_LINK),
    "a target elsewhere": with_claims(**{names.TARGET_LINK_URI: "https://evil.example/lti/launch"}),
    "a target that only begins like ours": with_claims(**{names.TARGET_LINK_URI: f"{ORIGIN}.evil.example/lti"}),
    "a target other than the login's": with_claims(**{names.TARGET_LINK_URI: f"{ORIGIN}/lti/launch?other"}),
    "claims of strange types": with_claims(**{names.DEPLOYMENT_ID: ["1"], names.VERSION: 1.3}),
}  # fmt: skip


@pytest.mark.parametrize("forge", BAD.values(), ids=BAD.keys())
def test_a_launch_that_cannot_be_trusted_is_refused(
    platform: LearningPlatform, keys: PlatformKeys, forge: Forge
) -> None:
    token = forge(platform)

    with pytest.raises(LaunchRefused) as refused:
        launch(platform, keys, token)

    assert len(token) < 40 or token not in str(refused.value)


def test_a_token_of_another_launch_does_not_fit_this_state(platform: LearningPlatform, keys: PlatformKeys) -> None:
    token = platform.sign(platform.claims(nonce="n-of-another", target=TARGET))

    with pytest.raises(LaunchRefused, match="nonce"):
        launch(platform, keys, token)
    with pytest.raises(LaunchRefused, match="nonce"):
        launch(platform, keys, token, replace(STATE, nonce=""))


def test_a_state_is_read_again_and_only_ours_and_only_in_time() -> None:
    sealed = seal(STATE, SECRET)

    assert unseal(sealed, SECRET) == STATE
    with pytest.raises(LaunchRefused):
        unseal(sealed, b"another secret of thirty-two bytes")
    with pytest.raises(LaunchRefused):
        unseal(seal(STATE, SECRET, now=datetime.now(UTC) - LIFE - timedelta(seconds=1)), SECRET)
    with pytest.raises(LaunchRefused):
        unseal("", SECRET)


def test_an_unknown_key_is_looked_for_once_and_then_not_for_a_minute() -> None:
    clock = Clock()
    with serving(LearningPlatform()) as platform:
        keys = PlatformKeys(Outbound(), clock)
        registered = platform.as_registered()
        keys.find(registered, platform.key.key_id)

        for _ in range(50):
            with pytest.raises(LaunchRefused):
                keys.find(registered, "unknown")
        knocked = len(platform.requests)
        clock.now += COOL_DOWN_S + 1
        platform.key = SigningKey.new()

        assert knocked == 1
        assert keys.find(registered, platform.key.key_id)
        assert len(platform.requests) == 2


def test_a_key_is_not_believed_for_longer_because_the_platform_is_silent() -> None:
    clock = Clock()
    with serving(LearningPlatform()) as platform:
        keys = PlatformKeys(Outbound(), clock)
        registered = platform.as_registered()
        keys.find(registered, platform.key.key_id)
        platform.faults.add("silent_keys")
        clock.now += KEEP_S + 1

        for _ in range(3):
            with pytest.raises(LaunchRefused):
                keys.find(registered, platform.key.key_id)

        assert len(platform.requests) == 2
        platform.faults.clear()
        clock.now += COOL_DOWN_S + 1
        assert keys.find(registered, platform.key.key_id)


def test_a_port_that_goes_without_saying_may_be_said(platform: LearningPlatform, keys: PlatformKeys) -> None:
    target = "https://tutor.example.edu:443/lti/launch"
    token = platform.sign(platform.claims(nonce="n-1", target=target))

    assert launch(platform, keys, token, replace(STATE, target_link_uri=target)).target_link_uri == target


@pytest.mark.parametrize("fault", ["silent_keys", "redirect_keys", "big_keys", "no_json"])
def test_a_platform_whose_keys_cannot_be_had_launches_nothing(fault: str) -> None:
    with serving(LearningPlatform(faults={fault})) as platform:
        keys = PlatformKeys(Outbound())
        token = platform.sign(platform.claims(nonce="n-1", target=TARGET))

        for _ in range(3):
            with pytest.raises(LaunchRefused):
                launch(platform, keys, token)

        assert platform.requests == [("GET", "/jwks")]
