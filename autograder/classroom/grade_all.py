"""Grade many submissions, each once: what a folder holds already, by the same grader, is kept.

Every result is written as soon as it is there, so that work that is interrupted goes on where
it stopped.
"""

import concurrent.futures
import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograder.classroom.exports.reader import Submitted
from autograder.classroom.fingerprint import grader
from autograder.classroom.grades_folder import results_folder
from autograder.classroom.task import CannotIsolate, Task, carry_out, fault, unreadable
from autograder.common import cluster
from autograder.common.errors import UserError
from autograder.gradescope.results import Results, read, write
from autograder.intake.stored import CannotRead
from autograder.intake.submission import Submission
from autograder.parallel.pool import process_pool

SETUP = "./setup.sh --class --cluster"
# How often it is looked whether a cluster has workers, and how long it may have none.
LOOK_SECONDS, ALONE_SECONDS = 5.0, 60.0
Submit = Callable[[Task], "concurrent.futures.Future[Results]"]


@dataclasses.dataclass(frozen=True)
class GradingOptions:
    """Where results are kept, and with what they are made.

    jobs: processes at a time, one per core if None.  cluster: the address of a Dask
    scheduler, instead of the cores of this machine.  strict: see grading.grade.
    """

    grades: Path
    jobs: int | None = None
    cluster: str | None = None
    strict: bool = False

    @property
    def results(self) -> Path:
        """Return the folder with one file per submission."""
        return results_folder(self.grades)


def grade_all(submitted: Sequence[Submitted], options: GradingOptions) -> Iterator[Results]:
    """Grade a class; yield every result, kept ones first, the others in the order they are done.

    Raises UserError where the folder holds another class, or where nothing can be graded.
    """
    _refuse_another_class(submitted, options.results)
    try:
        options.results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"the folder {options.results} cannot be created: {error.strerror}.") from None
    return _all(submitted, options)


def _all(submitted: Sequence[Submitted], options: GradingOptions) -> Iterator[Results]:
    waiting: list[tuple[Submitted, Submission | None]] = []
    for one in submitted:
        try:
            submission = one.take()
        except CannotRead as error:
            yield _keep(one, unreadable(str(error)), options.results)
            continue
        kept = _kept(one, submission, options.results)
        if kept is None:
            waiting.append((one, submission))
        else:
            yield kept
    if waiting:
        yield from _graded(waiting, options)


def _graded(waiting: list[tuple[Submitted, Submission | None]], options: GradingOptions) -> Iterator[Results]:
    with _machines(options) as (submit, have_workers):
        futures = {submit(Task(one[1], options.strict)): one for one in waiting}
        spoiled = []
        for future in _as_completed(futures, have_workers, options):
            submitted, submission = futures[future]
            graded = _keep(submitted, _graded_by(future), options.results)
            if graded.about.status == "grader fault":
                spoiled.append((submitted, submission))
            else:
                yield graded
        # Perhaps the machine was too busy.  Once more, one at a time: what fails again is no accident.
        for submitted, submission in spoiled:
            again = submit(Task(submission, options.strict))
            for future in _as_completed([again], have_workers, options):
                yield _keep(submitted, _graded_by(future), options.results)


def _as_completed(
    futures: "Iterable[concurrent.futures.Future[Results]]",
    have_workers: Callable[[], bool],
    options: GradingOptions,
) -> "Iterator[concurrent.futures.Future[Results]]":
    """Yield what is done; raises UserError once nobody has been there to work for a while."""
    waiting, seen = set(futures), time.monotonic()
    while waiting:
        done, waiting = concurrent.futures.wait(
            waiting, timeout=LOOK_SECONDS, return_when=concurrent.futures.FIRST_COMPLETED
        )
        yield from done
        if done or have_workers():
            seen = time.monotonic()
        elif time.monotonic() - seen > ALONE_SECONDS:
            raise UserError(
                f"--cluster {options.cluster}: there has been no worker for {ALONE_SECONDS:g} seconds; start "
                f"one on each machine with `{SETUP} dask worker ADDRESS`. What is graded is kept; run the "
                "same command again to continue."
            )


def _graded_by(future: "concurrent.futures.Future[Results]") -> Results:
    """Wait for a result; a process that died is a fault of the grader, in this one submission."""
    try:
        return future.result()
    except CannotIsolate as error:
        raise UserError(f"nothing more was graded: {error}.") from None
    except concurrent.futures.CancelledError:
        raise UserError(
            "the cluster lost what was to be graded; is its scheduler running?  What is graded is kept, "
            "and the same command goes on."
        ) from None
    except Exception as error:
        return fault(f"{type(error).__name__}: {error}")


@contextmanager
def _machines(options: GradingOptions) -> Iterator[tuple[Submit, Callable[[], bool]]]:
    """Return what grades a task, here or on a cluster, and what tells whether any worker is there."""
    if options.cluster is None:
        with process_pool(options.jobs) as pool:
            yield lambda task: pool.schedule(carry_out, [task]), lambda: True
        return
    with cluster.connect(options.cluster, SETUP) as client:
        _require_this_kit(options.cluster, cluster.ask_workers(client, grader, options.cluster, SETUP))
        executor = client.get_executor(pure=False)
        yield lambda task: executor.submit(carry_out, task), lambda: cluster.has_workers(client)


def _require_this_kit(address: str, kits: set[str]) -> None:
    if kits != {grader()}:
        what = "a worker has a different kit" if kits else "it has no workers"
        raise UserError(f"--cluster {address}: {what}; give each machine the same files, seed and packages.")


def _kept(one: Submitted, submission: Submission | None, results: Path) -> Results | None:
    """Return the stored result of these bytes by this grader, unless the grader failed on them."""
    with contextlib.suppress(UserError):
        known = read(results / f"{one.handin.key}.json")
        same = (
            known.about.submission_sha256 == (submission.sha256 if submission else "")
            and known.about.grader_sha256 == grader()
            and known.about.status != "grader fault"
        )
        if same and known.handin == one.handin:
            return known
    return None


def _keep(one: Submitted, graded: Results, folder: Path) -> Results:
    """Write a result down, with who handed in, and return it as it was written."""
    kept = graded.with_about(handin=one.handin)
    try:
        write(kept, folder / f"{one.handin.key}.json")
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written: {error.strerror}; what is graded so far is kept; run the same "
            "command again to continue."
        ) from None
    return kept


def _refuse_another_class(submitted: Sequence[Submitted], results: Path) -> None:
    ours = {one.handin.key for one in submitted}
    others = sorted(file.stem for file in results.glob("*.json") if file.stem not in ours)
    if others:
        raise UserError(
            f"{results.parent.parent} holds grades of people who are not in this class "
            f"({len(others)}), such as {others[0]}; name another folder with --out."
        )
