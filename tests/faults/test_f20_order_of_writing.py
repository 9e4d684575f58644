"""F20: what would be lost in a power cut, from the order of system calls: nothing is renamed before it is synced.

Traces ``course-tutor add``, which keeps a file, reads it, builds an index and publishes it, in one process.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from abilities import only_on_demand
from instance import COURSE_TUTOR, instance

pytestmark = only_on_demand

_CALL = re.compile(r"\d+\s+(\w+)\((.*)\)\s+= (-?\d+)")
_FILE = re.compile(r"^\d+<([^>]*)>")
_NAMES = re.compile(r'"([^"]*)"')
TRACED = "write,pwrite64,writev,ftruncate,fsync,fdatasync,rename,renameat,renameat2"
PARTS_OF_A_DATABASE = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm")


@dataclass
class Audit:
    """Follows the calls and notes what a power cut could lose."""

    root: str
    unsynced: set[str] = field(default_factory=set)
    folders_to_sync: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    n_renames: int = 0

    def read(self, line: str) -> None:
        found = _CALL.match(line)
        if not found or int(found[3]) < 0:
            return
        call, arguments = found[1], found[2]
        if call.startswith("rename"):
            self._renamed(*_NAMES.findall(arguments)[:2])
        elif file := _FILE.match(arguments):
            self._touched(call, file[1])

    def _touched(self, call: str, path: str) -> None:
        if not path.startswith(self.root) or path.endswith(PARTS_OF_A_DATABASE):
            return
        if call in ("fsync", "fdatasync"):
            self.unsynced.discard(path)
            self.folders_to_sync.discard(path)
        else:
            self.unsynced.add(path)

    def _renamed(self, source: str, target: str) -> None:
        if not source.startswith(self.root):
            return
        self.n_renames += 1
        dirty = [path for path in self.unsynced if path == source or path.startswith(f"{source}/")]
        self.violations += [f"{path} was renamed to {target} before it was synced" for path in dirty]
        self.folders_to_sync.add(str(Path(target).parent))


def test_nothing_is_renamed_before_it_is_synced_and_every_name_is_made_to_last(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    lesson = tmp_path / "lamps.md"
    lesson.write_text("# Lamps\n\n## Key terms\n\n- **lantern**: A lantern is a lamp that can be carried.\n")
    trace = tmp_path / "trace"
    with instance(tmp_path / "data") as place:
        command = ["strace", "-f", "-y", "-s", "200", "-o", str(trace), "-e", f"trace={TRACED}"]
        ended = subprocess.run(
            [*command, str(COURSE_TUTOR), "add", "lamps", str(lesson), "--title", "Lamps"],
            env=place.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    if "strace:" in ended.stderr:
        pytest.skip(f"strace cannot trace here: {ended.stderr[:200]}")
    assert ended.returncode == 0, ended.stderr

    audit = Audit(str(tmp_path / "data"))
    for line in trace.read_text(errors="replace").splitlines():
        audit.read(line)

    assert audit.n_renames >= 3  # the file, the generation, the pointer
    assert audit.violations == []
    assert audit.folders_to_sync == set()
    print(f"\n{audit.n_renames} renames, each after its file was synced and before its folder was")  # noqa: T201
