"""Connections are shared out among the processes of a port, and none waits for a process that does not take it."""

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tutor.serving.accepting import Acceptor, Shares
from tutor.serving.listening import listen

N = 60


class Kept(asyncio.Protocol):
    """A connection that is open until its client closes it."""

    def __init__(self, connections: set[object]) -> None:
        self._connections = connections

    def connection_made(self, _: asyncio.BaseTransport) -> None:
        self._connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._connections.discard(self)


class Place:
    """One process's end of a port."""

    def __init__(self, listener: socket.socket, shares: Shares | None) -> None:
        self.connections: set[object] = set()
        self.acceptor = Acceptor(listener.dup(), lambda: Kept(self.connections), self.connections, shares)


async def until_all_are_taken(*places: Place, n: int) -> list[int]:
    async with asyncio.timeout(10):
        while sum(len(place.connections) for place in places) != n:  # noqa: ASYNC110  (nothing tells)
            await asyncio.sleep(0.01)
    return [len(place.connections) for place in places]


def test_a_burst_of_connections_is_shared_out_evenly(tmp_path: Path) -> None:
    Shares.lay_out(tmp_path, 3)

    async def come() -> list[int]:
        with ExitStack() as held:
            listener = held.enter_context(listen("127.0.0.1", 0))
            places = [Place(listener, Shares.found_in(tmp_path, slot)) for slot in range(3)]
            for _ in range(N):
                held.enter_context(socket.create_connection(listener.getsockname()))
            taken = await until_all_are_taken(*places, n=N)
            for place in places:
                place.acceptor.close()
            return taken

    taken = asyncio.run(come())

    assert max(taken) - min(taken) <= 8, taken


def test_who_left_again_is_not_counted(tmp_path: Path) -> None:
    Shares.lay_out(tmp_path, 2)

    async def come() -> list[int]:
        with ExitStack() as held:
            listener = held.enter_context(listen("127.0.0.1", 0))
            one, other = (Place(listener, Shares.found_in(tmp_path, slot)) for slot in range(2))
            first = [socket.create_connection(listener.getsockname()) for _ in range(20)]
            await until_all_are_taken(one, other, n=20)
            for client in first:
                client.close()
            await until_all_are_taken(one, other, n=0)
            one.acceptor.tell()
            other.acceptor.tell()
            for _ in range(20):
                held.enter_context(socket.create_connection(listener.getsockname()))
            taken = await until_all_are_taken(one, other, n=20)
            for place in (one, other):
                place.acceptor.close()
            return taken

    taken = asyncio.run(come())

    assert max(taken) - min(taken) <= 8, taken


@pytest.mark.parametrize("other", ["stuck", "killed", "never there", "not to be known of"])
def test_nobody_waits_for_a_process_that_does_not_take_its_share(tmp_path: Path, other: str) -> None:
    Shares.lay_out(tmp_path, 2)
    if other in {"stuck", "killed"}:
        Shares(tmp_path, 1).say(0)  # it has the fewest, and takes none
    if other == "not to be known of":
        (tmp_path / "connections").write_bytes(b"")  # what a full disk leaves
    if other == "killed":
        Shares(tmp_path, 1).leave()  # as its supervisor says

    async def come() -> list[int]:
        with ExitStack() as held:
            listener = held.enter_context(listen("127.0.0.1", 0))
            place = Place(listener, Shares.found_in(tmp_path, 0))
            for _ in range(N):
                held.enter_context(socket.create_connection(listener.getsockname()))
            taken = await until_all_are_taken(place, n=N)
            place.acceptor.close()
            return taken

    assert asyncio.run(come()) == [N]


def test_who_waits_when_the_end_comes_is_taken(tmp_path: Path) -> None:
    Shares.lay_out(tmp_path, 2)
    Shares(tmp_path, 1).say(0)  # so this process stands back

    async def come() -> list[int]:
        with ExitStack() as held:
            listener = held.enter_context(listen("127.0.0.1", 0))
            place = Place(listener, Shares.found_in(tmp_path, 0))
            for _ in range(N):
                held.enter_context(socket.create_connection(listener.getsockname()))
            place.acceptor.close()
            return await until_all_are_taken(place, n=N)

    assert asyncio.run(come()) == [N]


def test_where_there_was_no_room_nothing_is_shared(tmp_path: Path) -> None:
    (tmp_path / "connections").touch()

    assert Shares.found_in(tmp_path, 0) is None
    assert Shares.found_in(tmp_path / "nowhere", 0) is None
