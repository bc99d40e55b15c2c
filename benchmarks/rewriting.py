"""Write Python otherwise, as somebody does who copies, or has habits of their own."""

import ast
import builtins
import keyword
import random

KEYWORDS = frozenset(keyword.kwlist)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
REMARKS = ("# see the handout", "# shapes match", "# checked by hand", "# TODO: tidy", "# this part was hard")
AS_METHODS = ("sum", "mean", "max", "argmax")


def rewritten(source: str, seed: int, share: float) -> str:
    """Return the same program under other names, in another order and layout.

    share: of the places at which it could be written otherwise, how many are.
    """
    generator = random.Random(seed)
    tree = ast.parse(source)
    methods = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in methods:
        without_docstring(node)
        Rewriter(generator, share).visit(node)
    tree = ast.parse(ast.unparse(ast.fix_missing_locations(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            _rename(node, generator)
        elif isinstance(node, ast.ClassDef):
            without_docstring(node)
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            others = [one for one in node.body if one not in methods]
            generator.shuffle(methods)
            node.body = others + methods
    lines = ast.unparse(tree).split("\n")
    return "\n".join(_with_remark(line, generator) for line in lines) + "\n"


class Rewriter(ast.NodeTransformer):
    """Goes through a function and writes a share of what it meets otherwise."""

    def __init__(self, generator: random.Random, share: float) -> None:
        self.generator, self.share, self.made = generator, share, 0

    def chosen(self) -> bool:
        """Tell whether this place is one of those."""
        return self.generator.random() < self.share

    def name(self) -> str:
        """Return the name of a variable that is not there yet."""
        self.made += 1
        return f"made_{self.made}"

    # Expressions.

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """np.sum(a, axis=1) is a.sum(axis=1)."""
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("np"), attr=name), args=[ast.Name() as array, *rest]
            ) if name in AS_METHODS and self.chosen():
                return ast.Call(ast.Attribute(array, name, ast.Load()), rest, node.keywords)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """a @ b is np.matmul(a, b), a ** 2 is a * a, and factors may change places."""
        self.generic_visit(node)
        if not self.chosen():
            return node
        match node:
            case ast.BinOp(left, ast.MatMult(), right):
                return ast.Call(ast.Attribute(ast.Name("np"), "matmul", ast.Load()), [left, right], [])
            case ast.BinOp(ast.Name() as base, ast.Pow(), ast.Constant(2)):
                return ast.BinOp(base, ast.Mult(), base)
            case ast.BinOp(left, ast.Mult(), right):
                return ast.BinOp(right, ast.Mult(), left)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """A > b is b < a."""
        self.generic_visit(node)
        match node:
            case ast.Compare(left, [ast.Gt()], [right]) if self.chosen():
                return ast.Compare(right, [ast.Lt()], [left])
            case ast.Compare(left, [ast.Lt()], [right]) if self.chosen():
                return ast.Compare(right, [ast.Gt()], [left])
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """f"W{n}" is "W" + str(n)."""
        match node:
            case ast.JoinedStr([ast.Constant() as text, ast.FormattedValue(value, -1, None)]) if (
                self.chosen()
            ):
                return ast.BinOp(text, ast.Add(), ast.Call(ast.Name("str"), [value], []))
        return node

    # Statements.

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.AST]:
        """A step in between gets a name of its own; a choice in one line becomes four."""
        self.generic_visit(node)
        match node.value:
            case ast.BinOp(ast.BinOp() | ast.Call() as left, operator, right) if self.chosen():
                name = self.name()
                step = ast.Assign([ast.Name(name, ast.Store())], left)
                node.value = ast.BinOp(ast.Name(name, ast.Load()), operator, right)
                return [step, node]
            case ast.IfExp(test, body, other) if self.chosen():
                return ast.If(test, [ast.Assign(node.targets, body)], [ast.Assign(node.targets, other)])
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """N += 1 is n = n + 1."""
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and self.chosen():
            value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
            return ast.Assign([node.target], value)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.AST]:
        """What is returned gets a name first."""
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name) or not self.chosen():
            return node
        name = self.name()
        return [
            ast.Assign([ast.Name(name, ast.Store())], node.value),
            ast.Return(ast.Name(name, ast.Load())),
        ]

    def visit_For(self, node: ast.For) -> ast.AST | list[ast.AST]:
        """A loop over a range of one step counts by itself."""
        self.generic_visit(node)
        match node:
            case ast.For(ast.Name() as counter, ast.Call(ast.Name("range"), [*given], []), body, []) if (
                len(given) in (1, 2)
                and not _jumps(body)
                and counter.id not in set().union(*map(_sets, body))
                and self.chosen()
            ):
                start, stop = given if len(given) == 2 else (ast.Constant(0), given[0])
                end = self.name()
                count = ast.AugAssign(counter, ast.Add(), ast.Constant(1))
                while_less = ast.Compare(
                    ast.Name(counter.id, ast.Load()), [ast.Lt()], [ast.Name(end, ast.Load())]
                )
                return [
                    ast.Assign([counter], start),
                    ast.Assign([ast.Name(end, ast.Store())], stop),
                    ast.While(while_less, [*body, count], []),
                ]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """What need not follow each other changes places; after `if ...: return`, the rest is its else."""
        self.generic_visit(node)
        for at in range(len(node.body) - 1):
            if _can_change_places(node.body[at], node.body[at + 1]) and self.chosen():
                node.body[at], node.body[at + 1] = node.body[at + 1], node.body[at]
        for at, statement in enumerate(node.body[:-1]):
            returns = isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return)
            if returns and not statement.orelse and self.chosen():
                statement.orelse, node.body = node.body[at + 1 :], node.body[: at + 1]
                break
        return node


def _jumps(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, (ast.Continue, ast.Break)) for one in body for node in ast.walk(one))


def _can_change_places(one: ast.stmt, other: ast.stmt) -> bool:
    """Tell whether both only set variables, of which the other knows nothing."""
    if not (isinstance(one, ast.Assign) and isinstance(other, ast.Assign)):
        return False
    simple = all(isinstance(target, ast.Name) for target in one.targets + other.targets)
    calls = any(isinstance(node, ast.Call) for node in (*ast.walk(one), *ast.walk(other)))
    return simple and not calls and not (_sets(one) & _names(other) or _sets(other) & _names(one))


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _sets(node: ast.AST) -> set[str]:
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]  # those just made have no ctx
    return {one.id for one in names if isinstance(getattr(one, "ctx", None), ast.Store)}


def _rename(function: ast.FunctionDef, generator: random.Random) -> None:
    """Give every variable of a function another name; parameters keep theirs, they are fixed."""
    fixed = {one.arg for node in ast.walk(function) if isinstance(node, ast.arguments) for one in node.args}
    inner = {node.name for node in ast.walk(function) if isinstance(node, ast.FunctionDef)}
    used = _names(function)
    own = sorted(_sets(function) - fixed - inner - set(dir(builtins)) - {"np"})
    free = [f"{one}{other}" for one in LETTERS for other in LETTERS if f"{one}{other}" not in used | KEYWORDS]
    names = dict(zip(own, generator.sample(free, len(own)), strict=True))
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)


def without_docstring(node: ast.FunctionDef | ast.ClassDef) -> None:
    """Take the docstring out of a function or a class that has more than it."""
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        del node.body[0]


def _with_remark(line: str, generator: random.Random) -> str:
    if line.strip() and generator.random() < 0.1:
        return f"{line}  {generator.choice(REMARKS)}"
    return line
