"""Codes of an authenticator (RFC 6238): which step of the clock one is for, and whether it may still be used.

§5.2: a code is accepted once, and at most one step after its own. The last accepted step is kept and only ever grows,
so that neither a code nor an older one is good again, whatever the clock does meanwhile.
"""

import hmac

import pyotp

STEP_S = 30  # §5.2: the recommended size
DELAY_STEPS = 1  # §5.2: "at most one time step is allowed as the network delay"
SECRET_BYTES = 20  # RFC 4226 §4 recommends 160 bits; authenticators want no more
MIN_SECRET_BYTES = 16  # RFC 4226 §4: at least 128 bits
ISSUER = "nlops"


def fault_in(secret: str) -> str | None:
    """What is wrong with a secret (base32), without showing it; None where it will do."""
    try:
        size = len(pyotp.OTP(secret).byte_secret())
    except ValueError:
        return "is not base32 (A to Z and 2 to 7) of at least 128 bits; nlops totp add NAME makes one"
    if size < MIN_SECRET_BYTES:
        return f"has {size * 8} bits; RFC 4226 wants at least 128; nlops totp add NAME makes one"
    return None


def step_at(wall: float) -> int:
    """The step of the clock (unix seconds)."""
    return int(wall // STEP_S)


def code_at(secret: str, step: int) -> str:
    """The six digits of a step."""
    return pyotp.TOTP(secret).generate_otp(step)


def accept(secret: str, digits: str, wall: float, last_step: int) -> int | None:
    """The step that `digits` are good for at `wall`: now's or the one before, and later than `last_step`. None where
    they are wrong, late, early, or used."""
    found = None
    for step in range(max(0, step_at(wall) - DELAY_STEPS), step_at(wall) + 1):
        # Every step is compared, and whole: how long it takes tells nothing.
        is_equal = digits.isascii() and hmac.compare_digest(code_at(secret, step), digits)
        found = step if is_equal and step > last_step else found
    return found


def skew_of(secret: str, digits: str, wall: float, most: int = 40) -> int | None:
    """By how many steps the authenticator's clock stands before (negative) or after ours, where that explains the
    code; the smallest of at most `most`. None where nothing does."""
    if not digits.isascii():
        return None
    now = step_at(wall)
    steps = sorted((step for step in range(-most, most + 1) if now + step >= 0), key=abs)
    return next((step for step in steps if hmac.compare_digest(code_at(secret, now + step), digits)), None)


def uri_of(secret: str, admin: str) -> str:
    """What an authenticator scans (otpauth://totp/…)."""
    return pyotp.TOTP(secret).provisioning_uri(name=admin, issuer_name=ISSUER)
