"""Make every package but NumPy and the standard library absent, gently (R24).

In the worker, and in the public tests.  What a machine happens to have installed must not
change a grade, so packages are absent everywhere alike.  What draws or shows progress is
silent: it can be imported and used anywhere, and does nothing.  An import of anything else
fails, and at the top of a file leaves an `ImportStub` behind, which only complains when a
graded function uses it.
"""

import ast
import builtins
import dis
import importlib.abc
import importlib.machinery
import sys
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any

THERE = sys.stdlib_module_names | {"numpy"}
# What IPython defines, and a script that was exported from a notebook still calls.
OF_IPYTHON = {"get_ipython": "IPython.get_ipython", "display": "IPython.display.display"}

# What draws, reports or shows progress, and computes nothing.
SILENT = frozenset(
    {
        "matplotlib", "mpl_toolkits", "seaborn", "plotly", "bokeh", "IPython", "ipywidgets", "wandb",
        "tensorboard", "tensorboardX", "livelossplot", "tabulate", "prettytable", "rich", "loguru",
        "tqdm", "alive_progress", "progressbar", "fastprogress",
    }
)  # fmt: skip
# What helps to debug or to check types, and hands back what it is given: `ic(x)`, `@beartype`.
PASSING = frozenset(
    {
        "icecream", "beartype", "typeguard", "jaxtyping", "nptyping", "typing_extensions", "mypy_extensions",
        "snoop", "pysnooper", "line_profiler", "memory_profiler", "devtools", "pdbpp",
    }
)  # fmt: skip
OPERATORS = """
    add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift
    radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor rlshift rrshift
    neg pos abs invert round lt le gt ge
"""
NUMBERS = "int index"
# Modules that no submission imports, but that Python or NumPy looks for.
UNSEEN = ("__main__", "__mp_main__", "cython_runtime", "_cython_", "_sysconfigdata")
UNPACK = dis.opmap["UNPACK_SEQUENCE"]


class ImportStub:
    """A name that could not be imported, or what came of one.

    A silent one can be called, subscripted, unpacked and so on, anywhere; called with
    something to loop over, as progress bars are, it loops over that.  Any other says, where a
    graded function uses it, that it is not there; while the file is being read, before
    `raise_on_use` is set, it lets itself be used, so that code that is never graded (a CNN in
    PyTorch, a plot below the class) does not take the rest of the file down.
    """

    raise_on_use = False

    def __init__(self, name: str, over: Iterable[Any] = ()) -> None:
        self._name, self._over = name, over

    def __getattr__(self, attribute: str) -> "ImportStub":
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return ImportStub(f"{self._name}.{attribute}")

    def _use(self) -> None:
        if ImportStub.raise_on_use and not _is_silent(self._name):
            raise ImportError(_why_missing(self._name))

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        self._use()
        if not _is_silent(self._name):
            return self
        if _top(self._name) in PASSING:
            return arguments[0] if len(arguments) == 1 else arguments or self
        if self._name.endswith(".trange"):
            return ImportStub(self._name, range(*arguments))
        return ImportStub(self._name, next((one for one in arguments if isinstance(one, Iterable)), ()))

    def __mro_entries__(self, bases: Any) -> tuple[()]:
        return ()

    def __iter__(self) -> Iterator[Any]:
        self._use()
        asking = sys._getframe(1)
        code, at = asking.f_code.co_code, asking.f_lasti
        if code[at] == UNPACK:  # figure, axes = plt.subplots()
            return iter([ImportStub(self._name)] * code[at + 1])
        return iter(self._over)

    def __len__(self) -> int:
        self._use()
        return len(self._over)  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> "ImportStub":
        self._use()
        return ImportStub(self._name)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._use()

    def __enter__(self) -> "ImportStub":
        self._use()
        return self

    def __exit__(self, *error: object) -> None:
        pass


def _operator(stub: ImportStub, *others: object) -> ImportStub:
    stub._use()
    return ImportStub(stub._name)


def _number(stub: ImportStub) -> int:
    """Be a number where one is needed: of what is silent, 0; what is not there has none to give."""
    if _is_silent(stub._name):
        return 0
    raise ImportError(_why_missing(stub._name))


for _word in OPERATORS.split():
    setattr(ImportStub, f"__{_word}__", _operator)
for _word in NUMBERS.split():
    setattr(ImportStub, f"__{_word}__", _number)
setattr(ImportStub, "__float__", lambda stub: float(_number(stub)))  # noqa: B010  # as those above


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A finder at the head of sys.meta_path, asked first for whatever is imported."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Offer silent packages; raise ModuleNotFoundError for what is not there; else leave it to Python."""
        if _is_silent(name):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if not _is_there(name):
            raise ModuleNotFoundError(_why_missing(name), name=name)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make a module that has every attribute."""
        return _Silent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it as it is."""


class _Silent(types.ModuleType):
    """A module in which everything is there and does nothing."""

    def __getattr__(self, attribute: str) -> Any:
        if self.__name__ == "typing_extensions" and hasattr(typing, attribute):
            return getattr(typing, attribute)
        return getattr(ImportStub(self.__name__), attribute)


def leave_behind(statement: ast.Import | ast.ImportFrom, namespace: dict[str, Any]) -> list[str]:
    """Bind the names of an import that failed, so that only their use is an error; return the full names."""
    package = getattr(statement, "module", None)
    absent = []
    for alias in statement.names:
        if alias.name == "*":  # nobody knows which names it would have bound
            absent.append(package or "")
            continue
        full_name = f"{package}.{alias.name}" if package else alias.name
        bound = alias.asname or (alias.name if package else alias.name.partition(".")[0])
        namespace[bound] = ImportStub(full_name if alias.asname or package else bound)
        absent.append(full_name)
    return absent


def import_as_graded(
    name: str, names: Any = None, local: Any = None, fromlist: Any = (), level: int = 0
) -> types.ModuleType:
    """Stand in for `__import__` in one file: it imports as after `install`, all others as before."""
    top = name.partition(".")[0]
    its_own = name == (names or {}).get("__name__")  # `from solution import NN` in a solution.py
    if level or its_own or top in THERE:
        return builtins.__import__(name, names, local, fromlist, level)
    if not _is_silent(name):
        raise ModuleNotFoundError(_why_missing(name), name=name)
    return _Silent(name if fromlist else top)


def names_of_a_graded_file() -> dict[str, Any]:
    """Return what one file finds defined if it is to import as while grading: that, and IPython's names."""
    stubs = {name: ImportStub(full_name) for name, full_name in OF_IPYTHON.items()}
    return {"__builtins__": {**vars(builtins), "__import__": import_as_graded}, **stubs}


def run_statements(tree: ast.Module, file: str, names: dict[str, Any]) -> None:
    """Run a file statement by statement in such names; an import that fails leaves stubs behind.

    Raises whatever the file raises.
    """
    # `from __future__ import ...` holds for the whole file, so it stands before every statement.
    futures = [one for one in tree.body if isinstance(one, ast.ImportFrom) and one.module == "__future__"]
    ImportStub.raise_on_use = False  # so that a plot or a CNN below the class takes nothing down
    try:
        for statement in tree.body:
            code = compile(ast.Module([*futures, statement], []), file, "exec")
            try:
                exec(code, names)
            except ImportError:
                if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                    raise
                leave_behind(statement, names)
    finally:
        ImportStub.raise_on_use = True


def install() -> None:
    """Make everything absent but NumPy and the standard library.

    Also what is imported already, whoever needed it: what the grader uses, what another program
    has put into this Python.  Whoever holds it keeps it; nobody finds it by importing any more.
    """
    for name in [name for name in sys.modules if not _is_there(name)]:
        del sys.modules[name]
    pythons = (
        importlib.machinery.BuiltinImporter,
        importlib.machinery.FrozenImporter,
        importlib.machinery.PathFinder,
    )
    sys.meta_path[:] = [StubFinder(), *(finder for finder in sys.meta_path if finder in pythons)]


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_there(name: str) -> bool:
    return _top(name) in THERE or name.startswith(UNSEEN)


def _is_silent(name: str) -> bool:
    return _top(name) in SILENT or _top(name) in PASSING


def _why_missing(name: str) -> str:
    return (
        f"{name} is not available during grading: only solution.py, NumPy and the standard library are (R24)"
    )
