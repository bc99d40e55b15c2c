"""The handout in a real browser: on a phone, in the dark, and on paper."""

import pytest

from tests import chromium
from tests.chromium import DESK, PHONE, look

pytestmark = chromium.MARKS

# What is cut off where it is: nothing but what scrolls by itself may reach beyond the page.
BEYOND = """
const width = document.documentElement.clientWidth;
return [...document.querySelectorAll("main *")]
    .filter(one => !one.closest(".scroll, pre") && one.getBoundingClientRect().right > width + 1)
    .map(one => one.tagName + ": " + one.textContent.slice(0, 60));
"""
# What scrolls: whether a shadow says so, and whether the keyboard reaches it.
SCROLLING = """
return [...document.querySelectorAll(".scroll, pre, .scroll *, pre *")]
    .filter(one => ["auto", "scroll"].includes(getComputedStyle(one).overflowX)
                   && one.scrollWidth > one.clientWidth + 1)
    .map(one => ({text: one.textContent.trim().slice(0, 60),
                  shadow: getComputedStyle(one).backgroundImage.includes("radial-gradient"),
                  reached: one.tabIndex === 0}));
"""
TASKS = """
return [...document.querySelectorAll(".task-list label")].map(label => {
    const range = document.createRange();
    range.selectNodeContents(label);
    const left = [...range.getClientRects()].filter(one => one.width > 1).map(one => one.left);
    return {text: label.textContent.trim(), lines: label.clientHeight,
            box: label.querySelector("input").getBoundingClientRect().right,
            left: left.sort((a, b) => a - b)[1]};
});
"""
FORMULAS = """
return [...document.querySelectorAll(".formula")]
    .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent.slice(0, 60));
"""


@pytest.fixture(params=["handout.html", "for-staff/marking-guide.html"])
def page(driver, dist, request):
    look(driver, PHONE)
    driver.get((dist / request.param).as_uri())
    yield driver
    look(driver)


def test_nothing_is_cut_off(page):
    assert page.execute_script(BEYOND) == []
    assert page.execute_script("return document.documentElement.scrollWidth") == PHONE


def test_what_scrolls_shows_it_and_can_be_reached_by_keyboard(page):
    scrolling = page.execute_script(SCROLLING)
    assert scrolling, "nothing is wide: then this test looks at nothing"
    assert [one["text"] for one in scrolling if not (one["shadow"] and one["reached"])] == []


def test_a_task_is_a_sentence_beside_its_box(driver, dist):
    """Not a row of columns, one for each piece of code in it."""
    look(driver, PHONE)
    driver.get((dist / "handout.html").as_uri())
    tasks = driver.execute_script(TASKS)
    assert len(tasks) > 8
    for task in tasks:
        assert task["left"] >= task["box"], task["text"]
        assert task["lines"] < 24 * (2 + len(task["text"]) / 25), f"{task['text']} is {task['lines']} high"
    look(driver)


def test_formulas_fit_on_a_phone(driver, dist):
    look(driver, 390)
    driver.get((dist / "handout.html").as_uri())
    assert driver.execute_script(FORMULAS) == []
    look(driver)


def test_on_paper_nothing_scrolls_and_rows_stay_together(page):
    look(page, DESK, media="print")
    assert page.execute_script(
        "return [...document.querySelectorAll('.scroll, pre')]"
        ".filter(one => getComputedStyle(one).overflowX !== 'visible').length"
    ) == 0  # fmt: skip
    kept = "return [...document.querySelectorAll(arguments[0])].map(one => getComputedStyle(one).breakInside)"
    for what in ("tr", "dl", "pre", ".task-list li"):
        assert set(page.execute_script(kept, what)) <= {"avoid"}
    assert page.execute_script("return getComputedStyle(document.querySelector('main p')).orphans") == "3"
