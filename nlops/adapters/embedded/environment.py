"""What the children of the embedded model get of the machine: variables, a library, cores."""

import ctypes
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

_WANTED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
_SEARCHED = "LD_LIBRARY_PATH"
_OPENMP = "libgomp.so.1"  # llama.cpp wants it, its wheel does not bring it
# Threads that wait for each other by spinning take the cores from whoever else wants them: a token then takes a second
# in place of 0.03 s. A short spin, then sleep: a message takes 0.4 s on a quiet machine and 1.3 s beside two busy loops
# on two cores; with OMP_WAIT_POLICY=passive, which never spins, it was 0.8 and 1.9 s. GCC's OpenMP, and LLVM's.
_SHORT_SPIN = {"GOMP_SPINCOUNT": "1000", "KMP_BLOCKTIME": "20us"}


def child_environment() -> dict[str, str]:
    """What a child needs, and no secret of the service's environment."""
    given = {name: os.environ[name] for name in _WANTED if name in os.environ}
    folders = [os.environ.get(_SEARCHED, ""), "" if is_on_this_machine(_OPENMP) else _openmp_of_the_wheel()]
    searched = os.pathsep.join(filter(None, folders))
    return given | _SHORT_SPIN | ({_SEARCHED: searched} if searched else {})


def is_on_this_machine(library: str) -> bool:
    """Whether the system can load it. A small Debian, and most images of containers, have no OpenMP."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _openmp_of_the_wheel() -> str:
    """The folder of LLVM's, which goes by the name of GCC's too. It comes with nlops, and is not taken first: a child
    that ends at once leaves a kilobyte of it in /dev/shm."""
    return str(metadata.distribution("cmeel-libomp").locate_file("cmeel.prefix/lib"))


def usable_cores(root: Path = Path("/")) -> int:
    """How many cores there are for this process: no more than it is bound to, or than a container or a unit of systemd
    is given. With two threads on the share of one core a message takes a third longer than with one."""
    return max(1, min([len(os.sched_getaffinity(0)), *_shares(root)]))


def _shares(root: Path) -> Iterator[int]:
    """What its control groups allow, in cores (cgroups(7)): its own, version 2; a container's, version 1."""
    with suppress(OSError, ValueError):  # no such group; "max" is no number
        (own,) = re.findall("^0::/(.*)$", (root / "proc/self/cgroup").read_text(), re.MULTILINE)
        quota, period = map(int, (root / "sys/fs/cgroup" / own / "cpu.max").read_text().split())
        yield round(quota / period)
    with suppress(OSError, ValueError):
        group = root / "sys/fs/cgroup/cpu"
        quota, period = (int((group / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period"))
        if quota > 0:
            yield round(quota / period)
