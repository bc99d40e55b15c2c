"""Read the numbers of a gradient check from its stored run."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from report_tools.draw.recipe_results import LabelledRun

Array = NDArray[Any]
FLOOR = 1e-17  # a difference of exactly zero has no place on a logarithmic axis


def numeric(labelled: LabelledRun) -> tuple[Array, Array, dict[str, Any]]:
    """Return N (K,), the finite differences (K, p) and the facts of the run, with the gradient (p,)."""
    facts = labelled.run.facts
    n = np.array(labelled.settings["n_values"], dtype=float)
    return n, (np.array(facts["loss_plus"]) - np.array(facts["loss_minus"])) / (2 / n[:, None]), facts


def signed(labelled: LabelledRun) -> tuple[Array, Array, dict[str, Any]]:
    """Return N (K,), the finite differences minus the gradient (K, p) and the facts of the run."""
    n, estimates, facts = numeric(labelled)
    return n, estimates - np.array(facts["gradient"]), facts
