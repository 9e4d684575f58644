"""What is being worked on, as ids: they follow the work through coroutines and threads into every line of the log."""

import contextvars
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_ids: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar("ids", default=_NOTHING)

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


@dataclass(frozen=True, slots=True)
class TraceParent:
    """Where a request stands in somebody's trace: the two ids of the W3C's ``traceparent`` header."""

    trace_id: str
    span_id: str

    @classmethod
    def of(cls, header: str) -> "TraceParent | None":
        """Read the header; None when it is not one, as the standard wants."""
        found = _TRACEPARENT.fullmatch(header.strip())
        if found is None:
            return None
        version, trace_id, span_id, _, more = found.groups()
        if version == "ff" or trace_id == _NO_TRACE or span_id == _NO_SPAN or (version == "00" and more):
            return None
        return cls(trace_id, span_id)


def ids() -> Mapping[str, str]:
    """The ids of what is being worked on here."""
    return _ids.get()


@contextmanager
def working_on(**named: str) -> Iterator[None]:
    """While the block runs, log lines carry these ids, too; empty ones are left out."""
    before = _ids.set({**_ids.get(), **{name: value for name, value in named.items() if value}})
    try:
        yield
    finally:
        _ids.reset(before)
