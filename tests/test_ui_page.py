"""The page as Gradio gets it: nothing from elsewhere, nothing that Gradio would compile by accident."""

import asyncio
import json
import re

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ui import page
from ui.api_client import ApiClient
from ui.chat import build_chat, mount_chat
from ui.formulas import to_mathml

ASSETS = {
    "skeleton": page.skeleton(),
    "styles": page.styles(),
    "script": page.script(),
    "guard": page.storage_guard(),
    "instructor_skeleton": page.instructor_skeleton(),
    "instructor_styles": page.instructor_styles(),
    "instructor_script": page.instructor_script(),
}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    async def built() -> FastAPI:
        # Outside a running event loop Gradio opens some of its own and never closes them.
        app = FastAPI()
        app.state.chat = build_chat(ApiClient("http://tutor.test"), max_question_chars=1234)
        mount_chat(app, app.state.chat)
        return app

    return asyncio.run(built())


@pytest.fixture(scope="module")
def chat(app: FastAPI) -> gr.Blocks:
    return app.state.chat


@pytest.mark.parametrize("name", ASSETS)
def test_the_page_loads_nothing_from_elsewhere(name: str) -> None:
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+|@import|url\(", ASSETS[name]) == []


@pytest.mark.parametrize("name", ["skeleton", "instructor_skeleton"])
def test_the_skeleton_has_nothing_that_gradio_would_compile(name: str) -> None:
    # Gradio runs it through Handlebars and then as a JavaScript template literal.
    assert re.findall(r"\{\{|\$\{|`|\\|@children", ASSETS[name]) == []


def test_the_guard_can_stand_inline() -> None:
    assert "</" not in page.storage_guard()
    assert "<script" not in page.storage_guard()


@pytest.mark.parametrize(
    ("name", "places"),
    [("script", [("drawn", "html"), ("text", "reply.html")]), ("instructor_script", [("drawn", "html")])],
)
def test_html_is_only_ever_drawn_from_the_server(name: str, places: list[tuple[str, str]]) -> None:
    drawn = re.findall(r"(\w+)\.innerHTML = ([^;]+);", ASSETS[name])

    assert drawn == places
    assert not re.search(r"outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", ASSETS[name])


def test_the_learners_limit_and_nothing_of_the_service_is_in_the_page(chat: gr.Blocks) -> None:
    config = json.dumps(chat.get_config_file())

    assert '"max_question_chars": 1234' in config
    assert "tutor.test" not in config


def test_no_handler_is_offered_as_an_api(chat: gr.Blocks) -> None:
    visible = [
        name for name, info in chat.get_api_info()["named_endpoints"].items() if info.get("api_visibility") == "public"
    ]

    assert visible == []


def test_the_mounted_page_has_no_footer_history_or_remote_font(app: FastAPI) -> None:
    with TestClient(app) as browser:
        document = browser.get("/chat/").text
        theme = browser.get("/chat/theme.css").text

    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", document)[1])  # type: ignore[index]
    assert config["footer_links"] == []
    assert config["run_history"] is False
    assert config["analytics_enabled"] is False
    assert config["stylesheets"] == []
    assert re.findall(r"""@import|url\(["']?(?:https?:)?//""", theme) == []


def test_what_is_kept_between_learners_is_only_drawn_formulas() -> None:
    # The one cache of the ui: pure, bounded, and keyed by course text.
    assert to_mathml.cache_parameters()["maxsize"] == 4096
