"""The API does what its OpenAPI description says, for inputs that nobody thought of."""

import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from instructor_operations import INSTRUCTOR_OPERATIONS
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from service_samples import Sample, never_ended, shared_sample

from tutor import schemas
from tutor.api import problems

OPERATIONS = [
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/api/v1/me"),
    ("DELETE", "/api/v1/me"),
    ("GET", "/api/v1/me/export"),
    ("GET", "/api/v1/people/{person}/export"),
    ("DELETE", "/api/v1/people/{person}"),
    ("GET", "/api/v1/courses"),
    *(("GET", f"/api/v1/courses/{{course}}{path}") for path in ("", "/glossary", "/documents")),
    *(("GET", f"/api/v1/courses/{{course}}/documents/{{document_id}}{path}") for path in ("", "/source")),
    *(("POST", f"/api/v1/courses/{{course}}/{path}") for path in ("ask", "search")),
    *(("GET", f"/api/v1/courses/{{course}}/{what}/export") for what in ("glossary", "verified")),
    ("GET", "/api/v1/courses/{course}/roster"),
    *((method, "/api/v1/courses/{course}/practice") for method in ("GET", "POST")),
    ("POST", "/api/v1/courses"),
    *((method, "/api/v1/courses/{course}") for method in ("PATCH", "DELETE")),
    *((method, f"/api/v1/courses/{{course}}/{path}") for path in ("sources", "jobs") for method in ("GET", "POST")),
    *((method, "/api/v1/courses/{course}/sources/{source_id}") for method in ("GET", "DELETE")),
    ("POST", "/api/v1/courses/{course}/sources/{source_id}/retry"),
    ("GET", "/api/v1/courses/{course}/sources/{source_id}/file"),
    ("GET", "/api/v1/courses/{course}/jobs/{job_id}"),
    ("GET", "/api/v1/courses/{course}/generations"),
    *(
        ("POST", f"/api/v1/courses/{{course}}/generations/{{generation}}/{do}")
        for do in ("accept", "discard", "restore")
    ),
    ("GET", "/api/v1/courses/{course}/documents/{document_id}/pages/{page_index}.png"),
    ("GET", "/api/v1/courses/{course}/citations/{chunk_id}"),
    ("GET", "/api/v1/courses/{course}/usage"),
    *((method, "/api/v1/webhooks") for method in ("GET", "POST")),
    ("DELETE", "/api/v1/webhooks/{webhook_id}"),
    ("GET", "/api/v1/webhooks/{webhook_id}/deliveries"),
    ("POST", "/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"),
    ("POST", "/api/v1/embed-tokens"),
    ("POST", "/oauth/token"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{model}"),
]

POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE

# Modest, so that the suite stays quick; raise max_examples for a thorough run.
MODEST = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shared_sample()


@pytest.fixture(scope="module")
def schema(sample: Sample) -> schemathesis.BaseSchema:
    refusals = {"negative_data_rejection": {"expected-statuses": ["400", "401", "403", "404", "413", "422"]}}
    config = schemathesis.Config.from_dict({"checks": refusals})
    return schemathesis.openapi.from_asgi(
        "/openapi.json", never_ended(sample.service.app), headers=headers(sample), config=config
    )


def headers(sample: Sample) -> dict[str, str]:
    return {"Authorization": f"Bearer {sample.key}", "Host": "127.0.0.1"}


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [(method, path, POSITIVE) for method, path in OPERATIONS]
    + [(method, path, NEGATIVE) for method, path in OPERATIONS if path.startswith(("/api/", "/v1/"))],
)
def test_any_request_gets_a_documented_reply(
    schema: schemathesis.BaseSchema, sample: Sample, method: str, path: str, mode: schemathesis.GenerationMode
) -> None:
    @MODEST
    @given(case=schema[path][method].as_strategy(generation_mode=mode), real=st.booleans())
    def check(case: schemathesis.Case, real: bool) -> None:
        if real:  # mostly there is nothing behind random ids
            real_ids = {
                "course": "stars",
                "document_id": "lesson",
                "model": "tutor/stars",
                "person": "a" * 32,
                "page_index": 0,
            }
            case.path_parameters = {name: real_ids.get(name, "none") for name in case.path_parameters or {}}
        if mode == POSITIVE:  # made keys repeat, and then the request is another one
            case.headers.pop("Idempotency-Key", None)
        # A span or a cursor may fit the schema and yet lie outside the document; unknown parameters are ignored.
        lenient = [positive_data_acceptance, negative_data_rejection] if method == "GET" else []
        case.call_and_validate(headers=headers(sample), excluded_checks=lenient)

    check()


def description(sample: Sample) -> dict[str, Any]:
    found: dict[str, Any] = sample.get("/openapi.json").json()
    return found


def operations(sample: Sample) -> list[dict[str, Any]]:
    return [operation for path in description(sample)["paths"].values() for operation in path.values()]


def test_the_description_is_openapi_3_1_and_every_reference_resolves(sample: Sample) -> None:
    found = description(sample)

    assert found["openapi"].startswith("3.1.")
    for reference in references(found):
        part: Any = found
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
        Draft202012Validator({**part, "components": found["components"]})


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for value in part for found in references(value)] if isinstance(part, list) else []


def test_the_operations_tried_are_all_there_are(sample: Sample) -> None:
    described = description(sample)["paths"].items()

    everything = {*OPERATIONS, *INSTRUCTOR_OPERATIONS}
    assert {(method.upper(), path) for path, methods in described for method in methods} == everything


def test_every_operation_has_a_name_a_tag_a_summary_and_its_errors(sample: Sample) -> None:
    names = [operation["operationId"] for operation in operations(sample)]

    assert len(names) == len(set(names)) == len(OPERATIONS) + len(INSTRUCTOR_OPERATIONS)
    for operation in operations(sample):
        assert operation["tags"]
        assert operation["summary"]
        assert operation["description"]
        if operation["security"]:
            assert {"400", "401", "413", "500", "503"} <= set(operation["responses"])
            error = "application/json" if "openai" in operation["tags"] else "application/problem+json"
            assert error in operation["responses"]["401"]["content"]


def test_requests_have_examples_that_are_valid(sample: Sample) -> None:
    found = description(sample)
    for name in ("AskRequest", "SearchRequest", "ChatRequest", "NewEmbedToken", "NewWebhook", "PracticeAnswers"):
        schema = found["components"]["schemas"][name]

        validator = Draft202012Validator({**schema, "components": found["components"]})
        assert schema["examples"]
        assert all(validator.is_valid(example) for example in schema["examples"])


def test_the_answer_that_is_shown_is_one(sample: Sample) -> None:
    found = description(sample)
    shown = found["paths"]["/api/v1/courses/{course}/ask"]["post"]["responses"]["200"]["content"]

    assert schemas.Answer.model_validate(shown["application/json"]["example"])
    assert shown["application/json"]["schema"] == {"$ref": "#/components/schemas/Answer"}
    assert "text/event-stream" in shown


def test_the_deployments_own_limit_is_shown(sample: Sample) -> None:
    question = description(sample)["components"]["schemas"]["AskRequest"]["properties"]["question"]

    assert question["maxLength"] == 4000


def test_the_description_needs_a_key(sample: Sample) -> None:
    assert sample.get("/openapi.json", key=None).status_code == 401


def test_the_document_about_the_api_names_every_operation_and_every_code() -> None:
    document = (Path(__file__).parents[1] / "docs" / "api.md").read_text("utf-8")

    told = set(re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) (\S+)` \|", document, re.MULTILINE))
    codes = {kind.code for kind in vars(problems).values() if isinstance(kind, problems.Kind)}
    assert told == {*OPERATIONS, *INSTRUCTOR_OPERATIONS}
    assert {code for code in codes if f"`{code}`" not in document} == set()
