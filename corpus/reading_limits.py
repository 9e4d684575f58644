"""How much of the machine the reading of one file may take, and how a process puts itself under these limits."""

import ctypes
import logging
import resource
import signal
from dataclasses import dataclass

logger = logging.getLogger(__name__)

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one file may take. A PDF of 2,000 pages with 4,150 characters each takes 23 s and 252 MB, measured."""

    cpu_s: int = 60  # of one processor
    wall_s: float = 120.0  # twice the former: two files may share a processor
    address_space_bytes: int = 1 << 30  # an interpreter with all readers has 81 MB of it before it reads
    open_files: int = 64  # libraries, pipes, the file
    written_bytes: int = 520_000_000  # of the one temporary file that a large archive is inflated to, nameless
    result_bytes: int = 256_000_000  # what comes back; 20 million characters with their boxes are 60 MB


def confine_this_process(limits: ReadingLimits) -> None:
    """Give up what reading a file does not need: processor time, memory, files, further processes, the network.

    Must run before the process starts a thread. The network is left behind where the kernel lets an ordinary process
    make its own (empty) one; where it does not, no reader opens a connection all the same.
    """
    _set(resource.RLIMIT_CPU, limits.cpu_s, hard=limits.cpu_s + 1)
    _set(resource.RLIMIT_AS, limits.address_space_bytes)
    _set(resource.RLIMIT_NOFILE, limits.open_files)
    _set(resource.RLIMIT_FSIZE, limits.written_bytes)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NPROC, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        logger.debug("no network namespace of its own: errno %d", ctypes.get_errno())


def _set(kind: int, soft: int, *, hard: int | None = None) -> None:
    """Lower a limit; one that is lower already stays."""
    _, most = resource.getrlimit(kind)
    hard = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))
