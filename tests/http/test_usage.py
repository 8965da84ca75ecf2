"""Per cent of an allowance, as the Graph API tells it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from socialdesk.core.budget import NO_LIMITS, ServerLimits
from socialdesk.http import usage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUARTER = NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("percent", "limits"),
    [
        (74, NO_LIMITS),
        (75, ServerLimits(rest=QUARTER)),
        (94, ServerLimits(rest=QUARTER)),
        (95, ServerLimits(remaining=0, reset=QUARTER, rest=QUARTER)),
    ],
)
@pytest.mark.parametrize("share", ["call_count", "total_time", "total_cputime"])
def test_columns_rest_first_then_all_reads(percent: int, limits: ServerLimits, share: str) -> None:
    use = {"call_count": 1, "total_time": 1, "total_cputime": 1, share: percent}
    assert usage.of_app({usage.APP: json.dumps(use)}, NOW) == limits
    assert usage.of_account({usage.PAGE: json.dumps(use)}, NOW) == limits
    assert usage.of_account({usage.BUSINESS: json.dumps({"1": [use]})}, NOW) == limits
    assert usage.of_account({usage.APP: json.dumps(use)}, NOW) == NO_LIMITS


def test_the_minutes_that_are_named_count_but_a_day_is_enough() -> None:
    for minutes, wait in ((42, timedelta(minutes=42)), (10**6, timedelta(days=1))):
        headers = {usage.BUSINESS: json.dumps({"1": [{"estimated_time_to_regain_access": minutes}], "2": []})}
        assert usage.regained_in(headers) == wait
        assert usage.of_account(headers, NOW).reset == NOW + wait
    assert usage.regained_in({}) is None


@pytest.mark.parametrize("said", ["", "[]", "7", "{", '{"1": 7}', '{"1": [null, "x"]}', '{"call_count": "many"}'])
def test_what_makes_no_sense_limits_nothing(said: str) -> None:
    headers = dict.fromkeys(usage.HEADERS, said)
    assert usage.of_account(headers, NOW) == usage.of_app(headers, NOW) == NO_LIMITS
