"""What Gradescope says about a submission: shown to the staff, and never relied on."""

from autograder.gradescope.container import attempt
from tests.table import table


@table(
    ("metadata", "says"),
    [
        ('{"id": 12, "previous_submissions": [{"score": "0.0"}]}', "submission 12, attempt 2"),
        ('{"id": 12}', "submission 12, attempt 1"),
        ('{"previous_submissions": 3}', "submission without a number, attempt 1"),
        ("{}", "submission without a number, attempt 1"),
        ("[]", "submission without a number, attempt 1"),
        ("[" * 100_000, "submission without a number, attempt 1"),
        ("\xff", "submission without a number, attempt 1"),
        (None, "submission without a number, attempt 1"),
    ],
)
def test_whatever_the_metadata_are_grading_goes_on(metadata, says, tmp_path):
    file = tmp_path / "submission_metadata.json"
    if metadata is not None:
        file.write_bytes(metadata.encode("latin-1"))
    assert attempt(file) == says
