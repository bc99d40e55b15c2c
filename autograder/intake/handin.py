"""Say who handed in which file, and when."""

import datetime

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who handed in; what an export does not tell is empty."""

    name: str
    id: str = ""
    email: str = ""


class Handin(msgspec.Struct, frozen=True, kw_only=True, rename={"file_name": "file"}):
    """One file that somebody, or a group, handed in.

    key: unique in the class, and fit to be the name of a file.
    submitted: by the clocks of the course.
    late: as the platform says, or as the time says.
    days_late: the days begun since the last one that was in time; None where no time is told.
    return_to: how the name of a page must begin, so that the platform knows whose it is.
    """

    key: str
    people: tuple[Person, ...]
    file_name: str = ""
    submitted: datetime.datetime | None = None
    late: bool = False
    days_late: int | None = None
    return_to: str = ""

    @property
    def lateness(self) -> str:
        """Say whether, and by how much, this is late; nothing if it is not."""
        if self.days_late:
            return f"{self.days_late} day{'' if self.days_late == 1 else 's'} late"
        return "late" if self.late else ""

    @property
    def names(self) -> str:
        """Return everybody's name, as one does in a table."""
        return ", ".join(person.name or person.id for person in self.people) or self.key


# What is graded by itself, and not with a class.
NOBODY = Handin(key="", people=())
