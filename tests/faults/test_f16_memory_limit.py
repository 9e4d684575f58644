"""F16: a memory limit a little above what the server takes, and a file that wants far more; or one that is too low."""

import io
import os
import signal
import threading
import zipfile
from pathlib import Path

from abilities import limit_to, memory_limit, only_on_demand
from brought import all_serve, brought
from instance import alive, wait_until
from invariants import all_hold

pytestmark = only_on_demand

HEADROOM = 1.3
TOO_LOW_MB = 4


def bomb(n_bytes: int) -> bytes:
    """A docx of a few kilobytes whose text is far larger."""
    text = b"<w:p><w:r><w:t>" + b"lamp " * (n_bytes // 5) + b"</w:t></w:r></w:p>"
    document = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>' + text
    kinds = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
        b'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.'
        b'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", kinds)
        archive.writestr("word/document.xml", document + b"</w:body></w:document>")
    return held.getvalue()


def test_a_bomb_takes_its_reader_down_and_not_the_server(tmp_path: Path) -> None:
    with memory_limit(f"course-tutor-{os.getpid()}") as group, brought(tmp_path / "data") as (server, oracle):
        for pid in (server.process.pid, *server.family()):
            (group / "cgroup.procs").write_text(str(pid))
        limit_to(group, int(server.memory_mb() * HEADROOM) << 20)
        sent = oracle.http.post(
            f"{oracle.path}/sources", files=[("file", ("bomb.docx", bomb(300_000_000)))], timeout=60
        )
        assert sent.status_code == 202, sent.text
        for _ in range(20):
            assert oracle.ask() is not None
        oracle.wait_until_settled()
        status = {each["name"]: each["status"] for each in oracle.sources()}
        assert status.pop("bomb.docx") == "failed"
        assert set(status.values()) == {"indexed"}
        oracle.remove("bomb.docx")
        assert all_hold(server, [oracle], thorough=True) == []  # the doctor is outside of the group
        server.terminate()


def test_a_process_that_the_kernel_ends_for_its_memory_loses_nothing(tmp_path: Path) -> None:
    with memory_limit(f"course-tutor-{os.getpid()}-low") as group, brought(tmp_path / "data") as (server, oracle):
        victim = server.answering()[0]
        (group / "cgroup.procs").write_text(str(victim))
        limit_to(group, TOO_LOW_MB << 20)  # what it takes from now on; pages it had before count elsewhere
        ends = threading.Event()
        acting = threading.Thread(target=oracle.act_until, args=(ends,))
        acting.start()
        wait_until(lambda: not alive(victim), "the kernel ends it")
        ends.set()
        acting.join()
        if server.n_workers > 1:  # its supervisor starts another one, outside of the group
            all_serve(server, other_than=[victim])
        else:
            assert server.process.wait(timeout=10) == -signal.SIGKILL
            server.kill()  # its children
            server.start()
        oracle.reconnect()
        oracle.retry_failed()
        assert all_hold(server, [oracle], thorough=True) == []
        server.terminate()
