"""What comes with the template costs nothing, whatever a student has made of it; a sentence says so."""

from tests.conftest import grade_source
from tests.table import table

NOT_CALLED = "so the template's was used."


def changed(source: str, old: str, new: str) -> str:
    assert source.count(old) == 1, old
    return source.replace(old, new)


@table(
    ("old", "new", "says"),
    [
        # The constructor of another year.
        (
            "        data=None,\n",
            "",
            "yours raises TypeError (`NN.__init__() got an unexpected keyword argument",
        ),
        # One that cannot be called at all.
        ("        self.lr = lr\n", "        self.lr = missing\n", "yours raises NameError"),
        # One that leaves something out.
        ("        self.lr = lr\n", "", "yours does not set `lr`"),
        ("        self.activation_str = activation\n", "", "yours does not set `activation_str`"),
    ],
)
def test_a_changed_constructor_costs_a_sentence(reference_source, old, new, says):
    source = changed(reference_source, old, new)
    if "data=None" in old:
        source = changed(source, "random_data() if data is None else data", "random_data()")
    report = grade_source(source.encode())
    assert [outcome.reason for outcome in report.outcomes if not outcome.passed] == []
    assert report.points == report.max_points
    notes = [note for note in report.notes if note.endswith(NOT_CALLED)]
    assert len(notes) == 1, report.notes
    assert says in notes[0]


def test_a_changed_evaluation_costs_a_sentence(reference_source):
    source = changed(reference_source, "np.argmax(y, axis=1)", "np.argmax(y, axis=5)")
    report = grade_source(source.encode())
    assert report.points == report.max_points
    reasons = {outcome.reason for outcome in report.outcomes if outcome.reason}
    assert reasons == {
        "`train_loop` is right in itself; it fails only because you changed `compute_loss_and_accuracy`, "
        "which is given."
    }


def test_the_constructor_is_the_students_where_it_works(reference_source):
    """Attributes of its own that graded functions rely on are there."""
    source = changed(reference_source, "        self.lr = lr\n", "        self.lr, self.rate = None, lr\n")
    source = changed(source, "self.lr * grads", "self.rate * grads")
    report = grade_source(source.encode())
    assert report.points == report.max_points
    assert report.notes == ()


def test_a_function_that_raises_is_not_taken_for_the_constructor(reference_source):
    source = changed(reference_source, "t = np.tanh(x)", "t = np.tanh(x) * self.nobody")
    report = grade_source(source.encode())
    assert {outcome.check.shown for outcome in report.outcomes if not outcome.passed} == {"tanh"}
    assert report.notes == ()


def test_a_constructor_that_calls_a_blank_is_not_called_wrong(reference_source):
    """What is not written yet is said, and nothing else."""
    calling = changed(
        reference_source, "        self.lr = lr\n", "        self.lr = lr\n        self.loss(0, 0)\n"
    )
    blank = 'raise NotImplementedError("loss: see the handout, 1.5")'
    source = changed(calling, "clipped = np.clip", f"{blank}\n        clipped = np.clip")
    report = grade_source(source.encode())
    assert "`NN` needs `loss`, which is not written yet." in {outcome.reason for outcome in report.outcomes}
    assert report.notes == ()
