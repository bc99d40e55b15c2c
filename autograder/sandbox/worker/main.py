"""Be the worker: the only process in which student code exists.

Started by the script start.py, or forked from it.  Until the submission is loaded it does what it is
told; afterwards nothing it says is believed.
"""

import contextlib
import functools
import gc
import importlib
import os
import random
import re
import socket
import sys
import traceback
from typing import Any

import numpy as np
import numpy.linalg
import numpy.random  # NumPy would import it later, when its files may be out of reach

from autograder.common import import_stubs
from autograder.intake.places import Places
from autograder.sandbox.lockdown import escape_probes, seccomp, steps
from autograder.sandbox.protocol import codec, messages
from autograder.sandbox.worker import attempts, changes, fake_files, fork_loop, loader
from autograder.sandbox.worker.channel import NOTHING, Channel

# What a file for this assignment may import besides NumPy, with all that it brings along.
COMMON = """
    abc argparse array base64 bisect cProfile calendar cmath collections.abc concurrent.futures.thread
    configparser contextlib copy csv dataclasses datetime decimal doctest enum fileinput fractions functools
    getopt getpass glob graphlib gzip hashlib heapq importlib inspect io itertools json logging math
    multiprocessing numbers operator optparse pathlib pdb pickle platform pprint pstats queue random re
    sched shlex shutil signal statistics string struct subprocess tempfile textwrap threading time timeit
    traceback tracemalloc types typing unittest urllib.request uuid warnings weakref zipfile
    numpy.fft numpy.lib.stride_tricks numpy.ma numpy.polynomial numpy.testing numpy.typing encodings.latin_1
"""

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class StandInRefused(Exception):
    """A stand-in that was called with something that has no answer."""


class Worker:
    """A process that carries out what the grader asks, one request at a time."""

    def __init__(self, channel: Channel, tried: attempts.Attempts) -> None:
        self.channel, self.tried = channel, tried
        self.submission: loader.SubmittedModule | None = None
        self.objects: dict[int, Any] = {}
        self.owners: dict[int, messages.Wanted] = {}  # what each of these is an object of
        self.replaced: dict[str, Any] = {}  # plain functions for which something has stood in
        self.kept: dict[tuple[int, str], dict[Any, Any]] = {}  # what a method of an object is handed next

    def serve(self) -> None:
        """Answer requests until the grader hangs up."""
        while True:
            request = self.channel.receive()
            try:
                reply = self.carry_out(request)
            except BaseException as error:
                reply = self.describe(error)
            self.tried.tell_all()
            self.channel.send(reply)

    def carry_out(self, request: messages.Message) -> messages.Message:
        """Do what one request says; whatever the submission raises passes through."""
        match request:
            case messages.Load():
                return self.load(request)
            case messages.Construct():
                return self.construct(request)
            case messages.Attempt():
                return self.attempt(request)
            case messages.Call():
                return self.call(request)
            case messages.GetAttribute():
                value = getattr(self.objects[request.handle], request.name)
                return messages.Value(value=_shapes(value) if request.only_shapes else value, changed=[])
            case messages.SetAttribute():
                _set(self.objects[request.handle], request.name, request.value)
                return NOTHING
            case _:
                self.objects.clear()
                self.kept.clear()
                return NOTHING

    def load(self, request: messages.Load) -> messages.Loaded:
        """Execute the submission; from then on missing packages raise when used."""
        random.seed(0)  # code that does not seed meets the same draws each time it is graded
        np.random.seed(0)
        self.submission = loader.SubmittedModule(request.source, request.wanted, Places(request.cells))
        loaded = self.submission.execute(
            lambda line: self.channel.send(messages.Entering(line=line)), request.definitions_from
        )
        import_stubs.ImportStub.raise_on_use = True
        return loaded

    def construct(self, request: messages.Construct) -> messages.Value:
        """Make one object and bring it into the state that a check starts from."""
        assert self.submission is not None
        wanted = self.submission.wanted[request.owner]
        made = self.make(wanted, request)
        for name, value in request.missing.items():
            if not hasattr(made, name):
                setattr(made, name, value)
        if request.after is not None:
            with contextlib.suppress(Exception):
                getattr(made, wanted.after_construction)(*request.after)
        for name, value in request.attributes.items():
            _set(made, name, value)
        self.objects[request.handle], self.owners[request.handle] = made, wanted
        return NOTHING

    def make(self, wanted: messages.Wanted, request: messages.Construct) -> Any:
        """Construct an object, or give it the state that its constructor should have made."""
        methods = {name: self.stand_in(wanted, name) for name in request.stand_ins}
        if not wanted.name:
            return self.functions(methods)
        graded = self.submission.classes[wanted.name]  # type: ignore[union-attr]
        graded = type(graded.__name__, (graded,), methods) if methods else graded
        if request.state is None:
            return graded(**request.keywords)
        made = object.__new__(graded)
        for name, value in request.state.items():
            setattr(made, name, value)
        return made

    def functions(self, stand_ins: dict[str, Any]) -> Any:
        """Return the module, in which these stand in for the functions of the same names."""
        assert self.submission is not None
        module = self.submission.module
        for name, function in {**self.replaced, **stand_ins}.items():
            if name in stand_ins:
                self.replaced.setdefault(name, getattr(module, name, None))
                setattr(module, name, functools.partial(function, module))
            else:
                setattr(module, name, function)
        return module

    def call(self, request: messages.Call) -> messages.Value:
        """Call one method and note which of its arguments it changed (R23)."""
        kept = self.kept.pop((request.handle, request.method), None)
        method = getattr(self.objects[request.handle], request.method)
        arguments, before = request.arguments, changes.copied(request.arguments)
        if kept is not None:
            # What the student's own entries hold is the student's business; that they are there is not.
            before[0] = {**kept, **before[0]}
            kept.update(arguments[0])
            arguments = [kept, *arguments[1:]]
        value = method(*arguments, **request.keywords)
        keys = self.owners[request.handle].keys.get(request.method)
        if keys and isinstance(value, dict):  # what has a key of its own is nobody's business
            asked = re.compile(keys).fullmatch
            value = {
                key: item if asked(str(key)) else codec.Opaque("left out") for key, item in value.items()
            }
        changed = changes.between(before, arguments)
        return messages.Value(value=value, changed=changed, was_tuple=isinstance(value, tuple))

    def attempt(self, request: messages.Attempt) -> messages.Value:
        """Call one method and keep the dict that it returns, if it does, for the method that is handed it."""
        with contextlib.suppress(BaseException):
            made = getattr(self.objects[request.handle], request.method)(*request.arguments)
            if isinstance(made, dict) and request.hand_on_to:
                self.kept[request.handle, request.hand_on_to] = made
        return NOTHING

    def stand_in(self, wanted: messages.Wanted, name: str) -> Any:
        """Make a method that the grader answers; values travel, the reference's code does not."""

        def method(asking: Any, *arguments: Any, **keywords: Any) -> Any:
            state = {key: getattr(asking, key) for key in wanted.state if hasattr(asking, key)}
            ask = messages.Ask(
                owner=wanted.name, method=name, arguments=list(arguments), keywords=keywords, attributes=state
            )
            self.channel.send(ask)
            answer = self.channel.receive()
            if isinstance(answer, messages.Refuse):
                raise StandInRefused(answer.text)
            for key, value in answer.attributes.items():
                setattr(asking, key, value)
            return answer.value

        return method

    def describe(self, error: BaseException) -> messages.ExceptionRaised:
        """Say what an exception was and where in the submission it came from."""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == loader.FILE_NAME]
        line = lines[-1] if lines else getattr(error, "lineno", None)
        code = ""
        if self.submission is not None and line is not None and 1 <= line <= len(self.submission.lines):
            code = self.submission.lines[line - 1].strip()[:200]
        return messages.ExceptionRaised(
            kind=type(error).__name__[:200], text=loader.text_of(error), line=line, code=code
        )


def _set(made: Any, name: str, value: Any) -> None:
    """Set an attribute, in the shape that it has there where only dimensions of length one are different."""
    own: Any = getattr(made, name, None)
    alike = isinstance(own, np.ndarray) and isinstance(value, (np.ndarray, float))
    if alike and _without_ones(own) == _without_ones(value):
        value = np.reshape(value, own.shape)
    setattr(made, name, value)


def _shapes(value: Any) -> Any:
    """Put the shape of each entry of a dict in its place; what is no dict stays what it is."""
    return {key: np.shape(entry) for key, entry in value.items()} if isinstance(value, dict) else value


def _without_ones(value: Any) -> list[int]:
    return [side for side in np.shape(value) if side != 1]


def import_ahead() -> None:
    """Import what submissions commonly do, if the files of Python will be out of reach afterwards.

    A Python in a home directory that only its owner may enter is of no use to another user.
    """
    folders = [os.path.dirname(os.__file__), os.path.dirname(np.__file__)]
    if not _is_root() or all(_everybody_may_enter(folder) for folder in folders):
        return
    for name in COMMON.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name in np.__all__:  # `from numpy import *` imports what NumPy otherwise leaves for later
        getattr(np, name, None)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _everybody_may_enter(folder: str) -> bool:
    while os.stat(folder).st_mode & 0o001:
        if folder == os.path.dirname(folder):
            return True
        folder = os.path.dirname(folder)
    return False


def main() -> None:
    """Serve the grader as the role on the command line says."""
    role, descriptor = sys.argv[1], int(sys.argv[2])
    del sys.argv[1:]
    import_ahead()
    if role == "fork-server":
        with contextlib.suppress(OSError):  # each worker reports what is missing
            seccomp.prepare(read_only=False)
        gc.freeze()  # a collection in a worker would copy what it shares with the others
        descriptor = fork_loop.serve(socket.socket(fileno=descriptor))
    be_a_worker(Channel(descriptor))


def be_a_worker(channel: Channel) -> None:
    """Lock the door, try it, say so, and serve."""
    start = channel.receive()
    os.chdir(start.folder)
    os.environ["HOME"] = start.folder
    held = steps.apply(start)
    held |= escape_probes.run(start.secrets, start.grader)
    fake_files.accept_writing(always=held.get("landlock") != escape_probes.HELD)
    sys.path.remove(ROOT)
    sys.path_importer_cache.pop(ROOT, None)  # what lay there when the grader started changes no words
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
        del sys.modules[name]  # a submission finds nothing of the grader by importing
    sys.dont_write_bytecode = True  # nothing that a submission imports is worth trying to keep
    import_stubs.install()
    channel.send(messages.Ready(steps=held))
    tried = attempts.Attempts(ROOT, lambda what: channel.send(messages.Tried(what=what)))
    tried.watch()
    Worker(channel, tried).serve()
