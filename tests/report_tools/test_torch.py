import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs ./setup.sh --report")

from autograder.common.errors import UserError  # noqa: E402
from report_tools.plan import changes, recipe  # noqa: E402
from report_tools.train import execute  # noqa: E402
from report_tools.train.pytorch import cnn, convnet, device  # noqa: E402

from .conftest import TINY_CNN  # noqa: E402

torch.set_num_threads(1)  # nets this small only lose by sharing


def settings(name="cnn", *set_by_user):
    changed = recipe.load("mnist", name)
    for change in set_by_user:
        changed = changes.change(changed, change)
    return recipe.expand(changed)[0].settings


def test_the_cnn_of_the_assignment_has_763094_parameters():
    model = convnet.build(settings(), 1, 28)
    rows = convnet.layer_table(model, 1, 28)
    assert [row["parameters"] for row in rows] == [160, 12_832, 18_496, 204_928, 295_168, 0, 230_500, 1_010]
    assert rows[4]["output"] == "256 × 7 × 7"
    assert rows[5]["output"] == "256 × 3 × 3"
    assert sum(row["parameters"] for row in rows) == convnet.count(model) == 763_094


def test_regularised_networks_hold_what_their_names_say():
    planned = {run.label: run.settings for run in recipe.expand(recipe.load("mnist", "regularization"))}
    kinds = {label: [type(module) for module in convnet.build(s, 1, 28)] for label, s in planned.items()}
    assert kinds["dropout"].count(torch.nn.Dropout) == 2
    assert kinds["batch norm"].count(torch.nn.BatchNorm2d) == 5
    assert kinds["plain"] == kinds["weight decay"] == kinds["noise"] == kinds["early stopping"]
    assert planned["weight decay"].weight_decay == 0.01


def test_a_network_that_eats_the_whole_image_is_one_sentence():
    with pytest.raises(UserError, match="layer 2: nothing is left of the image"):
        convnet.build(
            settings("cnn", 'layers=[{type="pool", kernel=8}, {type="conv", out=2, kernel=5}]'), 1, 28
        )
    with pytest.raises(UserError, match="layer 2: no convolution or pooling can follow"):
        convnet.build(settings("cnn", 'layers=[{type="linear", out=8}, {type="pool", kernel=2}]'), 1, 28)


def test_the_same_seed_gives_the_same_numbers(run_recipe, tmp_path):
    first = run_recipe("cnn", *TINY_CNN, "cnn.lr=0.01", "hidden_dims=[4]")
    series = first.runs[0].run.series
    for path in tmp_path.glob("runs/*"):
        path.unlink()
    again = run_recipe("cnn", *TINY_CNN, "cnn.lr=0.01", "hidden_dims=[4]")
    assert again.runs[0].run.series == series
    assert first.runs[0].run.facts["device"] == "cpu"


def test_the_regularisations_all_train_and_differ(run_recipe):
    results = run_recipe("regularization", *TINY_CNN, "lr=0.1")
    losses = {labelled.label: tuple(labelled.run.series["train_loss"]) for labelled in results.runs}
    assert all(labelled.run.status == "complete" for labelled in results.runs)
    assert losses["plain"] == losses["early stopping"]
    assert len(set(losses.values())) == 5


def test_early_stopping_stops_and_goes_back(run_recipe):
    # Without any learning the first epoch is the best one for ever.
    results = run_recipe("cnn", *TINY_CNN, "cnn.lr=1e-30", "epochs=6", "patience=2", "hidden_dims=[4]")
    run = results.runs[0].run
    assert run.status == "complete"
    assert len(run.seconds) == 3
    assert run.facts["best_epoch"] == 1


def test_a_diverging_cnn_is_recorded_as_such(run_recipe):
    results = run_recipe("cnn", *TINY_CNN, "cnn.lr=1e30", "hidden_dims=[4]")
    assert results.runs[0].run.status == "diverged"
    assert results.runs[1].run.status == "complete"


def test_the_meter_weighs_batches_by_their_rows():
    meter = cnn.AverageMeter()
    assert np.isnan(meter.average)
    meter.update(torch.tensor(1.0), 3)
    meter.update(torch.tensor(5.0), 1)
    assert meter.average == 2.0


def test_evaluation_is_per_image_without_dropout_and_noise(digits):
    from report_tools.train import data

    splits = data.split(digits, 120, 40)
    images = cnn.to_device(splits.train, splits.image_shape, "cpu", 255)
    assert images.x.shape == (120, 1, 28, 28)
    assert images.x.dtype == torch.uint8
    torch.manual_seed(0)
    model = convnet.build(settings("cnn", *TINY_CNN, "dropout=0.5"), 1, 28)
    done = cnn.evaluate(cnn.Trainee(model, torch.nn.Identity(), torch.float32), images)
    with torch.no_grad():
        logits = model.eval()(images.x.float() / 255)
    assert done.loss == pytest.approx(float(torch.nn.functional.cross_entropy(logits, images.y)), rel=1e-5)
    assert done.accuracy == pytest.approx(float((logits.argmax(1) == images.y).float().mean()))
    own = logits[torch.arange(120), images.y]
    better = (logits > own[:, None]).sum(dim=1)  # how many classes are guessed before the right one
    assert done.top5 == pytest.approx(float((better < 5).float().mean()))


def test_bfloat16_runs_the_same_loop(run_recipe):
    results = run_recipe("cnn", *TINY_CNN, "cnn.lr=0.01", "precision=bfloat16", "hidden_dims=[4]")
    run = results.runs[0].run
    assert (run.status, run.facts["precision"]) == ("complete", "bfloat16")


def test_where_and_how_precisely():
    assert device.choose("cpu") == "cpu"
    assert device.precision(settings(), "cpu") == torch.float32
    assert device.precision(settings("cnn", "precision=bfloat16"), "cpu") == torch.bfloat16
    with pytest.raises(UserError, match="--device nowhere"):
        device.choose("nowhere")


def test_compiling_must_pay_back_within_the_run():
    assert not device.compile_pays(settings(), "cuda", epochs_left=9, epoch_seconds=1)
    assert device.compile_pays(settings(), "cuda", epochs_left=99, epoch_seconds=10)
    assert not device.compile_pays(settings(), "cpu", epochs_left=99, epoch_seconds=10)
    assert device.compile_pays(settings("cnn", "compile=yes"), "cpu", epochs_left=1, epoch_seconds=0)


def test_several_runs_at_once_give_the_numbers_of_one_after_the_other(make_jobs, tmp_path):
    jobs, _ = make_jobs("regularization", *TINY_CNN, "lr=0.1")
    alone = execute.perform_all(jobs[:2], n_jobs=1)
    for path in tmp_path.glob("runs/*"):
        path.unlink()
    together = execute.perform_all(jobs[:2], n_jobs=2)
    for one, other in zip(alone, together, strict=True):
        assert np.allclose(one.series["train_loss"], other.series["train_loss"], rtol=1e-5)


def test_the_loops_that_the_benchmark_compares_train_alike(digits):
    from benchmarks import cnn_epoch

    images, _ = cnn_epoch.read("digits", 64)
    for contender in (cnn_epoch.kit(images, "cpu"), cnn_epoch.tutorial(images, "cpu", 0)):
        assert convnet.count(contender.model) == 1_191_170
        first = contender.epoch()
        assert np.isfinite(first)
        assert contender.epoch() != first
