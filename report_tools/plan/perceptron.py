"""The settings of runs of the student's own perceptron."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from report_tools.plan.settings import ELSEWHERE, Count, CountOrZero, Engine, RunSettings, Student

Point = tuple[float, float]


class Perceptron(RunSettings, frozen=True, tag="perceptron", kw_only=True):
    """A training of the student's BinaryPerceptron on two clouds of points in the plane.

    centres: of the points with label 0 and of those with label 1.  n_points: of each label.
    start: the two weights before the first step; the bias is 0.
    seed: of the points and of their order.
    """

    engine: ClassVar[Engine] = Engine(
        "student.perceptron:train",
        ("student.perceptron",),
        student=Student("perceptron", "BinaryPerceptron"),
        uses_images=False,
    )

    centres: Annotated[tuple[Point, Point], ELSEWHERE]
    n_points: Annotated[Count, ELSEWHERE]
    start: Annotated[Point, ELSEWHERE]
    batch_size: Annotated[CountOrZero, ELSEWHERE] = 1

    def multiplications(self, image_shape: tuple[int, ...], n_classes: int) -> int:
        """Count the multiplications for one point: next to nothing, however many images there are."""
        return len(self.start)

    @classmethod
    def network(cls, shared: Mapping[str, Any]) -> str:
        """Name the perceptron and its points, as far as all runs share them."""
        words = ["Perceptron with two inputs"]
        if "start" in shared:
            words.append(f"start {_point(shared['start'])}")
        if "centres" in shared and "n_points" in shared:
            centres = " and ".join(_point(centre) for centre in shared["centres"])
            words.append(f"{shared['n_points']} points each around {centres}, of variance 1")
        return ", ".join(words)


def _point(point: list[float]) -> str:
    return f"({', '.join(f'{value:g}'.replace('-', '−') for value in point)})"
