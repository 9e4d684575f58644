"""Programs of others ask the API: one generated from its description, and a plain reader of server-sent events."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from httpx_sse import connect_sse
from service_samples import Sample, running, shared_sample

NEBULA = "A nebula is a cloud of gas and dust in space."


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


@pytest.fixture(scope="module")
def address(sample: Sample) -> Iterator[str]:
    with running(sample.service) as origin:
        yield origin


@pytest.fixture(scope="module")
def generated(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A client made by openapi-python-client from our description, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("client")
    description = folder / "openapi.json"
    description.write_text(json.dumps(sample.get("/openapi.json").json()))
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n")
    command = [
        sys.executable, "-m", "openapi_python_client", "generate", "--path", description, "--output-path",
        folder / "tutor_client", "--meta", "none",
    ]  # fmt: skip
    subprocess.run([*command, "--config", config], check=True, capture_output=True, text=True)
    sys.path.insert(0, str(folder))
    yield importlib.import_module("tutor_client")
    sys.path.remove(str(folder))


def test_a_client_generated_from_our_description_compiles_and_asks(
    generated: ModuleType, sample: Sample, address: str
) -> None:
    subprocess.run([sys.executable, "-m", "compileall", "-q", Path(str(generated.__file__)).parent], check=True)
    ask = importlib.import_module("tutor_client.api.asking.ask")
    models = importlib.import_module("tutor_client.models")
    client = generated.AuthenticatedClient(base_url=address, token=sample.key)

    with client:
        answer = ask.sync("stars", client=client, body=models.AskRequest(question="What is a nebula?"))
        unknown = ask.sync_detailed("physics", client=client, body=models.AskRequest(question="What is a nebula?"))

    assert isinstance(answer, models.Answer)
    assert NEBULA in answer.statements[0].text
    assert answer.citations[0].quote == answer.statements[0].text
    assert unknown.status_code == 404


def test_no_two_types_of_the_description_share_a_name(sample: Sample) -> None:
    schemas = sample.get("/openapi.json").json()["components"]["schemas"]

    assert [name for name in schemas if "__" in name] == []


def test_a_plain_reader_of_events_hears_the_answer_from_its_meta_to_its_end(sample: Sample, address: str) -> None:
    headers = {"Authorization": f"Bearer {sample.key}"}
    with (
        httpx.Client(base_url=address, headers=headers, trust_env=False) as http,
        connect_sse(http, "POST", "/api/v1/courses/stars/ask", json={"question": "What is a nebula?"}) as source,
    ):
        buffered = source.response.headers["x-accel-buffering"]
        events = [(event.event, json.loads(event.data)) for event in source.iter_sse()]

    assert buffered == "no"
    assert [name for name, _ in events] == ["meta", "citation", "delta", "done"]
    assert events[-1][1]["statements"][0]["text"] == events[2][1]["text"]
    assert NEBULA in events[2][1]["text"]
