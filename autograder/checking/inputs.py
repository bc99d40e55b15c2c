"""Say which inputs a check meets: some written beside it, some drawn from the term's seed.

    @example(x=VECTOR)
    @given(x=arrays(REALS))
    def test_values(student, expect, x): ...

`given` and `example` are Hypothesis' own, and remember besides what they were given.  The grader
draws in its own way, because of what must hold for a grade: the same seed gives the same inputs,
whatever else is imported and in whatever order checks run, and every check has inputs of its own.
"""

import dataclasses
import random
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.strategies import SearchStrategy

COUNT = 5  # drawn inputs of one check
TRIES = 100  # a strategy may reject some of the bytes it is offered, but not so many
BYTES = 1024  # more than any input of a check needs

Check = TypeVar("Check", bound=Callable[..., Any])
Inputs = dict[str, Any]


def given(**strategies: SearchStrategy[Any]) -> Callable[[Check], Check]:
    """Have a check meet inputs drawn from these strategies, by keyword."""

    def decorate(check: Check) -> Check:
        tested: Any = hypothesis.given(**strategies)(check)
        tested.strategies = strategies
        tested.undrawn = check  # the check itself, for whoever has inputs already
        return tested  # type: ignore[no-any-return]

    return decorate


def example(**inputs: Any) -> Callable[[Check], Check]:
    """Have a check meet this input before all that is drawn; the topmost example comes first."""

    def decorate(check: Check) -> Check:
        tested: Any = hypothesis.example(**inputs)(check)
        tested.examples = [inputs, *getattr(check, "examples", ())]
        return tested  # type: ignore[no-any-return]

    return decorate


class TooPicky(Exception):
    """A strategy that rejects nearly everything it is offered: a fault of the check."""


@dataclasses.dataclass(frozen=True)
class Draws:
    """A check's share of the term's randomness: the strategies, and the seed they draw from."""

    strategies: Mapping[str, SearchStrategy[Any]]
    seed: str

    def all(self) -> list[Inputs]:
        """Draw every input."""
        drawn: list[Inputs] = []
        self._meet(lambda **inputs: drawn.append(inputs))
        return drawn

    def shrink(self, check: Callable[..., Any]) -> None:
        """Call the check with the same inputs; raise what it raises on the smallest one that fails.

        If none of them fails now, nothing is raised.
        """
        self._meet(check)

    def _meet(self, check: Callable[..., Any]) -> None:
        """Call the check with COUNT inputs; where one fails, have Hypothesis make it smaller.

        Inputs are read from bytes, which Hypothesis offers to fuzzers: they depend on these bytes
        alone, where its own generator also looks at the constants of all modules that are imported.
        """
        met = 0

        @settings(
            # Where the bytes that failed are kept, for the replay that makes them smaller.
            database=InMemoryExampleDatabase(),
            phases=(Phase.reuse, Phase.shrink),
            deadline=None,  # no verdict may depend on the speed of the machine
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        @hypothesis.given(**self.strategies)
        def test(**inputs: Any) -> None:
            nonlocal met
            met += 1
            check(**inputs)

        offer: Callable[[bytes], Any] = test.hypothesis.fuzz_one_input  # type: ignore[attr-defined]
        source = random.Random(self.seed)
        for _ in range(TRIES):
            if met == COUNT:
                return
            try:
                offer(source.randbytes(BYTES))
            except Exception:
                test()
                raise
        raise TooPicky(f"{TRIES} draws gave {met} inputs for {', '.join(self.strategies)}")
