"""Three months under the promise in twelve give the right to leave, with what was prepaid for the rest.

Clause: JB-11
"""

from __future__ import annotations

from typing import Any

import pytest

from portal.contract.bad_line import BadLine
from tests.contracts.judging import Judged, Line, event, judged, ny

TERM = {"starts": "2026-01-01", "ends": "2026-12-31", "prepaid": "36500.00"}
FEE = {"amount": "10000.00", "currency": "USD", "per": "month"}


def bad(day: str) -> Line:
    """Eight hours down: under 99 % of any month."""
    start, end = ny(f"{day} 00:00").isoformat(), ny(f"{day} 08:00").isoformat()
    return event(f"{day} 12:00", "outage.recorded", outage=f"O{day}", start=start, end=end)


def rights(*days: str, until: str) -> Judged:
    return judged(*(bad(day) for day in days), terms="jbi-support", until=until, term=TERM, fee=FEE)


def test_the_right_arises_when_the_third_bad_month_ends_with_the_refund_of_the_days_left() -> None:
    case = rights("01-10", "03-10", "05-10", until="07-01 00:00")

    found = [row for row in case.findings if row.kind == "termination_right"]

    assert [row.at for row in found] == [ny("06-01 00:00")]
    assert found[0].data == {"months": ["2026-01", "2026-03", "2026-05"], "refund": "21400.00"}
    assert case.judgement.credits == []


def test_two_bad_months_give_no_right() -> None:
    case = rights("01-10", "03-10", until="07-01 00:00")

    assert [row for row in case.findings if row.kind == "termination_right"] == []


@pytest.mark.parametrize("prepaid", ["1e5", "NaN", "-5.00", "0.005", ""])
@pytest.mark.parametrize("header", [{}, {"fee": FEE}])
def test_a_prepaid_amount_that_cannot_be_is_a_bad_header(prepaid: str, header: dict[str, Any]) -> None:
    with pytest.raises(BadLine) as refused:
        judged(bad("01-10"), terms="jbi-support", term={**TERM, "prepaid": prepaid}, **header)

    assert (refused.value.line, refused.value.field) == (1, "term")
