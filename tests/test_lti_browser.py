"""A learner opens the tutor inside a learning platform's page, in a real browser that blocks third-party cookies."""

import subprocess
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from chosen_store import environment_at
from lti_platform import CLIENT_ID, DEPLOYMENT_ID, INSTRUCTOR, LearningPlatform
from lti_platform import serving as platform_serving
from observed import OpenPage
from playwright.sync_api import FrameLocator, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from serving import COURSE_TUTOR, serving

from tutor.lti import claims as names

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser

COURSE = "deep-learning-in-medicine"


@pytest.fixture(scope="module")
def platform() -> Iterator[LearningPlatform]:
    with platform_serving(LearningPlatform(launch_claims={names.CUSTOM: {"course": COURSE}})) as platform:
        yield platform


@pytest.fixture(scope="module")
def tool(platform: LearningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tutor at another site than the platform, registered as an administrator does it; gives its origin."""
    data_dir = tmp_path_factory.mktemp("data")
    with serving(data_dir) as link:
        about = platform.as_registered()
        command = [
            COURSE_TUTOR, "lti", "add-platform", "--issuer", about.issuer, "--client-id", CLIENT_ID,
            "--deployment", DEPLOYMENT_ID, "--auth-url", about.auth_url, "--token-url", about.token_url,
            "--jwks-url", about.jwks_url,
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, env=environment_at(data_dir))
        yield f"http://localhost:{urlsplit(link).port}"


def wait_for_chat(frame: FrameLocator) -> None:
    """Wait until the course can be asked; what stands there instead is the failure's message."""
    try:
        frame.locator(".ct-suggestion").first.wait_for(timeout=60_000)
    except PlaywrightTimeout:
        pytest.fail(f"the chat did not come, but: {frame.locator('body').inner_text()}")


@pytest.mark.parametrize("storage", [False, True], ids=["cookies", "platform storage"])
def test_a_learner_asks_and_opens_a_citation_inside_the_platforms_page(
    open_page: OpenPage, platform: LearningPlatform, tool: str, storage: bool
) -> None:
    query = {"tool": tool, **({"storage": "1"} if storage else {})}
    lms = open_page(f"{platform.origin}/course?{urlencode(query)}")
    frame = lms.page.frame_locator("iframe")

    wait_for_chat(frame)
    frame.locator("#ct-question").fill("What is radiomics?")
    frame.locator("#ct-question").press("Enter")
    frame.locator(".ct-marker").first.click(timeout=30_000)

    expect(frame.locator(".ct-panel mark")).to_contain_text("Radiomics")
    session = [cookie for cookie in lms.page.context.cookies() if cookie["name"].startswith("course_tutor")]
    assert [cookie.get("partitionKey") for cookie in session] == ["http://127.0.0.1"]
    assert lms.page.frames[1].url.startswith(f"{tool}/chat/?course={COURSE}")
    assert lms.elsewhere == []
    assert ("lti.put_data" in lms.page.evaluate("heard")) == storage


def test_a_browser_that_lost_its_cookie_gets_the_tutor_in_a_window_of_its_own(
    open_page: OpenPage, platform: LearningPlatform, tool: str
) -> None:
    platform.faults.add("asks_first")
    lms = open_page(f"{platform.origin}/course?{urlencode({'tool': tool})}")
    go_on = lms.page.frame_locator("iframe").get_by_role("button", name="Continue")
    go_on.wait_for(timeout=30_000)
    lms.page.context.clear_cookies()  # as in a browser that keeps nothing for a frame
    platform.faults.clear()
    go_on.click()

    link = lms.page.frame_locator("iframe").get_by_role("link", name="Open in a new window")
    link.wait_for(timeout=30_000)
    with lms.page.context.expect_page() as opened:
        link.click()

    opened.value.locator(".ct-suggestion").first.wait_for(timeout=30_000)
    assert opened.value.url.startswith(f"{tool}/chat/?course={COURSE}")


def test_a_browser_that_lost_its_cookie_goes_on_with_what_the_platforms_frame_kept(
    open_page: OpenPage, platform: LearningPlatform, tool: str
) -> None:
    platform.faults.add("asks_first")
    lms = open_page(f"{platform.origin}/course?{urlencode({'tool': tool, 'storage': '1'})}")
    frame = lms.page.frame_locator("iframe")
    frame.get_by_role("button", name="Continue").wait_for(timeout=30_000)
    lms.page.context.clear_cookies()
    platform.faults.clear()
    frame.get_by_role("button", name="Continue").click()

    frame.locator(".ct-suggestion").first.wait_for(timeout=30_000)
    assert "lti.get_data" in lms.page.evaluate("heard")


def test_an_instructor_adds_a_chapter_by_deep_linking(
    open_page: OpenPage, platform: LearningPlatform, tool: str
) -> None:
    settings = {"deep_link_return_url": f"{platform.origin}/back", "accept_types": ["ltiResourceLink"]}
    before = platform.roles, platform.launch_claims
    platform.roles = (INSTRUCTOR,)
    platform.launch_claims = {
        names.MESSAGE_TYPE: "LtiDeepLinkingRequest", names.DEEP_LINKING_SETTINGS: settings,
    }  # fmt: skip
    try:
        platform.launch_claims, choosing = before[1], platform.launch_claims
        lms = open_page(f"{platform.origin}/course?{urlencode({'tool': tool})}")
        frame = lms.page.frame_locator("iframe")
        frame.locator(".ct-suggestion").first.wait_for(timeout=30_000)  # a session of theirs is there already
        platform.launch_claims = choosing
        lms.page.reload()
        frame.get_by_label("Deep Learning Applications in Medicine").first.check(timeout=30_000)
        with lms.page.expect_request(f"{platform.origin}/back", timeout=30_000) as posted:
            frame.get_by_role("button", name="Add the link").click()
    finally:
        platform.roles, platform.launch_claims = before

    sent = dict(parse_qsl(posted.value.post_data or ""))
    items = jwt.decode(sent["JWT"], options={"verify_signature": False})[names.CONTENT_ITEMS]
    assert items[0]["custom"]["course"] == COURSE
