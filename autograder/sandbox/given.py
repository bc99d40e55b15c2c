"""Use the template's version of what is given, where a student has changed it.

The constructor comes with the template and is worth no points.  Where somebody has changed it so
that nothing works any more, the state that the template's would have made is used instead, and
one sentence says so; the functions that are graded keep their points.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from autograder.common import sanitize
from autograder.sandbox.errors import Raised, WorkerLost
from autograder.sandbox.protocol import messages

# The attributes that the template's constructor makes for a class from these keywords.
GivenState = Callable[[str, dict[str, Any]], dict[str, Any]]
Requests = list[tuple[messages.Message, str]]

LACKS = re.compile(r"object has no attribute '(\w+)'")


class Given:
    """What of the given constructors has to be used so far, and the sentences that say so.

    state_of: where no state is known, nothing is ever put in the place of anything.
    """

    def __init__(self, state_of: GivenState | None) -> None:
        self._state_of = state_of
        self._replaced: set[str] = set()  # classes whose constructor is not called
        self._left_out: dict[str, set[str]] = {}  # attributes that a constructor does not set
        self.notes: list[str] = []

    def complete(self, construct: messages.Construct) -> messages.Construct:
        """Return the request with what has turned out to be missing."""
        left_out = self._left_out.get(construct.owner)
        if self._state_of is None or not (left_out or construct.owner in self._replaced):
            return construct
        state = self._state_of(construct.owner, construct.keywords)
        return msgspec.structs.replace(
            construct,
            state=state if construct.owner in self._replaced else None,
            missing={name: state[name] for name in left_out or ()},
        )

    def repair(self, requests: Requests, error: Raised) -> Requests | None:
        """Return requests that avoid what raised, if a constructor is to blame; else None."""
        return self._with_given(requests, lambda construct: self._is_to_blame(construct, error))

    def repair_lost(self, requests: Requests, lost: WorkerLost) -> Requests | None:
        """Return requests that avoid a constructor in which the worker was lost; None if that was tried."""
        return self._with_given(
            requests, lambda construct: self._replace(construct.owner, f"yours {sanitize.clean(lost.what)}")
        )

    def _with_given(
        self, requests: Requests, is_to_blame: Callable[[messages.Construct], bool]
    ) -> Requests | None:
        index = next(
            (at for at, (one, _) in enumerate(requests) if isinstance(one, messages.Construct)), None
        )
        if self._state_of is None or index is None:
            return None
        construct, called = requests[index]
        assert isinstance(construct, messages.Construct)
        if not construct.owner or not is_to_blame(construct):
            return None
        return [*requests[:index], (self.complete(construct), called), *requests[index + 1 :]]

    def _is_to_blame(self, construct: messages.Construct, error: Raised) -> bool:
        """Tell whether the constructor raised, or left out what the template's sets; keep that in mind."""
        if error.stand_in_refused:  # by a blank that the constructor calls: not the constructor's fault
            return False
        owner = construct.owner
        said = f" ({sanitize.code(error.text)})" if error.text else ""
        if error.function == owner and self._replace(owner, f"yours raises {error.kind}{said}"):
            return True
        lacking = LACKS.search(error.text) if error.kind == "AttributeError" else None
        left_out = self._left_out.setdefault(owner, set())
        if lacking is None or lacking[1] in left_out or self._state_of is None:
            return False
        if lacking[1] not in self._state_of(owner, construct.keywords):
            return False
        left_out.add(lacking[1])
        self._note(f"yours does not set {sanitize.code(lacking[1])}", owner)
        return True

    def _replace(self, owner: str, why: str) -> bool:
        """Have the constructor of a class never called again; False if that is so already."""
        if owner in self._replaced:
            return False
        self._replaced.add(owner)
        self._note(why, owner)
        return True

    def _note(self, what: str, owner: str) -> None:
        self.notes.append(
            f"The constructor of `{owner}` comes with the template; {what}, so the template's was used."
        )
