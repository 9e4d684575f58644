"""F11: the wall clock jumps by hours and by more than a year, and back, under a server that runs."""

from pathlib import Path

from abilities import command, only_on_demand
from brought import brought
from instance import wait_until
from invariants import all_hold

from tutor.permissions import STUDENT

pytestmark = only_on_demand

HOUR, DAY = 3600, 86_400
PER_MINUTE = 5


def test_no_jump_of_the_clock_ends_the_answers_or_sticks_a_limit(tmp_path: Path) -> None:
    shim, offset = tmp_path / "clock_shim.so", tmp_path / "offset"
    command("gcc", "-shared", "-fPIC", "-O1", "-o", str(shim), str(Path(__file__).with_name("clock_shim.c")), "-ldl")
    offset.write_text("0")
    settings = {"LD_PRELOAD": str(shim), "CLOCK_OFFSET_FILE": str(offset)}
    with brought(tmp_path / "data", settings=settings) as (server, oracle):
        for jump in (2 * HOUR, -2 * HOUR, 0, 400 * DAY, 0, -400 * DAY, 0):
            offset.write_text(str(jump))
            oracle.upload()
            assert oracle.ask() is not None, f"no answer after a jump to {jump:+} s"
            assert all_hold(server, [oracle]) == [], f"after a jump to {jump:+} s"
        assert not [status for status in oracle.counts if status.startswith("5")], oracle.counts
        assert all_hold(server, [oracle], thorough=True) == []


def test_a_limit_that_is_reached_is_over_within_a_minute_whatever_the_clock_does(tmp_path: Path) -> None:
    shim, offset = tmp_path / "clock_shim.so", tmp_path / "offset"
    command("gcc", "-shared", "-fPIC", "-O1", "-o", str(shim), str(Path(__file__).with_name("clock_shim.c")), "-ldl")
    offset.write_text("0")
    settings = {"LD_PRELOAD": str(shim), "CLOCK_OFFSET_FILE": str(offset)}
    settings["TUTOR_KEY_ASKS_PER_MINUTE"] = str(PER_MINUTE)
    with brought(tmp_path / "data", settings=settings) as (server, oracle):
        for jump in (2 * HOUR, -2 * HOUR, 400 * DAY, 0):
            offset.write_text("0")
            key = server.make_key(STUDENT)
            with server.client(key=key) as http:

                def ask(http=http) -> int:  # noqa: ANN001
                    return http.post(f"{oracle.path}/ask", json={"question": "What is it?"}).status_code

                # A minute may end in between, and with it the count.
                assert any(ask() == 429 for _ in range(2 * PER_MINUTE + 1)), "the limit was not reached"
                offset.write_text(str(jump))
                wait_until(lambda ask=ask: ask() == 200, f"asked again after a jump to {jump:+} s", 70)
