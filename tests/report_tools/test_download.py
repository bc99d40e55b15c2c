"""Download CIFAR-10 as torchvision does it, from a server on this machine that has a few of its images."""

import functools
import hashlib
import io
import pickle
import tarfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from autograder.common.errors import UserError
from report_tools.plan import data_source
from report_tools.train import data

datasets = pytest.importorskip("torchvision.datasets", reason="needs ./setup.sh --report")

CIFAR10 = data_source.data_set("cifar10", "test")
ROWS = {"data_batch_1": 7, "data_batch_2": 5, "test_batch": 4}


def batch(name):
    """Return images as the archive holds them: a row of 3,072 bytes each, one colour after the other."""
    count = ROWS[name]
    colours = np.repeat(np.array([[1, 2, 3]], dtype=np.uint8), 1024, axis=1)  # (1, 3072)
    pixels = np.repeat(colours, count, axis=0) * 10 + np.arange(count, dtype=np.uint8)[:, None]
    return pickle.dumps({"data": pixels, "labels": [k % 10 for k in range(count)]})


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Serve an archive of a few images, and tell torchvision of it."""
    contents = {name: batch(name) for name in ROWS}
    contents["batches.meta"] = pickle.dumps({"label_names": [str(k) for k in range(10)]})
    folder = tmp_path / "server"
    folder.mkdir()
    path = folder / "cifar-10-python.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in contents.items():
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    sums = {name: hashlib.md5(content).hexdigest() for name, content in contents.items()}
    own = datasets.CIFAR10
    monkeypatch.setattr(own, "train_list", [[name, sums[name]] for name in ("data_batch_1", "data_batch_2")])
    monkeypatch.setattr(own, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(own, "meta", {**own.meta, "md5": sums["batches.meta"]})
    monkeypatch.setattr(own, "tgz_md5", hashlib.md5(path.read_bytes()).hexdigest())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(own, "url", f"http://127.0.0.1:{server.server_port}/{path.name}")
    yield path
    server.shutdown()
    server.server_close()


def test_what_is_downloaded_is_unpacked_in_order_and_kept(archive):
    source = data.find("cifar10", CIFAR10, 4)
    archive.unlink()
    assert data.find("full", CIFAR10, 4) == source
    splits = data.split(source, 0, 0)
    assert [len(part.x) for part in splits[:3]] == [9, 3, 4]
    assert splits.train.x.dtype == np.uint8
    assert splits.train.x[6].tolist() == [16, 26, 36] * 1024  # the colours of a pixel side by side
    assert splits.train.y.argmax(1).tolist() == [0, 1, 2, 3, 4, 5, 6, 0, 1]
    assert not source.comparable  # these are not all of them


def test_an_archive_that_was_cut_off_is_refused(archive, tmp_path):
    archive.write_bytes(archive.read_bytes()[:-20])
    with pytest.raises(UserError, match=r"CIFAR-10 could not be downloaded \(File not found or corrupted\)"):
        data.find("cifar10", CIFAR10, 4)
    assert not list((tmp_path / "cache").rglob("*.npz"))


def test_a_server_that_does_not_have_it_is_one_sentence(archive):
    archive.unlink()
    with pytest.raises(UserError, match=r"\(HTTP Error 404: .*\); .*--data PATH\.npz"):
        data.find("cifar10", CIFAR10, 4)
