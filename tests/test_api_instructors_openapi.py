"""What instructors send, whatever it is, gets a reply that the description knows; they are let in here."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from instructor_endpoints import a_hidden_passage, a_note, a_verified_answer, an_alias, an_answer
from instructor_operations import INSTRUCTOR_OPERATIONS
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from service_samples import Sample, make_sample, never_ended

from tutor.permissions import INSTRUCTOR

POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE

MODEST = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# Where a text fits the schema and yet names nothing: a CSV, a term, a passage, an answer.
LENIENT = [positive_data_acceptance, negative_data_rejection]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="module")
def headers(sample: Sample) -> dict[str, str]:
    return {"Authorization": f"Bearer {sample.make_key(permissions=INSTRUCTOR)[1]}", "Host": "127.0.0.1"}


@pytest.fixture(scope="module")
def schema(sample: Sample, headers: dict[str, str]) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", never_ended(sample.service.app), headers=headers)


@pytest.fixture(scope="module")
def real_ids(sample: Sample) -> dict[str, str]:
    makers = {"answer_id": an_answer, "verified_id": a_verified_answer, "chunk_id": a_hidden_passage,
              "alias_id": an_alias, "note_id": a_note}  # fmt: skip
    return {"course": "stars"} | {name: make(sample, "stars", "ada") for name, make in makers.items()}


@pytest.mark.parametrize("mode", [POSITIVE, NEGATIVE])
@pytest.mark.parametrize(("method", "path"), INSTRUCTOR_OPERATIONS)
def test_any_request_of_an_instructor_gets_a_documented_reply(
    schema: schemathesis.BaseSchema,
    headers: dict[str, str],
    real_ids: dict[str, str],
    method: str,
    path: str,
    mode: schemathesis.GenerationMode,
) -> None:
    @MODEST
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        case.path_parameters = {name: real_ids[name] for name in case.path_parameters or {}}
        case.call_and_validate(headers=headers, excluded_checks=LENIENT)

    check()
