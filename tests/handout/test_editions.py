"""Each edition's text fits its rubric, its recipes and an assignment that asks all of it."""

import re

import pytest

from autograder import ROOT
from autograder.assignment import config
from handout import EDITIONS, building, rubric, vocabulary
from report_tools.plan import recipe

NAMES = sorted(path.parent.name for path in EDITIONS.glob("*/rubric.toml"))


@pytest.fixture(params=NAMES)
def edition(request):
    return request.param


def serving(edition):
    """Return the assignment that has this edition, or the served one with its questions."""
    files = [config.TOML_PATH, *sorted((ROOT / "assignments").glob("*.toml"))]
    for assignment in map(config.load, files):
        if assignment.report.edition == edition:
            return assignment
    questions = rubric.read(edition)
    text = config.TOML_PATH.read_text(encoding="utf-8")
    asked = ", ".join(f"{name} = 10" for name in questions)
    for pattern, new in {
        "^edition = .*": f'edition = "{edition}"',
        "^questions = .*": f"questions = {{ {asked} }}",
        "^report = .*": f"report = {10 * len(questions)}",
    }.items():
        text = re.sub(pattern, new, text, flags=re.MULTILINE)
    return config.parse(text)


def test_the_text_and_the_marking_notes_of_every_question_can_be_filled(edition):
    assignment = serving(edition)
    values = vocabulary.values(assignment)
    text, guide = building.handout(assignment, values), building.marking_guide(values)
    for name in assignment.report.questions:
        for document in (text, guide):
            assert values["title_of"](name) in document
    for document in (text, guide):
        assert "\N{EM DASH}" not in document


def test_every_recipe_is_run_by_some_question(edition):
    texts = [path.read_text(encoding="utf-8") for path in (EDITIONS / edition).glob("*.md")]
    commands = [line for text in texts for line in text.splitlines() if "report_tools run " in line]
    for name in recipe.load_edition(edition).recipes:
        assert any(name in line.split() for line in commands), f"no question of {edition} runs {name}"


def test_every_command_names_recipes_that_are_there(edition):
    known = set(recipe.load_edition(edition).recipes)
    for path in (EDITIONS / edition).glob("*.md"):
        for named in re.findall(
            r"report_tools run ([a-z0-9 -]+?)(?= --|$|`)", path.read_text(encoding="utf-8"), re.M
        ):
            assert set(named.split()) <= known | {"all"}, f"{path.name} runs {named}"
