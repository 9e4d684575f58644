"""F01: ``kill -9`` at random moments of uploads, publishes, deletions and judgements, over and over."""

import os
import random
import threading
from pathlib import Path

import pytest
from abilities import FULL
from brought import all_serve
from instance import Instance, instance
from invariants import all_hold
from oracle import Oracle

N_KILLS = int(os.environ.get("TUTOR_TEST_KILLS", "200" if FULL else "2"))
SEED = 20261124


def killed_while_busy(server: Instance, oracles: list[Oracle], after_s: float) -> None:
    """Everybody does something by chance, and in the middle of it the server is killed."""
    ends = threading.Event()
    busy = [threading.Thread(target=oracle.act_until, args=(ends,)) for oracle in oracles]
    for thread in busy:
        thread.start()
    ends.wait(after_s)
    server.kill()
    ends.set()
    for thread in busy:
        thread.join()


def test_whatever_was_acknowledged_survives_being_killed_at_random(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    slowest_s = 0.0
    with instance(tmp_path / "data") as server:
        server.start()
        names = ("stars", "rivers")
        oracles = [Oracle(server, name, SEED + n, tuple(set(names) - {name})) for n, name in enumerate(names)]
        for oracle in oracles:
            oracle.make_course()
            oracle.upload()
        for n_killed in range(1, N_KILLS + 1):
            if n_killed % 2:  # of several workers, the second is still loading every other time
                all_serve(server)
            killed_while_busy(server, oracles, chance.uniform(0.05, 2.5))
            slowest_s = max(slowest_s, server.start())
            for oracle in oracles:
                oracle.reconnect()
            wrong = all_hold(server, oracles, thorough=n_killed % 20 == 0 or n_killed == N_KILLS)
            if wrong:
                pytest.fail(f"after kill {n_killed}: {wrong}")
            print(f"kill {n_killed}: all holds, {sum(len(each.acknowledged) for each in oracles)} files")  # noqa: T201
        for oracle in oracles:
            oracle.close()
    total = sum((oracle.counts for oracle in oracles), start=oracles[0].counts.__class__())
    print(f"\n{N_KILLS} kills, slowest start {slowest_s:.1f} s, {dict(total)}")  # noqa: T201
