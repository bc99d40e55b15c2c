"""Measure what `similarity` finds: copies, rewritten, in a class in which nobody else copied.

The class is independent: each writes every function in one of the ways of the zoo's right submissions,
with habits of their own.  Then some hand in what another wrote, rewritten more or less.  A pair that the
page shows is right if one copied from the other.  Everything is drawn from --seed.
"""

import ast
import builtins
import dataclasses
import difflib
import random
import re
from collections.abc import Iterator

import click
import numpy as np

from autograder.assignment import config
from autograder.assignment.contract import contract_of
from autograder.classroom.similarity import collect, compare, tokens
from autograder.common.keys import function_of, owner_of
from autograder.grading import zoo
from autograder.grading.grade import grade
from autograder.intake.handin import Handin, Person
from autograder.intake.submission import accept
from benchmarks.rewriting import rewritten, without_docstring

SAME_WAY = 0.85  # the share of tokens from which on two functions are written in one way
OWN_HABITS = 0.5  # the share of places at which somebody writes otherwise than the zoo


@dataclasses.dataclass(frozen=True)
class Kind:
    """How a copy is rewritten: at which share of places, and how many functions are written anew.

    only: the share of functions that were copied at all; the others are one's own.
    """

    title: str
    places: float
    anew: float = 0.0


KINDS = (
    Kind("renamed, reordered, reformatted", 0.0),
    Kind("and a third of all places rewritten", 1 / 3),
    Kind("and two thirds of all places rewritten", 2 / 3),
    Kind("and every place rewritten", 1.0),
    Kind("a third of the functions written anew, a third of places rewritten", 1 / 3, anew=1 / 3),
    Kind("two thirds of the functions written anew, a third of places rewritten", 1 / 3, anew=2 / 3),
)


class Pool:
    """The ways to write each function: those of the right submissions, one of each kind."""

    def __init__(self) -> None:
        (self.problem, *_) = config.load().contract.problems
        self.whole = self.problem.reference_path.read_text(encoding="utf-8")
        graded = [key for key in contract_of((self.problem.name,)).graded if owner_of(key)]
        self.graded = [function_of(key) for key in graded]
        self.owner = owner_of(graded[0])
        known = _names_known(ast.parse(self.whole))
        self.ways: dict[str, list[ast.FunctionDef]] = {name: [] for name in self.graded}
        seen: dict[str, list[list[str]]] = {name: [] for name in self.graded}
        for entry in zoo.entries():
            if not entry.right or entry.problem != self.problem.name:
                continue
            for function in _functions(entry.text):
                if function.name not in self.ways or function.decorator_list:
                    continue
                without_docstring(function)
                kinds = [token.kind for token in tokens.read("\n".join(map(ast.unparse, function.body)))]
                near = any(_likeness(kinds, other) > SAME_WAY for other in seen[function.name])
                if not near and _names_used(function) <= known:
                    seen[function.name].append(kinds)
                    self.ways[function.name].append(function)

    def draw(self, generator: random.Random) -> dict[str, ast.FunctionDef]:
        """Choose one way for each function."""
        return {name: generator.choice(ways) for name, ways in self.ways.items()}

    def file(self, chosen: dict[str, ast.FunctionDef]) -> str:
        """Return the whole file with these functions."""
        tree = ast.parse(self.whole)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == self.owner:
                node.body = [
                    chosen.get(one.name, one) if isinstance(one, ast.FunctionDef) else one
                    for one in node.body
                ]
        return ast.unparse(tree)


def _likeness(one: list[str], other: list[str]) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


IMPORTS_ALL = re.compile(r"^from numpy import \*", re.MULTILINE)


def _functions(text: str) -> Iterator[ast.FunctionDef]:
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a notebook
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield _Qualified(node).visit(node) if IMPORTS_ALL.search(text) else node


class _Qualified(ast.NodeTransformer):
    """Writes np.exp for the exp of somebody who imports everything from NumPy."""

    def __init__(self, function: ast.FunctionDef) -> None:
        own = {node.id for node in ast.walk(function) if _is_set(node)}
        own |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
        self.names = {name for name in np.__all__ if callable(getattr(np, name)) and name not in own}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Leave variables alone, and what NumPy does not have."""
        if node.id in self.names:
            return ast.Attribute(ast.Name("np", ast.Load()), node.id, ast.Load())
        return node


def _names_known(tree: ast.Module) -> set[str]:
    """Return what a method may use: globals of the reference, and, with a dot, what its class has."""
    nodes = list(ast.walk(tree))
    known = {f".{node.attr}" for node in nodes if isinstance(node, ast.Attribute) and _of_self(node)}
    known |= {f".{node.name}" for node in nodes if isinstance(node, ast.FunctionDef)}
    known |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return known | {"np"} | set(dir(builtins)) - {"super"}  # of a class that is not in the file


def _names_used(function: ast.FunctionDef) -> set[str]:
    nodes = list(ast.walk(function))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if _is_set(node)}
    own |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - own
    return used | {f".{node.attr}" for node in nodes if isinstance(node, ast.Attribute) and _of_self(node)}


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


@dataclasses.dataclass
class Class:
    """The sources by name, and who copied from whom."""

    sources: dict[str, str]
    copied: set[frozenset[str]]


def make(pool: Pool, kind: Kind, size: int, copies: int, seed: int) -> Class:
    """Make a class of so many who worked alone, and so many who copied from one of them."""
    generator = random.Random(seed)
    chosen = [pool.draw(generator) for _ in range(size)]
    numbers = [generator.getrandbits(32) for _ in range(size + copies)]
    sources = {
        f"own {at:03}": rewritten(pool.file(ways), numbers[at], OWN_HABITS) for at, ways in enumerate(chosen)
    }
    copied = set()
    for at, victim in enumerate(generator.sample(range(size), copies)):
        anew = generator.sample(pool.graded, round(kind.anew * len(pool.graded)))
        original = sources[f"own {victim:03}"]
        others = pool.draw(generator)
        theirs = {one.name: one for one in _functions(original)}
        mixed = pool.file({name: others[name] if name in anew else theirs[name] for name in pool.graded})
        sources[f"copy {at:03}"] = rewritten(mixed, numbers[size + at], kind.places)
        copied.add(frozenset({f"own {victim:03}", f"copy {at:03}"}))
    return Class(sources, copied)


def found(sources: dict[str, str]) -> tuple[list[frozenset[str]], int]:
    """Return the pairs that the page shows, in its order, and how many of them it says stand out."""
    letters = collect.alphabet(config.load())
    compared = [
        letters.spell(Handin(key=name, people=(Person(name=name),)), source)
        for name, source in sources.items()
    ]
    comparison = compare.Comparison(compared, letters.given)
    pairs, most_usual = comparison.pairs(), compare.STANDS_OUT * comparison.usual()
    keys = [frozenset({pair.left.handins[0].key, pair.right.handins[0].key}) for pair in pairs]
    return keys, sum(pair.size > most_usual for pair in pairs)


def check(sources: dict[str, str]) -> list[str]:
    """Grade a class; return who has not all points."""
    most = config.load().totals.programming
    return [
        name
        for name, source in sources.items()
        if grade(accept("solution.py", source.encode())).points != most
    ]


@click.command()
@click.option("--size", default=60, show_default=True, help="How many worked alone.")
@click.option("--copies", default=6, show_default=True, help="How many copied.")
@click.option("--classes", default=10, show_default=True, help="How many classes of each kind.")
@click.option("--seed", default=1, show_default=True)
@click.option("--grade", "graded", is_flag=True, help="Grade one class of each kind instead: all is right.")
def main(size: int, copies: int, classes: int, seed: int, graded: bool) -> None:
    """Print for each kind of copy how many are found, and how many of the pairs shown are copies."""
    pool = Pool()
    print(", ".join(f"{name} {len(ways)}" for name, ways in pool.ways.items()), "ways")
    for kind in KINDS:
        if graded:
            wrong = check(make(pool, kind, size, copies, seed).sources)
            print(f"{kind.title}: {wrong or 'all right'}", flush=True)
            continue
        right = shown = certain = standing = 0
        for number in range(classes):
            one = make(pool, kind, size, copies, 1000 * seed + number)
            pairs, stand_out = found(one.sources)
            right += len(one.copied & set(pairs))
            shown += len(pairs)
            certain += len(one.copied & set(pairs[:stand_out]))
            standing += stand_out
        copied = copies * classes
        print(
            f"{kind.title}: of the copies {right / copied:.2f} in the list of {shown / classes:.0f} pairs, "
            f"{certain / copied:.2f} among those that stand out, of which copies are "
            f"{certain / max(standing, 1):.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
