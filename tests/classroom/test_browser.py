"""The pages in a real browser: what sorts, searches, folds and fits."""

import base64

import pytest

from autograder.assignment import config
from autograder.classroom import changes
from autograder.classroom.pages import render
from tests import chromium
from tests.chromium import PHONE, look
from tests.classroom import samples

pytestmark = chromium.MARKS
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write the pages of sixty students, some of whom wrote what is too long for any page."""
    out = tmp_path_factory.mktemp("grades")
    grades = samples.a_class(60)
    grades[0] = samples.record(0, samples.failing(output=f"`{'x' * 2000}`\n\n```python\n{'y' * 500}\n```"))
    grades[2] = samples.graded(2, handin=samples.handin(2, name="Студент Été 002"))
    samples.write_pages(grades, out)
    moved = changes.compare([(old, new) for old, new in zip(grades, grades[1:] + grades[:1], strict=True)])
    render.write_changes(moved, config.load(), out / "for-staff" / "changes.html")
    return out


@pytest.fixture
def browser(driver):
    """Give a browser of which the test leaves nothing on the console."""
    look(driver)
    driver.get_log("browser")
    yield driver
    assert driver.get_log("browser") == []


@pytest.fixture
def index(browser, folder):
    browser.get((folder / "for-staff" / "index.html").as_uri())
    return browser


def find(browser, css):
    return browser.find_elements("css selector", css)


def shown(browser):
    """Return the rows of the table of students that can be seen, as lists of texts."""
    script = (
        "return [...document.querySelectorAll('#class tbody tr')].filter(row => row.offsetParent)"
        ".map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    return browser.execute_script(script)


def press(browser, header, table="#class"):
    """Press the button of a column, by keyboard."""
    button = next(one for one in find(browser, f"{table} thead button") if one.text.startswith(header))
    button.send_keys(" ")
    return button.find_element("xpath", "..").get_attribute("aria-sort")


def test_pressing_score_sorts_by_it_and_pressing_again_turns_it_around(index):
    before = shown(index)
    assert press(index, "Score") == "ascending"
    ascending = [float(row[2]) for row in shown(index)]
    assert ascending == sorted(ascending)
    assert press(index, "Score") == "descending"
    assert [float(row[2]) for row in shown(index)] == ascending[::-1]
    assert sorted(shown(index)) == sorted(before)
    assert len(find(index, "#class [aria-sort]")) == 1


@pytest.mark.parametrize("column", range(12))
def test_every_column_sorts(index, column):
    header = find(index, "#class thead button")[column].text
    assert press(index, header) == "ascending"
    up = [row[column] for row in shown(index) if row[column]]
    assert press(index, header) == "descending"
    down = [row[column] for row in shown(index)]
    assert down[: len(up)] == up[::-1]
    assert set(down[len(up) :]) <= {""}


def test_checks_sort_by_success(index):
    table = "table.sortable:not(#class)"
    press(index, "Passed", table)
    rates = [float(cell.get_attribute("data-value")) for cell in find(index, f"{table} tbody td.number")]
    assert rates == sorted(rates)
    assert rates[0] < rates[-1]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("student 017", ["Student 017"]),
        ("id023", ["Student 023"]),
        ("s031@example", ["Student 031"]),
        ("017 STUDENT", ["Student 017"]),
        ("ete", ["Студент Été 002"]),
        ("nobody", []),
    ],
)
def test_search_narrows_the_table(index, typed, names):
    find(index, "#search")[0].send_keys(typed)
    assert [row[0] for row in shown(index)] == names
    assert find(index, "#shown")[0].text == f"{len(names)} of 60 shown"


def test_the_filter_shows_one_status_and_works_together_with_the_search(index):
    find(index, "#status option:nth-of-type(3)")[0].click()
    assert [row[-1] for row in shown(index)] == ["missing"] * 6
    find(index, "#search")[0].send_keys("student 01")
    assert [row[0] for row in shown(index)] == ["Student 014"]


def test_a_mistake_unfolds_and_leads_to_the_students_page(index):
    mistake = find(index, ".mistake")[0]
    link = mistake.find_element("css selector", "a")
    assert not link.is_displayed()
    mistake.find_element("css selector", "summary").click()
    name = link.text
    link.click()
    assert find(index, "h1")[0].text == name
    assert "sum over the rows" in find(index, "main")[0].text
    find(index, ".staff a")[0].click()
    assert (find(index, "h1")[0].text, find(index, ".staff")) == (name, [])


def test_without_a_script_it_is_a_plain_table(browser, folder):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get((folder / "for-staff" / "index.html").as_uri())
        assert len(find(browser, "#class tbody tr")) == 60
        assert find(browser, "#class thead button") == []
        assert not find(browser, ".controls")[0].is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize(
    "page",
    [
        "for-staff/index",
        "for-staff/changes",
        *(f"for-staff/students/student-{number:03}" for number in (0, 1, 3, 4, 7)),
        *(f"for-students/feedback/student-{number:03}" for number in (0, 1, 3, 4, 7)),
    ],
)
def test_nothing_is_wider_than_a_phone(browser, folder, page):
    look(browser, PHONE)
    browser.get((folder / f"{page}.html").as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    widths = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert widths == [PHONE, PHONE]


@pytest.mark.parametrize(("scheme", "back"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("page", ["for-staff/index", "for-students/feedback/student-001"])
def test_it_follows_the_scheme_of_the_reader(browser, folder, scheme, back, page):
    look(browser, scheme=scheme)
    browser.get((folder / f"{page}.html").as_uri())
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == back


def test_on_paper_it_is_light_and_unfolded_and_has_no_controls(index):
    unfolded = "return document.querySelector('.mistake a').checkVisibility()"
    assert not index.execute_script(unfolded)
    look(index, scheme="dark", media="print")
    assert index.execute_script(unfolded)
    assert index.execute_script("return getComputedStyle(document.body).backgroundColor") == LIGHT
    assert not find(index, ".controls")[0].is_displayed()
    paper = index.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})
    assert base64.b64decode(paper["data"]).startswith(b"%PDF-")


def test_what_is_not_written_here_does_not_run(browser, folder, tmp_path):
    """Even if markup of a student came through, the policy of the page would stop it."""
    page = (folder / "for-staff" / "index.html").read_text(encoding="utf-8")
    attack = "<script>document.title = 'hit'</script><img src=x onerror=\"document.title = 'hit'\"></main>"
    file = tmp_path / "attacked.html"
    file.write_text(page.replace("</main>", attack), encoding="utf-8")
    browser.get(file.as_uri())
    assert browser.title != "hit"
    assert "Content Security Policy" in str(browser.get_log("browser"))
