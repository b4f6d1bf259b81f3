"""How fast text is cleaned, beside one pass of the standard library's `re` over it, and that the time is linear.

python benchmarks/redact.py
"""

import re
import time
from collections.abc import Callable

from nlops.gate.redact import Redactor

SECRETS = ["a-token-of-the-gateway", "sk-0123456789abcdef0123456789abcdef", "JBSWY3DPEHPK3PXP"]
LINE = "10:00:01 INFO StarterBot Message#Text[🗣Contact<Lan>@👥Room<ops>]\tworld, hello 1732600000000 (pid 4242)\n"
NOISY = '2026-11-26 10:00:01 POST /v1 {"user": "bob", "api_key": "0123456789abcdef", "tel": "13800138000"} 200\n'
FLOOR = re.compile(r"(?i)password|secret|token|api_key")
# What makes a backtracking expression slow: long runs that end one character before they would match.
HOSTILE = ("password=" * 8, "1" * 64, "A1b2" * 16 + "\n", "-----BEGIN RSA PRIVATE KEY-----\n", "://a:" * 8, "eyJ" * 16)


def rate(clean: Callable[[str], object], text: str) -> float:
    """MB/s, the best of five."""
    size, best = len(text.encode()), float("inf")
    for _ in range(5):
        start = time.perf_counter()
        clean(text)
        best = min(best, time.perf_counter() - start)
    return size / best / 1e6


def main() -> None:
    redactor = Redactor(SECRETS)
    redactor.clean(NOISY)  # what is compiled once, is
    print(f"{'text':34} {'MB/s':>8} {'re.search':>10} {'ratio':>7}")
    for name, text in (("1 MB of ordinary lines", LINE * 9000), ("1 MB, a secret in every line", NOISY * 9000)):
        mine, floor = rate(redactor.clean, text), rate(FLOOR.findall, text)
        print(f"{name:34} {mine:8.1f} {floor:10.1f} {mine / floor:7.2f}")
    count = 20_000
    start = time.perf_counter()
    for _ in range(count):
        redactor.clean(LINE)
    print(f"one line: {(time.perf_counter() - start) / count * 1e6:.1f} µs")
    print("\nhostile text, the time for twice the length (2.0 is linear)")
    for unit in HOSTILE:
        times = []
        for size in (250_000, 500_000):
            text = (unit * (size // len(unit) + 1))[:size]
            times.append(len(text.encode()) / rate(redactor.clean, text) / 1e6)
        print(f"{unit[:24]!r:30} {times[1] * 1e3:8.1f} ms for 500 kB, {times[1] / times[0]:.1f} times")


if __name__ == "__main__":
    main()
