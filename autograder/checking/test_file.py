"""Look at the file itself.  These checks are worth no points: they explain those that are."""

from gradescope_utils.autograder_utils.decorators import tags, weight


@weight(0)
@tags("file")
def test_importing_runs_nothing(student, expect):
    """Importing your file only defines things (R25)

    What runs at the top level is passed over where it fails; the rest is graded.
    """
    loaded = student.load()
    if student.import_stopped is not None:
        expect.fail(
            f"Importing your file stopped at {student.stopped_at}: {student.import_stopped.sentence} "
            f"From {student.stopped_at} on, only its definitions were read and graded; nothing else was run.",
            'Put what trains, plots or reads data under `if __name__ == "__main__":`.',
        )
    expect.true(
        not loaded.failures,
        f"Importing your file failed in {'; '.join(loaded.failures[:3])}. "
        "Whatever it defines was graded all the same.",
        'Put what trains, plots or reads data under `if __name__ == "__main__":`.',
    )


@weight(0)
@tags("file")
def test_numpy_only(student, expect):
    """Your file imports only NumPy and the standard library (R24)

    An import that no graded function uses costs nothing.
    """
    absent = ", ".join(f"`{name}`" for name in student.load().absent)
    expect.true(
        not absent,
        f"Your file imports packages that are not available during grading: {absent}. "
        "This costs nothing unless a graded function uses them.",
    )
