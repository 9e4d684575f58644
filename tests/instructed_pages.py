"""The instructor's pages, served over a course in memory.

Use it as a plugin: ``pytest_plugins = ["browser", "instructed_pages"]``.
"""

from collections.abc import Iterator

import pytest
from instructed_api import Stub, instructed_app
from instructor_desk import Desk
from observed import OpenPage
from served import served


@pytest.fixture(scope="session")  # several files ask it; each test has it as it was at the beginning
def served_desk() -> Iterator[tuple[str, Stub]]:
    stub = Stub()
    with served(instructed_app(stub)) as address:
        yield address, stub


@pytest.fixture
def desk(served_desk: tuple[str, Stub], open_page: OpenPage) -> Desk:
    """The pages of a course as it was at the beginning."""
    address, stub = served_desk
    fresh = Stub(say=stub.say)
    vars(stub).update(vars(fresh))
    return Desk(address, stub, open_page)
