"""Make [1.2] and [R7] in the text into links, and find the links that lead nowhere.

A section or ruling gets its anchor where it is introduced, with {#1.2} or {#R7}.
Elsewhere the text just says [1.2] or [R7].
"""

import re

from autograder.common.errors import UserError

ANCHOR = re.compile(r"\{#([\w.-]+)[^}]*\}")
NUMBER = re.compile(r"\[((?:R|T)?\d+(?:\.\d+)?)\](?![({\[:])")
LINK = re.compile(r"\]\(#([^)]+)\)")
CODE = re.compile(r"^(```|~~~).*?^\1[`~]*$|`[^`\n]+`", re.DOTALL | re.MULTILINE)


def link(markdown: str, source: str) -> str:
    """Append the link definitions that make every [number] a link.

    Raises UserError when a link leads nowhere or two places have the same anchor.
    """
    # In code, x[1.2] is no link and {#a} no anchor.
    prose = CODE.sub("", markdown)
    anchors = ANCHOR.findall(prose)
    twice = {anchor for anchor in anchors if anchors.count(anchor) > 1}
    if twice:
        raise UserError(f"{source}: the anchor {min(twice)} appears twice; remove one of them.")
    numbers = set(NUMBER.findall(prose))
    lost = sorted((numbers | set(LINK.findall(prose))) - set(anchors))
    if lost:
        raise UserError(
            f"{source}: a link leads to {lost[0]}, but nothing there has the anchor {{#{lost[0]}}}."
        )
    definitions = "\n".join(f"[{number}]: #{number}" for number in sorted(numbers))
    return f"{markdown}\n\n{definitions}\n"
