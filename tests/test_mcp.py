"""AI clients reach the courses as tools of the Model Context Protocol, over HTTP and over standard input and output."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import httpx2
import pytest
from chosen_store import environment_at
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult
from service_samples import Sample, make_sample, running, shared_sample

T = TypeVar("T")
Use = Callable[[Client], Awaitable[T]]

TOOLS = {"list_courses", "search_course", "ask_course", "define_term", "read_source"}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


@pytest.fixture(scope="module")
def address(sample: Sample) -> Iterator[str]:
    with running(sample.service) as origin:
        yield origin


def over_http(sample: Sample, address: str, use: Use[T], *, key: str = "") -> T:
    async def exchange() -> T:
        headers = {"Authorization": f"Bearer {key or sample.key}"}
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
        ):
            return await use(client)

    return asyncio.run(exchange())


def call(sample: Sample, address: str, tool: str, **arguments: Any) -> CallToolResult:
    return over_http(sample, address, lambda client: client.call_tool(tool, arguments))


def structured(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def test_the_tools_are_these_and_each_says_that_it_only_reads(sample: Sample, address: str) -> None:
    listed = over_http(sample, address, lambda client: client.list_tools())

    assert {tool.name for tool in listed.tools} == TOOLS
    assert all(tool.annotations and tool.annotations.read_only_hint and tool.description for tool in listed.tools)


def test_an_answer_is_cited_and_its_source_can_be_read(sample: Sample, address: str) -> None:
    answer = structured(call(sample, address, "ask_course", course_id="stars", question="What is a nebula?"))
    cited = answer["citations"][0]

    source = structured(
        call(
            sample, address, "read_source", course_id="stars", document_id=cited["document_id"],
            char_start=cited["char_start"], char_end=cited["char_end"], context=0,
        )
    )  # fmt: skip

    assert answer["status"] == "answered"
    assert source["text"] == cited["quote"]


def test_a_follow_up_is_understood_from_its_history(sample: Sample, address: str) -> None:
    history = [{"role": "user", "content": "What is a red giant?"}, {"role": "assistant", "content": "A large star."}]

    answer = structured(
        call(sample, address, "ask_course", course_id="stars", question="When does it swell?", history=history)
    )

    assert "A red giant swells when the hydrogen in its core runs out." in answer["statements"][0]["text"]


def test_terms_are_looked_up_and_passages_searched(sample: Sample, address: str) -> None:
    defined = structured(call(sample, address, "define_term", course_id="stars", term="Nebula"))
    absent = structured(call(sample, address, "define_term", course_id="stars", term="quasar"))
    found = structured(call(sample, address, "search_course", course_id="stars", query="hydrogen", top_k=2))

    assert [entry["term"] for entry in defined["entries"]] == ["nebula"]
    assert absent["entries"] == []
    assert len(found["hits"]) == 2


def test_what_a_caller_can_mend_is_told_and_nothing_else(sample: Sample, address: str) -> None:
    unknown = call(sample, address, "ask_course", course_id="physics", question="What is a nebula?")
    too_long = call(sample, address, "ask_course", course_id="stars", question="x" * 5000)

    assert unknown.is_error
    assert "physics" in str(unknown.content)
    assert too_long.is_error
    assert "4000" in str(too_long.content)


def test_a_key_of_one_course_sees_no_other(sample: Sample, address: str) -> None:
    _, key = sample.make_key("cells")

    async def look(client: Client) -> tuple[CallToolResult, CallToolResult, CallToolResult]:
        return (
            await client.call_tool("list_courses", {}),
            await client.call_tool("ask_course", {"course_id": "stars", "question": "What is a nebula?"}),
            await client.call_tool("ask_course", {"course_id": "physics", "question": "What is a nebula?"}),
        )

    listed, foreign, absent = over_http(sample, address, look, key=key)

    assert [course["course_id"] for course in structured(listed)["courses"]] == ["cells"]
    assert foreign.is_error
    assert str(foreign.content).replace("stars", "physics") == str(absent.content)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"])
def test_a_rebound_host_name_is_refused(sample: Sample, address: str, host: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Authorization": f"Bearer {sample.key}", "Host": host, "Accept": "application/json, text/event-stream"}

    assert httpx.post(f"{address}/mcp", json=request, headers=headers, trust_env=False).status_code == 421


def test_nobody_without_a_key_and_no_page_of_another_site_gets_in(sample: Sample, address: str) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

    assert httpx.post(f"{address}/mcp", json=request, trust_env=False).status_code == 401
    assert httpx.get(f"{address}/mcp", headers={"Authorization": f"Bearer {sample.key}"}).status_code == 405


def test_the_command_serves_the_same_tools_over_standard_input_and_output(tmp_path: Path) -> None:
    environment = os.environ | environment_at(tmp_path)
    program = Path(sys.executable).with_name("course-tutor")
    command = StdioServerParameters(command=str(program), args=["mcp"], env=environment)

    async def exchange() -> tuple[set[str], CallToolResult]:
        async with Client(stdio_client(command)) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            asked = {"course_id": "deep-learning-in-medicine", "question": "What is radiomics?"}
            return tools, await client.call_tool("ask_course", asked)

    tools, answer = asyncio.run(exchange())

    assert tools == TOOLS
    assert "Radiomics" in structured(answer)["statements"][0]["text"]


def test_questions_over_mcp_count_against_the_keys_limit(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, key_asks_per_minute=1)
    with running(sample.service) as address:
        first, second = (
            call(sample, address, "ask_course", course_id="stars", question="What is a nebula?") for _ in range(2)
        )

    assert not first.is_error
    assert second.is_error
    assert "key-minute" in str(second.content)
