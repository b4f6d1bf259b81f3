"""What the children of the embedded model get of the environment."""

import ctypes
import os
from importlib import metadata

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
