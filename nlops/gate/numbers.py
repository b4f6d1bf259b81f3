"""Numbers of persons: mobile phones, Chinese identity numbers, bank cards. Each by its checks, not its length alone."""

# GB 11643-1999: the weights are 2^(17-i) mod 11, the last place is ISO 7064 MOD 11-2.
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECKS = "10X98765432"
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_identity_number(text: str) -> bool:
    """18 places: region, date of birth, order, check."""
    if len(text) != 18 or not text.isascii() or not text[:17].isdecimal():
        return False
    month, day = int(text[10:12]), int(text[12:14])
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == text[17].upper()


def is_card_number(text: str) -> bool:
    """A bank card's number (ISO/IEC 7812-1): the ranges of the networks, their lengths, Luhn's check."""
    digits = [int(char) for char in text if char.isdecimal()]
    number = "".join(map(str, digits))
    return _is_of_a_network(number) and _luhn(digits)


def _is_of_a_network(number: str) -> bool:
    """UnionPay 62 has 16 to 19 digits, American Express 15, the others 16. Longer ones with a 4 exist on paper, and
    would be every tenth message id."""
    if number.startswith("62"):
        return 16 <= len(number) <= 19
    if number.startswith(("34", "37")):
        return len(number) == 15
    visa_or_discover = number.startswith(("4", "6011", "65"))
    mastercard = "51" <= number[:2] <= "55" or "2221" <= number[:4] <= "2720"
    return len(number) == 16 and (visa_or_discover or mastercard or "3528" <= number[:4] <= "3589")


def _luhn(digits: list[int]) -> bool:
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def stands_alone(before: bytes, after: bytes) -> bool:
    """Whether a number ends where it seems to: no longer number, no word, no room's id (`…@chatroom`). `before` and
    `after` are what stands around it, a dozen bytes."""
    follows = after[:1]
    if follows.isalnum() or follows == b"_" or after.startswith((b"@chatroom", b"@im.")):
        return False
    more_digits = after[:1] in (b"-", b".") and after[1:2].isdigit()
    return not more_digits and not before[-1:].isdigit()
