"""Questions a second over HTTP by 1, 2 and 4 workers in turns, against what the encoder alone embeds; and an overload.

Not a test: ``python tests/measure_workers.py`` prints a table, in about three minutes. The client runs beside the
service and takes a part of the same processors.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

import httpx
import typer
from serving import serving

from index.onnx_embedder import OnnxEmbedder
from tutor.state import keys
from tutor.state.opening import open_database

ROOT = Path(__file__).parents[1]
COURSE = "deep-learning-in-medicine"
QUESTIONS = [
    json.loads(line)["text"]
    for line in (ROOT / "tests" / "data" / "seed-course" / "queries.jsonl").read_text().splitlines()
    if line.strip()
]
UNLIMITED = {f"TUTOR_{name}": "0" for name in ("KEY_ASKS_PER_MINUTE", "KEY_ASKS_PER_DAY", "COURSE_ASKS_PER_DAY")}


@dataclass
class Seen:
    """What one load saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    answered_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)
    alive_ms: list[float] = field(default_factory=list)
    without_retry_after: int = 0


async def one(origin: str, head: str, path: str, body: bytes, streams: list[object]) -> tuple[int, bool]:
    """One request on a connection that is kept; its status, and whether it said when to come back."""
    if not streams:
        parts = urlsplit(origin)
        streams += await asyncio.open_connection(parts.hostname, parts.port)
    reader, writer = streams
    writer.write(f"{path} HTTP/1.1\r\nHost: localhost\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    got = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(got.split(b"content-length: ")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return int(got[9:12]), b"retry-after:" in got


async def ask_for(origin: str, key: str, number: int, until: float, seen: Seen) -> None:
    streams: list[object] = []
    head = f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    while time.perf_counter() < until:
        body = json.dumps({"question": QUESTIONS[number % len(QUESTIONS)]}).encode()
        number += 7
        start = time.perf_counter()
        status, says_when = await one(origin, head, f"POST /api/v1/courses/{COURSE}/ask", body, streams)
        ms = (time.perf_counter() - start) * 1000
        seen.statuses[status] += 1
        (seen.answered_ms if status == 200 else seen.refused_ms).append(ms)
        if status != 200:
            seen.without_retry_after += not says_when
            await asyncio.sleep(0.2)


async def look_alive(origin: str, until: float, seen: Seen) -> None:
    while time.perf_counter() < until:
        start = time.perf_counter()
        await one(origin, "", "GET /livez", b"", [])
        seen.alive_ms.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(0.05)


async def load(origin: str, key: str, askers: int, seconds: float) -> Seen:
    seen, until = Seen(), time.perf_counter() + seconds
    await asyncio.gather(
        look_alive(origin, until, seen), *(ask_for(origin, key, 3 * n, until, seen) for n in range(askers))
    )
    return seen


def row(name: str, seen: Seen, seconds: float, encoder: float) -> str:
    def at(values: list[float], percent: int) -> str:
        return f"{quantiles(values, n=100)[percent - 1]:.0f}" if len(values) > 1 else "-"

    per_s = len(seen.answered_ms) / seconds
    return (
        f"| {name} | {per_s:.1f} | {per_s / encoder:.2f} | {at(seen.answered_ms, 50)} | {at(seen.answered_ms, 95)} | "
        f"{at(seen.alive_ms, 50)} / {at(seen.alive_ms, 99)} | {len(seen.refused_ms)} | {at(seen.refused_ms, 99)} | "
        f"{seen.without_retry_after} | {dict(seen.statuses)} |"
    )


def encoder_per_s(askers: int, seconds: float) -> float:
    embedder, until = OnnxEmbedder(), time.perf_counter() + seconds

    def embed(number: int) -> int:
        n = 0
        while time.perf_counter() < until:
            embedder.embed_query(QUESTIONS[(number + 7 * n) % len(QUESTIONS)])
            n += 1
        return n

    with ThreadPoolExecutor(askers) as pool:
        return sum(pool.map(embed, range(askers))) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--askers", type=int, nargs="+", default=[8, 50, 250])
    parser.add_argument("--seconds", type=float, default=10.0)
    wanted = parser.parse_args()
    encoder = encoder_per_s(os.cpu_count() or 2, wanted.seconds / 2)
    typer.echo(f"the encoder alone: {encoder:.1f} queries a second; load average {os.getloadavg()[0]:.1f}")
    typer.echo(
        "| workers, askers | asks/s | of encoder | p50 ms | p95 ms | livez p50 / p99 | refused | p99 ms | mute | all |"
    )
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        database = open_database(data)
        with database.writing() as connection:
            _, key = keys.create(connection, "load")
        database.close()
        for n_workers in wanted.workers:
            with serving(data, "--workers", str(n_workers), **UNLIMITED) as link:
                origin = link.partition("/login")[0]
                wait_for_all(origin, n_workers)
                asyncio.run(load(origin, key, 4 * n_workers, 2.0))
                for askers in wanted.askers:
                    seen = asyncio.run(load(origin, key, askers, wanted.seconds))
                    typer.echo(row(f"{n_workers}, {askers}", seen, wanted.seconds, encoder))


def wait_for_all(origin: str, n_workers: int) -> None:
    """Workers start one after another: wait for the last."""
    time.sleep(8.0 * (n_workers - 1))
    with suppress(httpx.HTTPError):
        httpx.get(f"{origin}/readyz")


if __name__ == "__main__":
    main()
