"""Whoever calls, and whatever they send: every operation answers with something that its description knows."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from instructor_operations import INSTRUCTOR_OPERATIONS
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from service_samples import Sample, make_sample, never_ended
from test_api_openapi import OPERATIONS

from tutor.permissions import OF_ROLE, Role

# Each operation is tried thoroughly by those it is for, in test_api_openapi.py and test_api_instructors_openapi.py.
A_FEW = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ROLES: tuple[Role, ...] = ("student", "instructor", "admin")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    uncounted = dict.fromkeys(("key_asks_per_minute", "key_asks_per_day", "course_asks_per_day"), 0)
    return make_sample(tmp_path_factory.mktemp("roles"), **uncounted)


@pytest.fixture(scope="module")
def schema(sample: Sample) -> schemathesis.BaseSchema:
    headers = {"Authorization": f"Bearer {sample.key}", "Host": "127.0.0.1"}
    return schemathesis.openapi.from_asgi("/openapi.json", never_ended(sample.service.app), headers=headers)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), [*OPERATIONS, *INSTRUCTOR_OPERATIONS])
def test_an_operation_answers_every_role_as_described(
    schema: schemathesis.BaseSchema, sample: Sample, method: str, path: str, role: Role
) -> None:
    headers = {"Authorization": f"Bearer {sample.make_key(permissions=OF_ROLE[role])[1]}", "Host": "127.0.0.1"}

    @A_FEW
    @given(case=schema[path][method].as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
    def check(case: schemathesis.Case) -> None:
        # What fits the schema may still name nothing, or be for somebody else.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance, negative_data_rejection])

    check()
