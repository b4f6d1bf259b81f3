"""Codes of an authenticator: RFC 6238's own values, its rules of §5.2 over any history of clocks, and secrets."""

import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlops.gate.totp import accept, code_at, fault_in, skew_of, step_at, uri_of

SECRET = base64.b32encode(b"12345678901234567890").decode()  # RFC 6238, appendix B
# Its eight digits end in these six.
RFC = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]
STEPS = st.integers(10, 2**40)


@pytest.mark.parametrize(("wall", "digits"), [*RFC, (20000000000, "353130")])
def test_the_values_of_the_rfc(wall: int, digits: str) -> None:
    """Appendix B, SHA-1."""
    assert code_at(SECRET, step_at(wall)) == digits
    assert accept(SECRET, digits, wall, -1) == step_at(wall)


@given(now=STEPS, off=st.integers(-4, 4), inside=st.floats(0, 29.9), last=st.integers(-6, 6))
def test_a_code_is_good_in_its_step_and_the_next(now: int, off: int, inside: float, last: int) -> None:
    """And in no other, early or late; never at or before the last one accepted."""
    step = now + off
    digits = code_at(SECRET, step)
    near = [one for one in (now, now - 1) if code_at(SECRET, one) == digits and one > now + last]
    found = accept(SECRET, digits, now * 30 + inside, now + last)
    assert (found in near) if near else (found is None)


@given(st.lists(st.tuples(st.integers(-90, 90), st.integers(-3, 3)), min_size=1, max_size=40))
def test_over_any_clock_each_step_is_accepted_once(history: list[tuple[int, int]]) -> None:
    """The clock jumps back and forth, codes come early, late and again: what is accepted strictly increases."""
    wall, last, accepted = 1_800_000_000.0, -1, []
    for jump, off in history:
        wall += jump
        step = accept(SECRET, code_at(SECRET, step_at(wall) + off), wall, last)
        if step is not None:
            last = step
            accepted.append(step)
    assert accepted == sorted(set(accepted))


@given(st.text(max_size=8))
def test_other_texts_are_wrong_and_raise_nothing(text: str) -> None:
    """Whatever somebody types."""
    wall = 1_800_000_000.0
    assume(text not in (code_at(SECRET, step_at(wall)), code_at(SECRET, step_at(wall) - 1)))
    assert accept(SECRET, text, wall, -1) is None


@pytest.mark.parametrize("text", ["١٢٣٤٥٦", "", "12345", "𝟏𝟐𝟑𝟒𝟓𝟔"])
def test_only_ascii_digits_are_compared(text: str) -> None:
    """Another script's digits are wrong, whatever they stand for."""
    assert accept(SECRET, text, 59, -1) is None and skew_of(SECRET, text, 59) is None


@given(off=st.integers(-40, 40), now=st.integers(100, 2**40))
def test_a_wrong_clock_is_found(off: int, now: int) -> None:
    """By how many steps the phone's differs from ours; or another offset that gives the same code, which is smaller."""
    digits = code_at(SECRET, now + off)
    found = skew_of(SECRET, digits, now * 30.0)
    assert found is not None and abs(found) <= abs(off) and code_at(SECRET, now + found) == digits


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "base32"),
        ("JBSWY3DP", "base32"),
        ("JBSWY3DPEHPK3PXPJBSWY3D", "112|RFC|base32"),
        ("!" * 32, "base32"),
        ("1" * 32, "base32"),
    ],
)
def test_weak_and_broken_secrets(secret: str, why: str) -> None:
    """Less than 128 bits, or no base32; what is said does not show it."""
    fault = fault_in(secret)
    assert fault is not None and any(part in fault for part in why.split("|")) and (not secret or secret not in fault)
    assert fault_in(SECRET) is None


def test_what_an_authenticator_scans() -> None:
    """The form that Google Authenticator documents: label, secret, issuer; a name of any script is escaped."""
    assert uri_of(SECRET, "薇") == f"otpauth://totp/nlops:%E8%96%87?secret={SECRET}&issuer=nlops"
