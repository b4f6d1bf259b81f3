"""What the children of the embedded model get of the environment."""

import os

_WANTED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV")


def child_environment() -> dict[str, str]:
    """What a child needs, and no secret of the service's environment."""
    # libgomp's threads wait for each other by spinning; where other processes want the cores too, a token then takes a
    # second in place of 0.03 s. A short spin, then sleep: a message takes 0.4 s on a quiet machine and 1.3 s beside two
    # busy loops on two cores; with OMP_WAIT_POLICY=passive, which never spins, it was 0.8 and 1.9 s.
    return {name: os.environ[name] for name in _WANTED if name in os.environ} | {"GOMP_SPINCOUNT": "1000"}
