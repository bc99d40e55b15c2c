"""Make a class of submissions: the template, filled in with statements drawn at random."""

import ast
import random
import re

BLANK = re.compile(r'( *)# Your code here.*\n *raise NotImplementedError\("(\w+):.*\n')
NAMES = [f"v{number}" for number in range(8)]
FUNCTIONS = ["exp", "log", "dot", "sum", "mean", "sqrt", "abs"]


def solution(template: str, seed: int) -> str:
    """Return somebody's own work; another seed gives something else."""
    generator = random.Random(seed)

    def body(blank: re.Match[str]) -> str:
        lines = [_statement(generator) for _ in range(generator.randint(12, 20))]
        return "".join(f"{blank[1]}{line}\n" for line in lines)

    return BLANK.sub(body, template)


def disguised(source: str, seed: int = 0) -> str:
    """Return the same work under other names, in another layout, its methods in another order."""
    tree = ast.parse(source)
    (network,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in ast.walk(network):
        if isinstance(node, ast.Name) and node.id in NAMES:
            node.id = f"my_{node.id}"
    random.Random(seed).shuffle(network.body)
    return ast.unparse(tree).replace("\n", "  # mine\n")


def _statement(generator: random.Random) -> str:
    expression = _expression(generator, 0)
    if generator.random() < 0.2:
        return f"if {expression} > {_expression(generator, 1)}: {generator.choice(NAMES)} = 1"
    return f"{generator.choice(NAMES)} = {expression}"


def _expression(generator: random.Random, depth: int) -> str:
    kind = generator.random()
    if depth > 2 or kind < 0.3:
        return generator.choice([*NAMES, "2", "0.5"])
    inner = _expression(generator, depth + 1)
    if kind < 0.6:
        return f"np.{generator.choice(FUNCTIONS)}({inner})"
    if kind < 0.7:
        return f"self.weights[{inner}]"
    return f"({inner} {generator.choice('+-*/@')} {_expression(generator, depth + 1)})"
