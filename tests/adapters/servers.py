"""Programs of Debian's for the tests, in private instances on loopback."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable

import pytest


def program(name: str, package: str, *folders: str) -> str:
    """A program of Debian's, installed where it is not there and we may; else the test fails and says what to do."""
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin", *folders])
    if shutil.which(name, path=path) is None and os.geteuid() == 0:
        subprocess.run(["apt-get", "update"], check=False, capture_output=True)
        install = ["apt-get", "install", "-y", "--no-install-recommends", package]
        subprocess.run(
            install, check=False, capture_output=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )
    found = shutil.which(name, path=path)
    if found is None:
        pytest.fail(f"this test wants {name}: apt-get install {package}")
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(is_true: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_true():
            return
        time.sleep(0.05)
    pytest.fail("it did not come up")


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
