"""Dates with their year, in the forms of both languages; what is none stays a text."""

import pytest

from nlops.understand.dates import find_dates, find_days, find_months
from nlops.understand.fold import fold


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026年6月3号的演出", ("2026-06-03",)),
        ("2026年6月3号到7号", ("2026-06-03", "2026-06-07")),
        ("2026年6月28日至7月2日", ("2026-06-28", "2026-07-02")),
        ("22 March 2026, 10am", ("2026-03-22",)),
        ("on the 3rd of June 2026", ("2026-06-03",)),
        ("June 3rd, 2026", ("2026-06-03",)),
        ("3-7 June 2026", ("2026-06-03", "2026-06-07")),
        ("May 5 to 9, 2027", ("2027-05-05", "2027-05-09")),
        ("3 and 4 Sept 2026", ("2026-09-03", "2026-09-04")),
        ("2026/7/1", ("2026-07-01",)),
        ("2026-02-17 早上9:15", ("2026-02-17",)),
        ("from 2026-05-01 to 2026-05-04", ("2026-05-01", "2026-05-04")),
        ("the twenty-second of march 2027", ("2027-03-22",)),
        ("25/12/2026", ("2026-12-25",)),
        ("12/25/2026", ("2026-12-25",)),
        ("2027年元旦当天", ("2027-01-01",)),
        ("christmas eve 2026", ("2026-12-24",)),
        ("2028年2月最后一天", ("2028-02-29",)),
        ("the last day of june 2026", ("2026-06-30",)),
    ],
)
def test_a_whole_date_is_found(text: str, dates: tuple[str, ...]) -> None:
    assert find_dates(fold(text)) == dates


@pytest.mark.parametrize(
    "text", ["2026年6月31号", "2026-13-01", "3 June", "6月3号", "build 20260603", "3/4", "in 2026", "03/04/2026"]
)
def test_what_is_no_whole_date_is_none(text: str) -> None:
    assert find_dates(fold(text)) == ()


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("March 2025, by country", ("2025-03",)),
        ("for Sept. of 2026 and 2026-10", ("2026-09", "2026-10")),
        ("2025年6月的收入", ("2025-06",)),
        ("on 2026-05-01", ()),
        ("in 2026, march on", ()),
        ("2026年13月", ()),
    ],
)
def test_a_month_with_its_year_is_found(text: str, months: tuple[str, ...]) -> None:
    assert find_months(fold(text)) == months


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("down with flu on March 9", ("03-09",)),
        ("who's out on 24 December?", ("12-24",)),
        ("on the 3rd of May, not on April 2nd", ("05-03", "04-02")),
        ("12月24日", ("12-24",)),
        ("march 2025, may 10:30", ()),
    ],
)
def test_a_day_of_any_year_is_found(text: str, days: tuple[str, ...]) -> None:
    assert set(find_days(fold(text))) == set(days)
