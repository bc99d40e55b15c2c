"""Keep [network] of an assignment and the defaults in the code the same: each is said in one place.

Whatever is made of the references gets the defaults of its assignment: the template, and the reference
that an image is tried with.  The file in reference/ itself has those of the assignment that is served.
"""

import ast
from typing import Any

import msgspec

from autograder.assignment import config
from autograder.assignment.config import Assignment, Network
from autograder.common.errors import UserError

HOW = "./setup.sh python -m autograder template"


def is_served() -> bool:
    """Tell whether the assignment at the top is the one in hand, and not another one that is named."""
    return config.served().resolve() == config.TOML_PATH.resolve()


def require_agreement(assignment: Assignment) -> None:
    """Raise UserError where the reference makes another network than the assignment that is served says."""
    for problem in assignment.contract.problems if is_served() else ():
        text = problem.reference_text
        for name, found, wanted in differences(text, assignment.network):
            raise UserError(
                f"assignment.toml: [network] says {name} = {wanted!r}, but {problem.reference_path.name} has "
                f"{found!r} as the default; `{HOW}` writes the value of [network] there and into "
                "the template."
            )


def write(assignment: Assignment) -> list[str]:
    """Write what [network] says into the references, if it is the one served; name those that changed."""
    changed = []
    for problem in assignment.contract.problems if is_served() else ():
        text = problem.reference_text
        new = written(text, assignment.network)
        if new != text:
            problem.reference_path.write_text(new, encoding="utf-8", newline="\n")
            changed.append(problem.reference_path.name)
    return changed


def differences(text: str, network: Network | None) -> list[tuple[str, Any, Any]]:
    """Return each default that differs from [network]: its name, what it is, what it should be."""
    wanted = _plain(network)
    return [
        (name, _value(node), wanted[name])
        for name, node in _defaults(text, wanted)
        if _value(node) != wanted[name]
    ]


def written(text: str, network: Network | None) -> str:
    """Return the text of a program with the defaults that [network] says."""
    wanted = _plain(network)
    lines = text.split("\n")
    # All of them, so that the text is the same whatever stood there before.
    for name, node in sorted(
        _defaults(text, wanted), key=lambda one: (one[1].lineno, one[1].col_offset), reverse=True
    ):
        if node.lineno != node.end_lineno:
            raise UserError(f"line {node.lineno} of the reference: write the default of {name} in one line.")
        line = lines[node.lineno - 1].encode()  # syntax trees count bytes
        new = _as_code(wanted[name]).encode()
        lines[node.lineno - 1] = (line[: node.col_offset] + new + line[node.end_col_offset :]).decode()
    return "\n".join(lines)


def _plain(network: Network | None) -> dict[str, Any]:
    return {} if network is None else dict(msgspec.structs.asdict(network))


def _defaults(text: str, wanted: dict[str, Any]) -> list[tuple[str, ast.expr]]:
    """Find the defaults of these names, in a program that has one for all of them: it makes this network."""
    found: list[tuple[str, ast.expr]] = []
    try:
        tree = ast.parse(text)
    except SyntaxError:  # of the zoo, such as a notebook's cells with commands in them
        return []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            positional = [*node.args.posonlyargs, *node.args.args]
            with_default = positional[len(positional) - len(node.args.defaults) :]
            found += zip((each.arg for each in with_default), node.args.defaults, strict=True)
            keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            found += [(each.arg, default) for each, default in keywords if default is not None]
    found = [(name, default) for name, default in found if name in wanted]
    return found if {name for name, _ in found} == set(wanted) else []


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _as_code(value: Any) -> str:
    """Write a value as one does by hand: 7e-4, (784, 256), "relu"."""
    if isinstance(value, float) and 0 < abs(value) < 0.01:
        mantissa, exponent = f"{value:.12e}".split("e")
        short = f"{float(mantissa):g}e{int(exponent)}"
        return short if float(short) == value else repr(value)
    return f'"{value}"' if isinstance(value, str) else repr(value)
