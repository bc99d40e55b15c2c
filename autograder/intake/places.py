"""Name the place of a line: in a plain file by its number, in a notebook by its cell."""

import bisect
import dataclasses
from collections.abc import Iterator


@dataclasses.dataclass(frozen=True)
class Places:
    """The places at which the lines of a program stand in the file that was handed in.

    cells: for each cell of a notebook with code, the line of the program that it begins at, and its
    number; none for a plain file.  All cells count, text cells too, from 1 at the top: the numbers that
    Jupyter shows beside a cell tell when it was run, and change each time.
    """

    cells: tuple[tuple[int, int], ...] = ()

    def of(self, line: int) -> str:
        """Return "line 12", or "cell 4, line 2" in a notebook."""
        begun = bisect.bisect_right(self.cells, line, key=lambda cell: cell[0])
        if begun == 0:
            return f"line {line}"
        first, number = self.cells[begun - 1]
        return f"cell {number}, line {line - first + 1}"

    def pieces(self, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield what is a program in itself, each cell or the whole file, with the line that it begins at."""
        firsts = [first for first, _ in self.cells] or [1]
        for first, end in zip(firsts, [*firsts[1:], len(lines) + 1], strict=True):
            yield first, lines[first - 1 : end - 1]


PLAIN_FILE = Places()
