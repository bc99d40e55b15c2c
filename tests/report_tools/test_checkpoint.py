"""An interrupted run goes on where it was, to the last digit of what it would have been."""

import msgspec
import numpy as np
import pytest

from report_tools.train import checkpoint, execute, one_run
from report_tools.train.store import Store

from .conftest import TINY, TINY_CNN

# A network that depends on everything a student may keep: attributes, the common generators and its
# own ones, what stands in the class and in the file.
RESTLESS = """
    kept_in_the_class = {}
    velocity = None

    def update(self, grads):
        global STEPS
        STEPS += 1
        old = self.velocity or {k: 0 for k in self.weights}
        self.velocity = {k: 0.9 * old[k] + grads[f"d{k}"] for k in self.weights}
        self.step = self.tanh
        self.kept_in_the_class[STEPS % 3] = float(np.random.rand())
        noise = OWN.normal() + np.random.normal() + self.step(np.array(STEPS))
        noise += sum(self.kept_in_the_class.values())
        super().update({f"d{k}": v + 1e-3 * noise for k, v in self.velocity.items()})


OWN, STEPS = np.random.default_rng(3), 0
"""
CASES = {
    "mlp": ("initialization", "initialization=glorot", "lr=0.1"),
    "each iteration": ("initialization", "initialization=normal", "lr=0.1", "log=iteration", "batch_size=16"),
    "gradient check": ("gradient-check", "n_values=[10, 100]"),
}
TORCH = {
    "momentum, dropout, noise": ("regularization", "momentum=0.9", "dropout=0.5", "noise=0.3", "patience=0"),
    "adam, plateau": ("regularization", "optimizer=adam", "momentum=0", "batch_norm=true",
                      'schedule={type="plateau", patience=1}', "plain.noise=0.1"),
    "augmented": ("cnn", 'augment=[{type="crop", padding=2}, {type="flip"}]', "hidden_dims=[4]",
                  'schedule={type="exponential", factor=0.5}'),
}  # fmt: skip


class Interrupter:
    """Interrupts when numbers are stored for the n-th time, before they are."""

    def __init__(self, monkeypatch, n):
        self.left, write = n, Store.write

        def count(store, run):
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt
            write(store, run)

        monkeypatch.setattr(Store, "write", count)


def interrupted_and_not(jobs, after, folder):
    """Do the first job twice, whole and in two parts; return both runs, and the seconds of the first part."""
    job = jobs[0]
    whole = one_run.perform(job)
    for path in folder.glob("runs/*"):
        path.unlink()
    with pytest.MonkeyPatch.context() as patch:
        Interrupter(patch, after)
        with pytest.raises(KeyboardInterrupt):
            one_run.perform(job)
    first_part = checkpoint.Checkpoint(Store(folder / "runs").checkpoint_path(job.key)).run()
    assert execute.plan_in_words(Store(folder / "runs"), [job]) == f"1 run, 1 continuing after epoch {after}"
    np.random.seed(99)  # whatever else happens in between
    (rest,) = execute.perform_all([job], n_jobs=1)
    assert execute.plan_in_words(Store(folder / "runs"), [job]) == "1 run, 1 already done"
    return whole, rest, first_part.seconds


@pytest.mark.parametrize("after", [1, 3])
@pytest.mark.parametrize("case", CASES)
def test_numpy_goes_on_to_the_last_digit(make_jobs, write_solution, tmp_path, case, after):
    name, *changes = CASES[case]
    jobs, _ = make_jobs(name, *TINY, "epochs=4", *changes, solution=write_solution(RESTLESS))
    whole, rest, seconds = interrupted_and_not(jobs, after, tmp_path)
    assert (whole.series, whole.facts) == (rest.series, rest.facts)
    assert len(seconds) == after
    assert rest.seconds[:after] == seconds  # these epochs were not done again
    assert (rest.status, len(rest.seconds)) == ("complete", 4)
    assert not list(tmp_path.glob("runs/*.checkpoint"))


@pytest.mark.parametrize("case", TORCH)
def test_pytorch_goes_on_to_the_last_digit(make_jobs, tmp_path, case):
    torch = pytest.importorskip("torch", reason="needs ./setup.sh --report")
    torch.set_num_threads(1)
    name, *changes = TORCH[case]
    jobs, _ = make_jobs(name, *TINY_CNN, "epochs=4", "cnn.lr=0.05", *changes)
    whole, rest, seconds = interrupted_and_not(jobs, 2, tmp_path)
    assert (whole.series, whole.start) == (rest.series, rest.start)
    assert rest.seconds[:2] == seconds
    assert (rest.status, len(rest.seconds)) == ("complete", 4)


def test_early_stopping_remembers(make_jobs, tmp_path):
    torch = pytest.importorskip("torch", reason="needs ./setup.sh --report")
    torch.set_num_threads(1)
    jobs, _ = make_jobs("cnn", *TINY_CNN, "epochs=9", "cnn.lr=1e-30", "patience=2", "hidden_dims=[4]")
    for after in (2, 3):  # the epoch before it stops, and the one after which it does
        whole, rest, _ = interrupted_and_not(jobs, after, tmp_path)
        assert len(whole.seconds) == len(rest.seconds) == 3
        assert rest.facts["best_epoch"] == 1


@pytest.mark.parametrize(
    "attribute",
    [
        "lambda: 0",
        "(self.weights['W1'], self.weights['W1'].T)",  # would come back as two arrays
        "np.zeros((4, 4))[:, ::2]",  # would come back without its gaps
    ],
)
def test_what_would_not_come_back_as_it_was_begins_anew(make_jobs, write_solution, tmp_path, attribute):
    body = f"    def update(self, grads):\n        super().update(grads)\n        self.mine = {attribute}\n"
    jobs, _ = make_jobs("initialization", *TINY, "initialization=glorot", solution=write_solution(body))
    whole = one_run.perform(jobs[0])
    for path in tmp_path.glob("runs/*"):
        path.unlink()
    with pytest.MonkeyPatch.context() as patch:
        Interrupter(patch, 2)
        with pytest.raises(KeyboardInterrupt):
            one_run.perform(jobs[0])
    assert not list(tmp_path.glob("runs/*.checkpoint"))
    (again,) = execute.perform_all(jobs[:1], n_jobs=1)
    assert (again.series, again.status) == (whole.series, "complete")


def test_attributes_in_slots_are_not_overlooked(make_jobs, write_solution, tmp_path):
    body = "    __slots__ = ('mine',)\n"
    jobs, _ = make_jobs("initialization", *TINY, "initialization=glorot", solution=write_solution(body))
    with pytest.MonkeyPatch.context() as patch:
        Interrupter(patch, 2)
        with pytest.raises(KeyboardInterrupt):
            one_run.perform(jobs[0])
    assert not list(tmp_path.glob("runs/*.checkpoint"))


def test_a_damaged_checkpoint_begins_anew(make_jobs, tmp_path):
    jobs, _ = make_jobs("initialization", *TINY, "initialization=glorot")
    whole = one_run.perform(jobs[0])
    path = Store(tmp_path / "runs").checkpoint_path(jobs[0].key)
    numbers = msgspec.json.encode(msgspec.structs.replace(whole, status="interrupted"))
    for content in (b"", b"{}\n", numbers, numbers + b"\nx"):
        for old in tmp_path.glob("runs/*"):
            old.unlink()
        path.write_bytes(content)
        (again,) = execute.perform_all(jobs[:1], n_jobs=1)
        assert (again.series, len(again.seconds)) == (whole.series, 2)


def test_where_the_folder_has_become_a_file_there_is_no_checkpoint(tmp_path):
    (tmp_path / "runs").touch()
    lost = checkpoint.Checkpoint(tmp_path / "runs" / "key.checkpoint")
    assert lost.run() is None
    assert lost.restore({}) is None
    lost.forget()
    assert (tmp_path / "runs").is_file()
