"""The tutor in a real Moodle: it registers itself, is switched on, is added to a course, launched, asked, and cites.

Opt-in: MOODLE_URL, MOODLE_USER and MOODLE_PASSWORD name a Moodle (4.5, in English) and an administrator of it. The
tutor runs on this machine, so the Moodle must be reached from here, over https or on this machine; it need not
reach us.

Written from what is known of Moodle 4.5's pages, without a Moodle at hand: it has not passed yet. Where it fails at an
element of Moodle's, the element is to be put right here; where the tutor's own page shows an error, the tutor is.

It makes a course and deletes it again. The registered tool stays: delete it under "Manage tools".
"""

import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from chosen_store import environment_at
from observed import OpenPage
from playwright.sync_api import Locator, Page, expect
from serving import COURSE_TUTOR, serving

pytest_plugins = ["browser"]
_NEEDED = ("MOODLE_URL", "MOODLE_USER", "MOODLE_PASSWORD")
_MISSING = [name for name in _NEEDED if not os.environ.get(name)]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(_MISSING), reason=f"no Moodle to try: set {', '.join(_MISSING)}"),
]

MOODLE = os.environ.get("MOODLE_URL", "").rstrip("/")
COURSE = "deep-learning-in-medicine"
PATIENCE_MS = 60_000  # a small Moodle compiles its templates when a page is first seen


@pytest.fixture(scope="module")
def invitation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The registration link of a running tutor, for this Moodle and one course."""
    data_dir = tmp_path_factory.mktemp("data")
    with serving(data_dir) as link:
        tool = f"http://localhost:{urlsplit(link).port}"  # browsers take Secure cookies from localhost
        host = urlsplit(MOODLE).hostname or ""
        command = [str(COURSE_TUTOR), "lti", "invite", host, "--url", tool, "--course", COURSE]
        environment = os.environ | environment_at(data_dir)
        yield subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


@pytest.fixture
def moodle(open_page: OpenPage) -> Page:
    """Moodle, with its administrator signed in."""
    page = open_page(f"{MOODLE}/login/index.php").page
    page.set_default_timeout(PATIENCE_MS)
    page.locator("#username").fill(os.environ["MOODLE_USER"])
    page.locator("#password").fill(os.environ["MOODLE_PASSWORD"])
    page.locator("#loginbtn").click()
    page.wait_for_url(lambda url: "/login/index.php" not in url)
    return page


@pytest.fixture
def moodle_course(moodle: Page) -> Iterator[str]:
    """The id of a course made for this test."""
    name = f"Tutor test {secrets.token_hex(4)}"
    moodle.goto(f"{MOODLE}/course/edit.php?category=1")
    moodle.locator("#id_fullname").fill(name)
    moodle.locator("#id_shortname").fill(name)
    moodle.locator("#id_saveanddisplay").click()
    moodle.wait_for_url(re.compile(r"/course/view\.php|/user/index\.php|/enrol/"))
    (course_id,) = parse_qs(urlsplit(moodle.url).query)["id"]
    yield course_id
    moodle.goto(f"{MOODLE}/course/delete.php?id={course_id}")
    moodle.get_by_role("button", name="Delete").click()
    moodle.get_by_role("button", name="Continue").wait_for()


def register(moodle: Page, invitation: str) -> str:
    """Dynamic registration as an administrator does it; gives Moodle's id of the tool, which is active then."""
    moodle.goto(f"{MOODLE}/mod/lti/toolconfigure.php")
    moodle.locator("#cartridge-url").or_(moodle.get_by_placeholder("Tool URL")).first.fill(invitation)
    moodle.get_by_role("button", name="Add LTI Advantage").click()
    as_new = moodle.get_by_text("Register as a new external tool")
    waiting = pending_tools(moodle)
    as_new.or_(waiting).first.wait_for()
    if as_new.is_visible():  # Moodle knows a tool of this host already
        as_new.click()
        waiting.first.wait_for()
    tool = waiting.first
    tool_id = tool.get_attribute("data-type-id")
    assert tool_id, "the tool's card in Moodle does not tell its id"
    tool.get_by_text("Activate", exact=True).click()
    expect(moodle.locator(f'.tool-card[data-type-id="{tool_id}"]').get_by_text("Active", exact=True)).to_be_visible()
    return tool_id


def pending_tools(moodle: Page) -> Locator:
    """The cards of registered tools that wait to be activated, ours only."""
    of_ours = moodle.locator(".tool-card[data-type-id]").filter(has_text="Course tutor")
    return of_ours.filter(has=moodle.get_by_text("Activate", exact=True))


def add_link(moodle: Page, course_id: str, tool_id: str) -> None:
    """Add the tool to the course as an activity, and open it."""
    moodle.goto(f"{MOODLE}/course/modedit.php?add=lti&type=&course={course_id}&section=0&return=0&typeid={tool_id}")
    moodle.locator("#id_name").fill("Ask the course")
    moodle.locator("#id_submitbutton").click()  # save and display
    moodle.wait_for_url(re.compile(r"/mod/lti/view\.php"))


def test_a_moodle_registers_the_tutor_and_a_link_in_a_course_answers_with_a_citation(
    moodle: Page, moodle_course: str, invitation: str
) -> None:
    tool_id = register(moodle, invitation)
    add_link(moodle, moodle_course, tool_id)

    tutor = moodle.frame_locator("#contentframe")
    tutor.locator(".ct-suggestion").first.wait_for()
    tutor.locator("#ct-question").fill("What is radiomics?")
    tutor.locator("#ct-question").press("Enter")
    tutor.locator(".ct-marker").first.click()

    expect(tutor.locator(".ct-panel mark")).to_contain_text("Radiomics", timeout=PATIENCE_MS)
