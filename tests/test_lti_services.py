"""The tutor calls its platform: rosters, scores, registration; and never anybody else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from lti_platform import CLIENT_ID, INSTRUCTOR, LEARNER, Clock, LearningPlatform, serving
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tutor.lti import claims as names
from tutor.lti.deep_linking import Chosen, response_token
from tutor.lti.errors import LaunchRefused, RegistrationRefused, UnknownPlatform
from tutor.lti.registration import register
from tutor.lti.services import PlatformServices, Score, scores_url
from tutor.lti.signing_keys import SigningKey
from tutor.lti.types import DeepLinking, Launch
from tutor.outbound import CallFailed, Outbound, allowed_host
from tutor.state import lti, used_tokens
from tutor.state.columns import metadata
from tutor.state.database import Database
from tutor.state.lti_tables import lti_invites, lti_keys

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KEY = SigningKey.new()
ORIGIN = "https://tutor.example.edu"


@pytest.fixture
def platform() -> Iterator[LearningPlatform]:
    people = [{"user_id": str(n), "roles": [INSTRUCTOR if n == 0 else LEARNER]} for n in range(3)]
    with serving(LearningPlatform(members=people, tool_keys={"keys": [KEY.public_jwk()]})) as platform:
        yield platform


@pytest.fixture
def database(tmp_path: Any) -> Database:
    database = Database.in_folder(tmp_path)
    metadata.create_all(database.engine)
    return database


def services(clock: Clock | None = None) -> PlatformServices:
    return PlatformServices(Outbound(), lambda: KEY, clock or Clock())


def test_a_roster_is_read_to_its_last_page_without_names(platform: LearningPlatform) -> None:
    url = f"{platform.origin}/members?page=1"

    members = list(services().members(platform.as_registered(), url))

    assert [(member.subject, member.role) for member in members] == [
        ("0", "instructor"), ("1", "student"), ("2", "student"),
    ]  # fmt: skip


def test_a_roster_that_continues_at_another_host_is_not_followed(platform: LearningPlatform) -> None:
    platform.faults.add("roster_elsewhere")

    with pytest.raises(CallFailed, match="another host"):
        list(services().members(platform.as_registered(), f"{platform.origin}/members?page=1"))


def test_a_platform_elsewhere_cannot_send_the_tutor_to_its_own_machine(platform: LearningPlatform) -> None:
    elsewhere = platform.as_registered(token_url="https://lms.example.edu/token")
    url = f"{platform.origin}/members?page=1"

    with pytest.raises(CallFailed, match="own machine"):
        list(services().members(elsewhere, url))
    with pytest.raises(CallFailed, match="own machine"):
        services().send_score(elsewhere, url, Score("3", given=1, maximum=1, at=NOW))

    assert platform.requests == []


def test_a_score_goes_below_the_line_items_path_and_keeps_its_query(platform: LearningPlatform) -> None:
    score = Score("3", given=4, maximum=5, at=NOW)

    services().send_score(platform.as_registered(), f"{platform.origin}/items/7/lineitem?type_id=1", score)

    assert scores_url("https://x.example/a/lineitem/?q=1") == "https://x.example/a/lineitem/scores?q=1"
    assert platform.scores == [
        {
            "userId": "3", "scoreGiven": 4, "scoreMaximum": 5, "timestamp": "2026-11-24T08:00:00.000+00:00",
            "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        }
    ]  # fmt: skip


def test_an_access_token_is_kept_until_shortly_before_it_runs_out(platform: LearningPlatform) -> None:
    clock = Clock()
    calling = services(clock)
    score = Score("3", given=1, maximum=1, at=NOW)
    url = f"{platform.origin}/items/7/lineitem?type_id=1"

    calling.send_score(platform.as_registered(), url, score)
    calling.send_score(platform.as_registered(), url, score)
    clock.now += 3600 - 59
    calling.send_score(platform.as_registered(), url, score)

    assert platform.requests.count(("POST", "/token")) == 2


def test_a_platform_that_gives_no_token_is_named(platform: LearningPlatform) -> None:
    platform.faults.add("no_token")

    with pytest.raises(CallFailed, match=r"127\.0\.0\.1 gave no access token"):
        list(services().members(platform.as_registered(), f"{platform.origin}/members?page=1"))


@pytest.mark.parametrize(
    "url",
    ["", "lms.example.edu/x", "ftp://lms.example.edu", "file:///etc/passwd", "http://lms.example.edu/jwks",
     "https://user:secret@lms.example.edu/", "http://10.0.0.1/", "http://169.254.169.254/", "http://[::1", "https://"],
)  # fmt: skip
def test_only_encrypted_addresses_are_called_except_on_this_machine(url: str) -> None:
    with pytest.raises(CallFailed):
        allowed_host(url)


def test_registration_asks_for_what_is_offered_and_for_no_names(platform: LearningPlatform) -> None:
    done = register(
        Outbound(), configuration_url=f"{platform.origin}/configuration", token="t", hosts=["127.0.0.1"],
        origin=ORIGIN, courses=("bio",),
    )  # fmt: skip

    sent = platform.registrations[0]
    assert (done.platform.client_id, done.deployment_id) == ("registered-client", "9")
    assert done.platform.courses == ("bio",)
    assert sent["scope"] == names.SCORE_SCOPE
    messages = sent["https://purl.imsglobal.org/spec/lti-tool-configuration"]["messages"]
    assert [message["placements"] for message in messages] == [["course_navigation"], ["ContentArea"]]
    assert sent["redirect_uris"] == [f"{ORIGIN}/lti/launch"]
    assert sent["https://purl.imsglobal.org/spec/lti-tool-configuration"]["claims"] == ["iss", "sub"]


@pytest.mark.parametrize(
    ("path", "host", "fault"),
    [("/configuration", "lms.example.edu", ""), ("/configuration", "127.0.0.1", "foreign_jwks")],
)
def test_registration_speaks_with_the_invited_host_only(
    platform: LearningPlatform, path: str, host: str, fault: str
) -> None:
    platform.faults.add(fault)

    with pytest.raises(RegistrationRefused):
        register(
            Outbound(), configuration_url=platform.origin + path, token="", hosts=[host], origin=ORIGIN, courses=()
        )

    assert platform.registrations == []


def test_a_platform_that_gives_its_keys_elsewhere_registers_where_both_hosts_are_invited(
    platform: LearningPlatform,
) -> None:
    platform.faults.add("foreign_jwks")

    done = register(
        Outbound(), configuration_url=f"{platform.origin}/configuration", token="",
        hosts=["127.0.0.1", "localhost"], origin=ORIGIN, courses=(),
    )  # fmt: skip

    assert done.platform.jwks_url == "http://localhost/jwks"
    assert done.platform.name.endswith("at 127.0.0.1")


@pytest.mark.parametrize(
    "hosts", [[], [""], ["https://lms.example.edu"], ["lms.example.edu,evil.example/"], ["a" * 256]]
)
def test_an_invitation_is_for_hosts_by_their_names(database: Database, hosts: list[str]) -> None:
    with pytest.raises(RegistrationRefused, match="without https"), database.writing() as connection:
        lti.make_invite(connection, hosts, [], NOW)


def test_chosen_links_go_back_signed_and_with_the_data_as_it_came() -> None:
    platform = LearningPlatform(origin="https://lms.example.edu")
    settings = DeepLinking("https://lms.example.edu/back", data="d&1", accepts_several=False, accepts_line_items=True)
    asked = Launch(
        platform=platform.as_registered(), deployment_id="1", message_type="LtiDeepLinkingRequest", subject="3",
        role="instructor", context_id="2", context_title="", resource_link_id="", target_link_uri="", return_url="",
        deep_linking=settings,
    )  # fmt: skip
    chosen = [Chosen("bio", "Chapter 5", document_id="ch05", maximum_score=5), Chosen("bio", "Chapter 6")]

    token = response_token(asked, chosen, KEY, launch_url=f"{ORIGIN}/lti/launch")

    public = jwt.PyJWK(KEY.public_jwk())
    claims = jwt.decode(token, public, algorithms=["RS256"], audience=platform.origin, issuer=CLIENT_ID)
    assert claims[names.DEEP_LINKING_DATA] == "d&1"
    assert [item["custom"] for item in claims[names.CONTENT_ITEMS]] == [
        {"course": "bio", "document": "ch05", "practice": "5"}
    ]
    assert claims[names.CONTENT_ITEMS][0]["lineItem"]["scoreMaximum"] == 5
    without_data = replace(asked, deep_linking=replace(settings, data=None))
    again = response_token(without_data, chosen, KEY, launch_url=ORIGIN)
    assert names.DEEP_LINKING_DATA not in jwt.decode(again, options={"verify_signature": False})


def test_a_nonce_is_good_once_whoever_asks(database: Database) -> None:
    with database.writing() as connection:
        lti.use_nonce(connection, "n-1", NOW)

    for later in (NOW, NOW + timedelta(minutes=90)):
        with pytest.raises(LaunchRefused, match="replay"), database.writing() as connection:
            lti.use_nonce(connection, "n-1", later)
    with database.writing() as connection:
        lti.use_nonce(connection, "n-2", NOW + timedelta(days=2))


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=23), -timedelta(hours=2)])
def test_a_clock_that_jumps_and_comes_back_makes_nothing_good_a_second_time(
    database: Database, jump: timedelta
) -> None:
    soon, ahead = NOW + timedelta(minutes=5), NOW + timedelta(minutes=5) + jump
    with database.writing() as connection:
        lti.use_nonce(connection, "n-1", NOW)
        assert used_tokens.use(connection, "embed", "t-1", expires_at=soon)
        lti.use_nonce(connection, "n-2", ahead)  # whoever comes while the clock is wrong
        used_tokens.forget(connection, ahead)

    with pytest.raises(LaunchRefused, match="replay"), database.writing() as connection:
        lti.use_nonce(connection, "n-1", soon)
    with database.writing() as connection:
        assert not used_tokens.use(connection, "embed", "t-1", expires_at=soon)
        used_tokens.forget(connection, NOW + timedelta(days=2))
        assert used_tokens.use(connection, "embed", "t-1", expires_at=soon)


def test_a_platform_is_found_by_issuer_and_client_and_by_the_issuer_alone_while_it_has_one(database: Database) -> None:
    first = LearningPlatform("https://lms.example.edu").as_registered()
    second = replace(first, platform_id="p2", client_id="other")
    with database.writing() as connection:
        lti.add_platform(connection, first, NOW)

    with database.writing() as connection:
        assert lti.platform_of_login(connection, first.issuer, "") == first
        lti.add_platform(connection, second, NOW)
        assert lti.platform_of_login(connection, first.issuer, "other") == second
        for issuer, client in ((first.issuer, ""), (first.issuer, "x"), ("https://evil.example", "")):
            with pytest.raises(LaunchRefused):
                lti.platform_of_login(connection, issuer, client)
        lti.remove_platform(connection, "p1")
        with pytest.raises(UnknownPlatform):
            lti.platform_by_id(connection, "p1")


def test_a_deployment_that_appears_by_itself_waits_for_an_administrator(database: Database) -> None:
    with database.writing() as connection:
        lti.add_platform(connection, LearningPlatform("https://lms.example.edu").as_registered(), NOW)
        lti.add_deployment(connection, "p1", "7", approved=False, now=NOW)

        assert not lti.is_approved(connection, "p1", "7")
        assert not lti.is_approved(connection, "p1", "8")
        lti.add_deployment(connection, "p1", "7", approved=True, now=NOW)
        lti.add_deployment(connection, "p1", "7", approved=False, now=NOW)
        assert lti.deployments(connection, "p1") == {"7": True}


def test_a_deployment_of_no_platform_is_an_error(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as connection:
        lti.add_deployment(connection, "gone", "7", approved=False, now=NOW)


def test_an_invitation_is_good_once_for_a_week_and_kept_as_a_hash(database: Database) -> None:
    with database.writing() as connection:
        code = lti.make_invite(connection, ["lms.example.edu", "sso.example.com"], ["bio"], NOW)
        late = lti.make_invite(connection, ["lms.example.edu"], [], NOW)
        assert code not in str(connection.execute(select(lti_invites)).all())

        assert lti.use_invite(connection, code, NOW) == (("lms.example.edu", "sso.example.com"), ("bio",))
        for again in (code, "wrong"):
            with pytest.raises(RegistrationRefused):
                lti.use_invite(connection, again, NOW)
        with pytest.raises(RegistrationRefused):
            lti.use_invite(connection, late, NOW + timedelta(days=8))


def test_a_new_key_signs_at_once_and_the_old_one_is_published_for_another_day(database: Database) -> None:
    with database.writing() as connection:
        old = lti.signing_key(connection, NOW)
        assert lti.signing_key(connection, NOW) == old
        new = lti.rotate_signing_key(connection, NOW + timedelta(hours=1))

        published = lti.published_keys(connection, NOW + timedelta(hours=2))
        next_day = lti.published_keys(connection, NOW + timedelta(days=2))

        assert lti.signing_key(connection, NOW) == new
        assert [key.key_id for key in published] == [new.key_id, old.key_id]
        assert [key.key_id for key in next_day] == [new.key_id]
        assert all(set(key.public_jwk()) == {"kty", "n", "e", "alg", "use", "kid"} for key in published)
        assert "PRIVATE" not in repr(published)
        assert connection.execute(select(lti_keys)).all()
