"""The days and hours of an assignment, in the time zone of its course: late means the same everywhere."""

import datetime
import difflib
import zoneinfo

import msgspec

from autograder.common.errors import UserError

UTC = "UTC"
A_MINUTE, A_DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The days a student must know.

    timezone: where the course is, in the words of the IANA, such as "America/Montreal".
    hour: when the days `due` and `late_due` end; None: at midnight.
    """

    released: datetime.date
    due: datetime.date
    late_due: datetime.date
    timezone: str = UTC
    hour: datetime.time | None = None

    @property
    def zone(self) -> datetime.tzinfo:
        """Return the time zone; raises UserError where this machine knows none of that name."""
        if self.timezone == UTC:
            return datetime.timezone.utc
        try:
            return zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise UserError(
                f"the time zone {self.timezone} of assignment.toml is not known on this machine; "
                "install the package tzdata, or correct the name."
            ) from None

    @property
    def until(self) -> str:
        """Return the hour as people write it, such as "18:00"."""
        return f"{self.hour:%H:%M}" if self.hour else "23:59"

    def in_zone(self, time: datetime.datetime) -> datetime.datetime:
        """Return a time as clocks show it where the course is; one without a zone is local already."""
        return time.astimezone(self.zone) if time.tzinfo else time.replace(tzinfo=self.zone)

    def days_late(self, time: datetime.datetime) -> int:
        """Count the days begun after the end of `due`; 0: in time.

        Clocks of the course count, also in a night in which they change.
        """
        after = self._clock(time) - self._end_of(self.due)
        return max(0, after // A_DAY + 1)

    def is_accepted(self, time: datetime.datetime, more_days: int = 0) -> bool:
        """Tell whether a time is before the end of `late_due`, for somebody who has more days than others."""
        return self._clock(time) < self._end_of(self.late_due) + more_days * A_DAY

    def _clock(self, time: datetime.datetime) -> datetime.datetime:
        return self.in_zone(time).replace(tzinfo=None)

    def _end_of(self, day: datetime.date) -> datetime.datetime:
        """Return the first moment that is late; the minute of the hour itself is still in time."""
        if self.hour is None:
            return datetime.datetime.combine(day, datetime.time()) + A_DAY
        return datetime.datetime.combine(day, self.hour.replace(second=0, microsecond=0)) + A_MINUTE


def check(dates: Dates, source: str) -> None:
    """Raise UserError, which names `source`, for days out of order or an unknown time zone."""
    if not dates.released <= dates.due <= dates.late_due:
        raise UserError(f"{source}: the dates must be in the order released, due, late_due.")
    if dates.hour is not None and dates.hour.tzinfo:
        raise UserError(
            f"{source}: the hour must not name a time zone; timezone already says which one counts."
        )
    known = zoneinfo.available_timezones()
    # A container of Gradescope may know no zone at all; it needs none to grade.
    if known and dates.timezone not in known and dates.timezone != UTC:
        close = difflib.get_close_matches(dates.timezone, known, n=1)
        hint = f"did you mean {close[0]}?" if close else 'write one such as "America/Montreal".'
        raise UserError(f"{source}: there is no time zone {dates.timezone!r} in [dates]; {hint}")
