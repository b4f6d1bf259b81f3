"""Makes python-wechaty 0.10.7 importable on Python 3.11 to 3.13, without files, handlers or crashes of its own.

What stands in its way, and what is done here:

    telnetlib is gone in Python 3.13 (and warns before)   a stand-in while importing; it is only ever a TCP probe
    pyee 12 moved AsyncIOEventEmitter, urllib3 2 dropped  put back where wechaty looks for them
        get_host
    PuppetOptions() as a dataclass default has no hash    given object's hash (Python 3.11 refuses it else)
    wechaty_puppet.logger hangs a stderr handler on some  a stand-in: plain loggers below "wechaty", no handlers,
        17 loggers, raises for WECHATY_LOG=debug, and         which log errors only: its warnings hold the token
        its messages tell the token
    wechaty makes `.wechaty/` in the working directory    CACHE_DIR names a folder that is there already
        while it is imported                                  while it is imported
    PyGithub, which wechaty imports, logs to stderr       the handler is taken away
    hpack logs every header, the token among them, at     its debug lines are switched off
        DEBUG

What wechaty still does wrong at run time is avoided in `puppet.py` and `bot.py`.
"""

import logging
import os
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pyee
import urllib3
from pyee.asyncio import AsyncIOEventEmitter

WECHATY_LOGGER = "wechaty"


def import_wechaty() -> None:
    """Import wechaty and its puppet service for the whole process. A second call does nothing."""
    if "wechaty" in sys.modules:
        return
    sys.modules.setdefault("wechaty_puppet.logger", _logger_module())
    _put_back_moved_names()
    with _stand_in("telnetlib", _telnet_module()), _environment("CACHE_DIR", str(Path(__file__).parent)), _quiet():
        from wechaty_puppet.schemas.puppet import PuppetOptions  # only now it can be imported

        if PuppetOptions.__hash__ is None:
            PuppetOptions.__hash__ = object.__hash__
        import wechaty  # noqa: F401 - only now it can be imported
        import wechaty_puppet_service  # noqa: F401
    logging.getLogger("github").handlers.clear()
    logging.getLogger("hpack").setLevel(logging.INFO)


def _get_logger(name: str | None = None, file: str | None = None) -> logging.Logger:  # noqa: ARG001 - wechaty gives it
    return logging.getLogger(f"{WECHATY_LOGGER}.{name}" if name else WECHATY_LOGGER)


def _logger_module() -> ModuleType:
    logging.getLogger(WECHATY_LOGGER).setLevel(logging.ERROR)
    module = ModuleType("wechaty_puppet.logger")
    vars(module)["get_logger"] = _get_logger
    return module


class _Telnet:
    """As much of telnetlib.Telnet as wechaty uses: does the port open?"""

    def open(self, host: str, port: int = 0, timeout: float = 3) -> None:
        socket.create_connection((host, port), timeout).close()

    def close(self) -> None:
        """Nothing is left open."""


def _telnet_module() -> ModuleType:
    module = ModuleType("telnetlib")
    vars(module)["Telnet"] = _Telnet
    return module


def _get_host(url: str) -> tuple[str, str | None, int | None]:
    """urllib3 1.26's: scheme, host and port."""
    parsed = urllib3.util.parse_url(url)
    return parsed.scheme or "http", parsed.hostname, parsed.port


def _put_back_moved_names() -> None:
    for module, name, value in ((pyee, "AsyncIOEventEmitter", AsyncIOEventEmitter), (urllib3, "get_host", _get_host)):
        if name not in vars(module):
            setattr(module, name, value)


@contextmanager
def _stand_in(name: str, module: ModuleType) -> Iterator[None]:
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


@contextmanager
def _quiet() -> Iterator[None]:
    """Deprecations in what wechaty imports are its own affair; they must not stop nlops under `-W error`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
        yield
