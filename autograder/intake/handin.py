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
    """

    key: str
    people: tuple[Person, ...]
    file_name: str = ""
    submitted: datetime.datetime | None = None
    late: bool = False

    @property
    def names(self) -> str:
        """Return everybody's name, as one does in a table."""
        return ", ".join(person.name or person.id for person in self.people) or self.key


# What is graded by itself, and not with a class.
NOBODY = Handin(key="", people=())
