"""What a supervisor tells each worker at its start, and the few words they exchange afterwards, a byte each."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

# A worker says:
BEAT = b"."  # its event loop is alive; once a second
LOADED = b"L"  # every course is open that can be
FAILED = b"F"  # loading came to nothing; it says why to whoever asks
CLOSED = b"C"  # nothing new is accepted any more
# A supervisor says:
ACCEPT = b"A"
# And when either end of the line is closed, the process there is gone.


@dataclass(frozen=True, slots=True)
class Assignment:
    """One worker's place among the others."""

    n_slots: int
    origin: str  # where the chat reaches the API
    cookie_name: str
    open_to_all: bool
    slot: int = 0
    sockets_folder: str = ""
    # Descriptors that the worker inherits:
    listener: int = -1
    sibling_listener: int = -1
    line: int = -1  # to the supervisor

    @classmethod
    def read(cls, text: str) -> Self:
        """From a command line."""
        return cls(**json.loads(text))

    def __str__(self) -> str:
        """For a command line; nothing in it is secret."""
        return json.dumps(asdict(self))


def socket_of(folder: Path, slot: int) -> Path:
    """Where the worker of a slot takes what others received for it."""
    return folder / f"{slot}.sock"
