"""Launches over HTTP: a good one becomes a session of its course and role, every other one a plain sentence."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from lti_platform import DEPLOYMENT_ID, INSTRUCTOR, LearningPlatform, serving
from lti_samples import LAUNCH, Launching, launching
from service_samples import ORIGIN, make_sample
from sqlalchemy import func, select

from tutor.api.lti.office import now
from tutor.lti import claims as names
from tutor.state import lti
from tutor.state.lti_tables import lti_deployments, lti_used_nonces

SIGNALS = Path(__file__).parent / "data" / "signals"
CUSTOM = {names.CUSTOM: {"course": "stars", "document": "lesson"}}


@pytest.fixture
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launching]:
    with launching(tmp_path_factory.mktemp("lti")) as browser:
        yield browser


def stored(browser: Launching) -> tuple[int, int]:
    with browser.sample.access.database.reading() as connection:
        nonces = connection.execute(select(func.count()).select_from(lti_used_nonces)).scalar_one()
        deployments = connection.execute(select(func.count()).select_from(lti_deployments)).scalar_one()
    return nonces, deployments


def test_a_launch_becomes_a_session_of_its_course_at_its_chapter(browser: Launching) -> None:
    reply = browser.launched(**CUSTOM)

    assert reply.status_code == 303
    assert reply.headers["location"] == "/chat/?course=stars&document=lesson"
    cookies = reply.headers.get_list("set-cookie")
    assert all("Secure; SameSite=None; Partitioned" in cookie and "HttpOnly" in cookie for cookie in cookies)
    me = browser.get("/api/v1/me").json()
    assert (me["courses"], me["permissions"]) == (["stars"], {"stars": ["ask", "read"]})
    assert len(me["person_id"]) == 32
    assert browser.get("/api/v1/courses/cells").status_code == 404


def test_a_person_is_the_same_in_every_launch_and_is_not_who_the_platform_says(browser: Launching) -> None:
    browser.launched(**CUSTOM)
    first = browser.get("/api/v1/me").json()["person_id"]
    browser.launched(**CUSTOM)
    again = browser.get("/api/v1/me").json()["person_id"]
    browser.launched(**CUSTOM, sub="4")
    other = browser.get("/api/v1/me").json()["person_id"]
    browser.launched(**CUSTOM, sub=None)
    nobody = browser.get("/api/v1/me").json()["person_id"]

    assert first == again
    assert len({first, other, nobody, "3"}) == 4


def test_the_browser_is_sent_to_the_platform_with_all_it_needs_to_hear(browser: Launching) -> None:
    reply = browser.login(lti_message_hint="m 1")

    query = browser.authorised(reply)
    assert reply.status_code == 302
    assert reply.headers["location"].startswith(f"{browser.platform.origin}/auth?")
    assert query | {"state": "", "nonce": ""} == {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": browser.registered.client_id, "redirect_uri": LAUNCH, "login_hint": "3",
        "lti_message_hint": "m 1", "state": "", "nonce": "",
    }  # fmt: skip
    assert stored(browser)[0] == 0


def test_a_long_hint_comes_back_whole_to_the_platform(browser: Launching) -> None:
    hint = "h" * 5000

    query = browser.authorised(browser.login(lti_message_hint=hint))

    assert query["lti_message_hint"] == hint
    assert len(query["state"]) < 2000


def test_a_replay_is_refused_also_after_a_restart(browser: Launching) -> None:
    query = browser.authorised(browser.login())
    token = browser.platform.sign(browser.platform.claims(nonce=query["nonce"], target=LAUNCH, **CUSTOM))
    cookies = dict(browser.cookies)
    assert browser.launch(state=query["state"], id_token=token).status_code == 303

    browser.cookies = dict(cookies)
    replayed = browser.launch(state=query["state"], id_token=token)
    browser.sample = make_sample(browser.sample.intake.uploads.parent, library=browser.sample.library)
    browser.cookies = cookies
    after_restart = browser.launch(state=query["state"], id_token=token)

    assert [replayed.status_code, after_restart.status_code] == [400, 400]
    assert "set-cookie" not in replayed.headers


def forged(browser: Launching) -> list[tuple[str, str]]:
    """States and tokens that do not belong together, or to nobody."""
    query = browser.authorised(browser.login())
    other = browser.authorised(browser.login())
    claims = browser.platform.claims(nonce=query["nonce"], target=LAUNCH, **CUSTOM)
    good = browser.platform.sign(claims)
    return [
        ("", good),
        ("x", good),
        (query["state"][:-2] + "xx", good),
        (other["state"], good),
        (query["state"], ""),
        (query["state"], good[:-8] + "AAAAAAAA"),
        (query["state"], browser.platform.sign(claims | {names.TARGET_LINK_URI: "https://evil.example/lti/launch"})),
        (jwt.encode({"nonce": query["nonce"], "platform_id": "p1"}, "0" * 32, algorithm="HS256"), good),
    ]


def test_whatever_is_wrong_is_refused_in_the_same_words_and_leaves_nothing(browser: Launching) -> None:
    before = stored(browser)

    replies = [browser.launch(state=state, id_token=token) for state, token in forged(browser)]
    replies.append(browser.launch(error="login_required", error_description="<script>"))
    replies.append(browser.login(iss="https://evil.example"))
    replies.append(browser.login(client_id="other"))

    assert {reply.status_code for reply in replies} == {400}
    assert len({reply.text for reply in replies}) == 1
    assert stored(browser) == before
    assert not any(re.search("course_tutor=", header) for r in replies for header in r.headers.get_list("set-cookie"))


def test_another_browser_cannot_finish_a_launch_and_is_offered_its_own(browser: Launching) -> None:
    query = browser.authorised(browser.login())
    token = browser.platform.sign(browser.platform.claims(nonce=query["nonce"], target=LAUNCH, **CUSTOM))
    browser.cookies = {}

    reply = browser.launch(state=query["state"], id_token=token)

    assert reply.status_code == 200
    assert 'target="_blank"' in reply.text
    assert "login_hint=3" in reply.text
    assert "set-cookie" not in reply.headers
    assert stored(browser)[0] == 0


def test_where_cookies_are_blocked_the_platforms_frame_keeps_the_binding(browser: Launching) -> None:
    page = browser.login(lti_storage_target="_parent")
    data = html.unescape(re.search(r'id="data"[^>]*>(.*?)</script>', page.text)[1])  # type: ignore[index]
    kept = json.loads(data)
    query = dict(parse_qsl(urlsplit(kept["next"]).query))
    token = browser.platform.sign(browser.platform.claims(nonce=query["nonce"], target=LAUNCH, **CUSTOM))
    browser.cookies = {}

    asking = browser.launch(state=query["state"], id_token=token)
    wrong = browser.launch(state=query["state"], id_token=token, binding="guessed", origin=ORIGIN)
    right = browser.launch(state=query["state"], id_token=token, binding=kept["value"], origin=ORIGIN)

    assert kept["origin"] == browser.platform.origin
    assert "lti.get_data" in asking.text
    assert kept["key"] in asking.text
    assert wrong.status_code == 200
    assert "set-cookie" not in wrong.headers
    assert right.status_code == 303
    assert "nonce-" in asking.headers["content-security-policy"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", f"{ORIGIN}.evil.example"])
def test_another_sites_page_cannot_put_a_browser_into_its_own_launch(browser: Launching, origin: str) -> None:
    query = browser.authorised(browser.login())
    token = browser.platform.sign(browser.platform.claims(nonce=query["nonce"], target=LAUNCH, **CUSTOM))
    (own,) = (value for name, value in browser.cookies.items() if name.startswith("__Host-lti-"))
    browser.cookies = {}

    forced = browser.launch(state=query["state"], id_token=token, binding=own, origin=origin)

    assert forced.status_code == 200
    assert "set-cookie" not in forced.headers
    assert browser.launch(state=query["state"], id_token=token, binding=own, origin=ORIGIN).status_code == 303


def test_a_new_deployment_waits_for_an_administrator(browser: Launching) -> None:
    waiting = browser.launched(**CUSTOM, **{names.DEPLOYMENT_ID: "77"})
    with browser.sample.access.database.writing() as connection:
        lti.add_deployment(connection, "p1", "77", approved=True, now=now())

    hostile = browser.launched(**CUSTOM, **{names.DEPLOYMENT_ID: "1; curl evil.example"})

    assert waiting.status_code == 403
    assert "course-tutor lti approve p1 '1; curl evil.example'" in html.unescape(hostile.text)
    assert "course-tutor lti approve p1 77" in html.unescape(waiting.text)
    assert browser.launched(**CUSTOM, **{names.DEPLOYMENT_ID: "77"}).status_code == 303


def test_an_instructor_chooses_a_chapter_and_the_platform_gets_a_signed_link(browser: Launching) -> None:
    settings = {
        "deep_link_return_url": f"{browser.platform.origin}/back?a=1&b=2", "accept_types": ["ltiResourceLink"],
        "data": 'd"<1>', "accept_lineitem": True,
    }  # fmt: skip
    page = browser.launched(
        roles=(INSTRUCTOR,),
        **{
            names.MESSAGE_TYPE: "LtiDeepLinkingRequest",
            names.DEEP_LINKING_SETTINGS: settings,
            names.RESOURCE_LINK: None,
        },
    )
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]  # type: ignore[index]

    posting = browser.post("/lti/deep-link", {"token": token, "choice": "stars/lesson", "practice": "5"})

    sent = re.search(r'name="JWT" value="([^"]+)"', posting.text)[1]  # type: ignore[index]
    key = jwt.PyJWK(browser.platform.tool_keys["keys"][0])
    claims = jwt.decode(sent, key, algorithms=["RS256"], audience=browser.platform.origin)
    item = claims[names.CONTENT_ITEMS][0]
    assert 'value="stars/"' in page.text
    assert 'action="http://127.0.0.1' in posting.text
    assert "a=1&amp;b=2" in posting.text
    assert claims[names.DEEP_LINKING_DATA] == 'd"<1>'
    assert item["custom"] == {"course": "stars", "document": "lesson", "practice": "5"}
    assert item["lineItem"]["scoreMaximum"] == 5
    assert browser.platform.origin in posting.headers["content-security-policy"].partition("form-action")[2]


def test_learners_choose_no_links_and_nobody_chooses_what_is_not_there(browser: Launching) -> None:
    settings = {"deep_link_return_url": f"{browser.platform.origin}/back", "accept_types": ["ltiResourceLink"]}
    asked = {names.MESSAGE_TYPE: "LtiDeepLinkingRequest", names.DEEP_LINKING_SETTINGS: settings}
    learner = browser.launched(**asked)
    page = browser.launched(roles=(INSTRUCTOR,), **asked)
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]  # type: ignore[index]

    absent = browser.post("/lti/deep-link", {"token": token, "choice": "stars/none"})
    unsealed = browser.post("/lti/deep-link", {"token": "x", "choice": "stars/"})

    assert [reply.status_code for reply in (learner, absent, unsealed)] == [400, 400, 400]


def test_a_platform_registers_itself_once_and_is_then_known(browser: Launching) -> None:
    with serving(LearningPlatform()) as platform:
        with browser.sample.access.database.writing() as connection:
            code = lti.make_invite(connection, ["127.0.0.1"], ["stars"], now())
        address = f"/lti/register?code={code}&openid_configuration={platform.origin}/configuration"

        looked_at = browser.get(f"/lti/register?code={code}")
        first, second = browser.get(address), browser.get(address)

        with browser.sample.access.database.reading() as connection:
            found = lti.platform_of_login(connection, platform.origin, "registered-client")
            assert lti.is_approved(connection, found.platform_id, "9")
        assert (looked_at.status_code, first.status_code, second.status_code) == (400, 200, 400)
        assert "org.imsglobal.lti.close" in first.text
        assert found.courses == ("stars",)
        assert platform.registrations[0]["jwks_uri"] == f"{ORIGIN}/lti/jwks.json"


def test_registered_platforms_may_show_the_chat_in_a_frame_and_nobody_else(browser: Launching) -> None:
    browser.launched(**CUSTOM)

    policy = browser.get("/chat/").headers["content-security-policy"]

    assert policy.partition("frame-ancestors ")[2].split() == ["'self'", browser.platform.origin]


def test_a_launch_of_the_deployment_that_was_registered_is_one_row(browser: Launching) -> None:
    browser.launched(**CUSTOM)
    browser.launched(**CUSTOM)

    with browser.sample.access.database.reading() as connection:
        assert lti.deployments(connection, "p1") == {DEPLOYMENT_ID: True}
