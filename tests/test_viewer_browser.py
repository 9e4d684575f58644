"""The source viewer and what learners think of answers: pages with the cited lines, links that last, feedback."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from observed import Observed, OpenPage
from playwright.sync_api import expect
from reach import sideways_room, violations
from served import served
from viewed_api import BOX, DEFINITION, EARLIER, HEIGHT, LINK, WIDTH, Viewed, viewed_app

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served_chat() -> Iterator[tuple[str, Viewed]]:
    viewed = Viewed()
    with served(viewed_app(viewed)) as address:
        yield f"{address}/chat/?course=c", viewed


@pytest.fixture
def viewed(served_chat: tuple[str, Viewed]) -> Viewed:
    """What the API gives, as it was at the beginning."""
    _, viewed = served_chat
    vars(viewed).update(vars(Viewed()))
    return viewed


@pytest.fixture
def address(served_chat: tuple[str, Viewed], viewed: Viewed) -> str:
    return served_chat[0]


@pytest.fixture
def chat(open_page: OpenPage, address: str) -> Observed:
    chat = open_page(address)
    chat.wait_until_ready()
    return chat


def open_first_source(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    chat.page.locator(".ct-marker").first.click()
    chat.page.locator(".ct-panel mark").wait_for()


# --- the page with the cited lines on it ------------------------------------------------------------------------------


def test_a_source_says_its_page_as_printed_and_where_it_is_in_the_file(chat: Observed, viewed: Viewed) -> None:
    open_first_source(chat)

    expect(chat.page.locator(".ct-panel-where")).to_have_text("p. xii (page 12 of the file) · Week 3")
    assert viewed.pictures == 0  # nobody has looked at it yet


def test_the_cited_lines_are_marked_on_the_picture_of_the_page(chat: Observed) -> None:
    open_first_source(chat)

    chat.page.get_by_role("button", name="Page", exact=True).click()
    picture = chat.page.get_by_role("img", name="Page 12 of Lecture 3, the cited lines marked")
    expect(picture).to_be_visible()
    chat.page.wait_for_function("document.querySelector('.ct-page-frame img').naturalWidth > 0")

    page, mark = picture.bounding_box(), chat.page.locator(".ct-page-mark").bounding_box()
    assert page and mark
    scale = page["width"] / WIDTH
    assert page["height"] == pytest.approx(HEIGHT * scale, abs=1.5)
    assert mark["x"] - page["x"] == pytest.approx(BOX.left * scale, abs=1.5)
    assert mark["y"] - page["y"] == pytest.approx(BOX.top * scale, abs=1.5)
    assert mark["width"] == pytest.approx((BOX.right - BOX.left) * scale, abs=1.5)
    assert mark["height"] == pytest.approx((BOX.bottom - BOX.top) * scale, abs=1.5)
    assert chat.elsewhere == []


def test_whoever_prefers_the_page_gets_the_next_source_as_a_page_too(chat: Observed) -> None:
    open_first_source(chat)
    chat.page.get_by_role("button", name="Page", exact=True).click()

    chat.page.get_by_role("button", name="Next source").click()

    expect(chat.page.locator(".ct-panel-count")).to_have_text("Source 2 of 2")
    expect(chat.page.locator(".ct-page-frame img")).to_be_visible()
    chat.page.get_by_role("button", name="Text", exact=True).click()
    expect(chat.page.locator(".ct-panel mark")).to_have_text(DEFINITION)


def test_a_source_without_a_picture_is_text_only(chat: Observed, viewed: Viewed) -> None:
    viewed.has_picture = False

    open_first_source(chat)

    expect(chat.page.locator(".ct-views")).to_be_hidden()


def test_the_activity_opens_in_the_lms_with_its_host_told(chat: Observed) -> None:
    open_first_source(chat)

    link = chat.page.get_by_role("link", name="Open in the course at lms.example.edu")

    expect(link).to_have_attribute("href", LINK)
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")


@pytest.mark.parametrize("link", ["", "javascript:window.pwned=1", "data:text/html,x", "//evil.example", "http://["])
def test_what_is_no_web_address_is_no_link(chat: Observed, viewed: Viewed, link: str) -> None:
    viewed.link = link

    open_first_source(chat)

    expect(chat.page.locator(".ct-lms")).to_be_hidden()
    assert chat.page.locator(".ct-lms").get_attribute("href") is None


# --- links that last --------------------------------------------------------------------------------------------------


def test_a_copied_link_opens_the_passage_again(chat: Observed, open_page: OpenPage) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_first_source(chat)

    chat.page.get_by_role("button", name="Copy link").click()
    expect(chat.page.get_by_role("button", name="Link copied")).to_be_visible()
    link = chat.page.evaluate("navigator.clipboard.readText()")

    query = parse_qs(urlsplit(link).query)
    assert query == {"course": ["c"], "citation": ["c1"], "start": ["5"], "end": ["35"]}
    again = open_page(link)
    expect(again.page.locator(".ct-panel mark")).to_have_text(DEFINITION, timeout=30_000)
    expect(again.page.locator(".ct-panel-news")).to_be_hidden()
    assert "citation" not in again.page.url


@pytest.mark.parametrize(
    ("state", "news", "versions"),
    [
        ("moved", "now stands here", {"now"}),
        ("changed", "has changed since", {"then", "now"}),
        ("gone", "no longer in the course", {"then"}),
    ],
)
def test_an_old_link_says_what_became_of_its_passage(
    open_page: OpenPage, address: str, viewed: Viewed, state: str, news: str, versions: set[str]
) -> None:
    viewed.state = state

    seen = open_page(f"{address}&citation=c1&start=5&end=35")

    expect(seen.page.locator(".ct-panel-news")).to_contain_text(news, timeout=30_000)
    expect(seen.page.locator(".ct-panel mark")).to_have_count(int("now" in versions))
    expect(seen.page.locator(".ct-version")).to_have_count(int("then" in versions))
    if "then" in versions:
        expect(seen.page.locator(".ct-version")).to_contain_text(EARLIER)
    assert violations(seen) == []


# --- what learners think ----------------------------------------------------------------------------------------------


def test_thumbs_are_sent_changed_and_taken_back(chat: Observed, viewed: Viewed) -> None:
    chat.ask("What is radiomics?")
    up, down = (chat.page.get_by_role("button", name=name, exact=True) for name in ("Helpful", "Not helpful"))

    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "false")

    told = [(method, answer_id, body and body["verdict"]) for method, answer_id, body in viewed.judged]
    assert told == [("POST", "a7", "up"), ("POST", "a7", "down"), ("DELETE", "a7", None)]


def test_a_comment_goes_with_the_judgement(chat: Observed, viewed: Viewed) -> None:
    chat.ask("What is radiomics?")
    chat.page.get_by_role("button", name="Not helpful").click()

    chat.page.get_by_label("Comment on this answer").fill("Too short.")
    chat.page.get_by_role("button", name="Send", exact=True).click()

    expect(chat.page.locator(".ct-feedback-thanks")).to_have_text("Thank you. Your comment was sent.")
    assert viewed.judged[-1] == ("POST", "a7", {"verdict": "down", "comment": "Too short."})


def test_a_wrong_source_is_reported_where_it_is_read(chat: Observed, viewed: Viewed) -> None:
    open_first_source(chat)

    chat.page.get_by_role("button", name="Next source").click()
    chat.page.get_by_role("button", name="Wrong source?").click()

    expect(chat.page.get_by_role("button", name="Reported as wrong")).to_be_visible()
    assert viewed.judged == [("POST", "a7", {"verdict": "wrong_source", "comment": "", "marker": 2})]
    chat.page.get_by_role("button", name="Previous source").click()
    expect(chat.page.get_by_role("button", name="Wrong source?")).to_be_visible()


def test_under_a_refusal_one_can_say_that_it_should_be_in_the_course(chat: Observed, viewed: Viewed) -> None:
    chat.ask("How much does it cost?")

    chat.page.get_by_role("button", name="This should be in the course").click()

    expect(chat.page.locator(".ct-feedback-thanks")).to_contain_text("Your instructors see it")
    assert viewed.judged == [("POST", "a8", {"verdict": "missing", "comment": ""})]


def test_a_judgement_outlives_a_reload(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    chat.page.get_by_role("button", name="Helpful", exact=True).click()
    expect(chat.page.locator(".ct-feedback-thanks")).to_have_text("Thank you.")

    chat.page.reload()

    pressed = chat.page.get_by_role("button", name="Helpful", exact=True)
    expect(pressed).to_have_attribute("aria-pressed", "true", timeout=30_000)
    expect(chat.page.locator(".ct-feedback")).to_have_count(1)


def test_a_verified_answer_says_so_in_words_and_the_next_questions_are_a_click_away(chat: Observed) -> None:
    chat.ask("What is radiomics?")
    expect(chat.page.locator(".ct-verified")).to_have_text("Verified by the course’s instructors")

    chat.page.get_by_role("button", name="What is transfer learning?").click()

    expect(chat.page.locator(".ct-question").last).to_have_text("What is transfer learning?")
    asked_next = chat.page.locator(".ct-turn").last.locator(".ct-offers .ct-suggestion")
    expect(asked_next).to_have_text(["What is a CNN?"])  # the other was asked


def test_only_those_who_teach_are_led_to_the_instructors_pages(
    open_page: OpenPage, address: str, viewed: Viewed, chat: Observed
) -> None:
    expect(chat.page.locator(".ct-teach")).to_be_hidden()

    viewed.teaches = True
    teacher = open_page(address)
    teacher.wait_until_ready()

    expect(teacher.page.get_by_role("link", name="For instructors")).to_have_attribute(
        "href", "../instructor/?course=c"
    )


@pytest.mark.parametrize(
    "window",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    ],
    ids=["light", "dark", "phone"],
)
def test_axe_finds_nothing_that_keeps_anybody_out(
    open_page: OpenPage, address: str, viewed: Viewed, window: dict[str, object]
) -> None:
    viewed.teaches = True
    chat = open_page(address, reduced_motion="reduce", **window)
    chat.wait_until_ready()
    chat.ask("What is radiomics?")
    chat.page.get_by_role("button", name="Not helpful").click()
    chat.page.get_by_label("Comment on this answer").wait_for()
    found = {"judged": violations(chat)}
    chat.page.locator(".ct-marker").first.click()
    chat.page.locator(".ct-panel mark").wait_for()
    chat.page.get_by_role("button", name="Page", exact=True).click()
    chat.page.locator(".ct-page-frame img").wait_for()
    found["page"] = violations(chat)

    assert found == {"judged": [], "page": []}
    assert sideways_room(chat) <= 0
    assert [error for error in chat.errors if not re.search("404", error)] == []
