"""The days of an assignment: when they end, who is late by how much, on every machine alike."""

import datetime

import pytest

from autograder.assignment import dates
from autograder.assignment.dates import Dates
from autograder.common.errors import UserError
from tests.table import table


def the_dates(**other):
    days = {
        name: datetime.date(2027, 3, day) for name, day in (("released", 1), ("due", 12), ("late_due", 15))
    }
    return Dates(**{**days, "timezone": "America/Montreal", **other})


def at(day, hour, minute=0, second=0):
    return datetime.datetime(2027, 3, day, hour, minute, second)


@table(
    ("hour", "time", "days_late"),
    [
        (None, at(12, 23, 59, 59), 0),
        (None, at(13, 0), 1),
        (None, at(13, 23, 59), 1),
        (None, at(14, 23, 59), 2),  # the clocks went forward that morning: a day all the same
        (None, at(15, 0), 3),
        (datetime.time(18), at(12, 18, 0, 59), 0),  # the minute that is named is in time
        (datetime.time(18), at(12, 18, 1), 1),
        (datetime.time(18), at(13, 18, 1), 2),
    ],
)
def test_every_day_begun_counts(hour, time, days_late):
    assert the_dates(hour=hour).days_late(time) == days_late


def test_nothing_is_accepted_after_the_last_day():
    days = the_dates(hour=datetime.time(18))
    assert days.is_accepted(at(15, 18, 0, 30))
    assert not days.is_accepted(at(15, 18, 1))


@table(
    ("zone", "says"),
    [
        ("America/Montreel", "did you mean America/Montreal?"),
        ("EST5EDT-ish", "there is no time zone"),
        ("", "no time zone"),
    ],
)
def test_a_zone_that_there_is_not_is_one_sentence(zone, says):
    with pytest.raises(UserError) as error:
        dates.check(the_dates(timezone=zone), "assignment.toml")
    assert says in str(error.value)
    assert str(error.value).startswith("assignment.toml: ")


def test_a_container_that_knows_no_zones_grades_all_the_same(monkeypatch):
    monkeypatch.setattr(dates.zoneinfo, "available_timezones", set)
    dates.check(the_dates(timezone="America/Montreal"), "assignment.toml")


def test_an_hour_and_a_zone_can_be_written_as_the_file_says():
    from autograder.assignment import config

    text = config.TOML_PATH.read_text(encoding="utf-8").replace("# hour = ", "hour = ")
    assert config.parse(text).dates.hour is not None
