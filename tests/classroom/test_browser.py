"""The pages in a real browser: what sorts, searches, folds and fits."""

import base64

import pytest

from autograder.assignment import config
from autograder.classroom import changes
from autograder.classroom.pages import render
from autograder.grading.verdict import Verdict
from tests import chromium
from tests.chromium import PHONE, look
from tests.classroom import samples

keys = pytest.importorskip("selenium.webdriver.common.keys", reason="needs selenium (./setup.sh --dev)")
ui = pytest.importorskip("selenium.webdriver.support.ui", reason="needs selenium (./setup.sh --dev)")
Keys = keys.Keys
pytestmark = chromium.MARKS
SOME = ("for-staff/index", "for-staff/students/student-001", "for-students/feedback/student-001")
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write the pages of sixty students, some of whom wrote what is too long for any page."""
    out = tmp_path_factory.mktemp("grades")
    grades = samples.a_class(60)
    grades[0] = samples.record(0, samples.failing(output=f"`{'x' * 2000}`\n\n```python\n{'y' * 500}\n```"))
    grades[2] = samples.graded(2, handin=samples.handin(2, name="Студент Été 002"))
    grades[6] = samples.graded(6, handin=samples.handin(6, name="Zoë O\u2019Brien-Łuk"))
    samples.write_pages(grades, out)
    samples.write_pages(grades[:12], out / "decided", samples.decided(grades[:12]))
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


def wait_until(browser, condition):
    """Wait for what follows a change of the address: the page hears of it a moment later."""
    ui.WebDriverWait(browser, 30).until(lambda _: condition())


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


def test_every_column_sorts(index):
    headers = [button.text for button in find(index, "#class thead button")]
    assert len(headers) == len(config.load().parts) + 7
    for column, header in enumerate(headers):
        assert press(index, header) == "ascending"
        up = [row[column] for row in shown(index) if row[column]]
        assert press(index, header) == "descending"
        down = [row[column] for row in shown(index)]
        assert down[: len(up)] == up[::-1]
        assert set(down[len(up) :]) <= {""}


def test_checks_sort_by_success(index):
    table = "table.sortable:not(#class)"
    unfold(index, table)
    press(index, "Passed", table)
    cells = find(index, f"{table} tbody td:nth-child(2)")
    rates = [float(cell.get_attribute("data-value")) for cell in cells]
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
        ("obrien", ["Zoë O\u2019Brien-Łuk"]),
        ("zoe o'brienluk", ["Zoë O\u2019Brien-Łuk"]),
        ("nobody", []),
    ],
)
def test_search_narrows_the_table(index, typed, names):
    find(index, "#search")[0].send_keys(typed)
    assert [row[0] for row in shown(index)] == names
    assert find(index, "#shown")[0].text == f"{len(names)} of 60 shown"


def test_the_filter_shows_one_status_and_works_together_with_the_search(index):
    pick(index, "status", "missing")
    assert [row[-1] for row in shown(index)] == ["missing"] * 6
    find(index, "#search")[0].send_keys("student 01")
    assert [row[0] for row in shown(index)] == ["Student 014"]
    find(index, "#everybody")[0].click()
    assert len(shown(index)) == 60
    assert not find(index, "#everybody")[0].is_displayed()


def pick(browser, filter_name, value):
    find(browser, f"#{filter_name} option[value='{value}']")[0].click()


def unfold(browser, inside):
    """Open what is folded around something."""
    browser.execute_script("document.querySelector(arguments[0]).closest('details').open = true", inside)


def test_filters_by_part_and_by_time(index):
    (column,) = [n for n, button in enumerate(find(index, "#class thead button")) if button.text == "Late"]
    pick(index, "late", "yes")
    assert {bool(row[column]) for row in shown(index)} == {True}
    late = len(shown(index))
    pick(index, "late", "no")
    assert len(shown(index)) == 60 - late
    part = config.load().parts[0]
    pick(index, "late", "")
    pick(index, "part", part.number)
    assert {float(row[3]) < part.points for row in shown(index)} == {True}
    assert {row[-1] for row in shown(index)} == {"graded"}


def test_a_check_leads_to_the_people_who_fail_it_and_back_finds_everything_as_it_was(index):
    first_fold = find(index, "details.mistake summary")[0]
    first_fold.click()
    unfold(index, "[data-check] a")
    link = find(index, "[data-check] a")[0]
    failed, address = int(link.text), index.current_url
    link.click()
    wait_until(index, lambda: len(shown(index)) == failed)
    assert find(index, "#students")[0].rect["y"] - index.execute_script("return scrollY") < 800
    press(index, "Name")
    press(index, "Name")
    chosen = shown(index)
    assert chosen == sorted(chosen, reverse=True)
    find(index, "#class tbody tr:not([hidden]) a")[0].click()
    assert find(index, "h1")[0].text == chosen[0][0]
    index.back()
    assert shown(index) == chosen
    index.refresh()
    assert shown(index) == chosen
    assert find(index, "details.mistake")[0].get_attribute("open")
    index.back()
    assert index.current_url == address
    wait_until(index, lambda: len(shown(index)) == 60)


def test_a_place_of_the_page_in_the_address_does_not_undo_the_filter(index):
    pick(index, "status", "missing")
    find(index, "nav a")[0].click()
    assert len(shown(index)) == 6
    find(index, "#class tbody tr:not([hidden]) a")[0].click()
    index.back()
    assert len(shown(index)) == 6


def test_the_page_of_a_student_leads_through_those_who_were_chosen_in_their_order(index):
    pick(index, "status", "missing")
    press(index, "Name")
    press(index, "Name")
    names = [row[0] for row in shown(index)]
    find(index, "#class tbody tr:not([hidden]) a")[0].click()
    assert find(index, "[rel=prev]") == []
    for number, name in enumerate(names, 1):
        assert find(index, "h1")[0].text == name
        assert find(index, ".around")[0].text.split("\n")[number > 1] == f"{number} of {len(names)} chosen"
        following = find(index, "[rel=next]")
        if following:
            following[0].send_keys(Keys.ENTER)
    assert number == len(names)
    assert not following
    find(index, ".around li:nth-child(2) a")[0].click()
    assert [row[0] for row in shown(index)] == names


def test_without_a_choice_the_page_of_a_student_leads_through_everybody(index):
    first, second = shown(index)[:2]
    find(index, "#class tbody a")[0].click()
    find(index, "[rel=next]")[0].click()
    assert find(index, "h1")[0].text == second[0]
    assert find(index, "[rel=prev]")[0].text == f"← {first[0]}"


def test_arrows_lead_through_a_heading_which_is_one_stop(index):
    stops = (
        "return [...document.querySelectorAll('#class thead button')].filter(b => b.tabIndex === 0).length"
    )
    assert index.execute_script(stops) == 1
    first, second = find(index, "#class thead button")[:2]
    first.send_keys(Keys.ARROW_RIGHT)
    assert index.switch_to.active_element == second
    second.send_keys(Keys.ENTER)
    assert second.find_element("xpath", "..").get_attribute("aria-sort") == "ascending"
    assert index.execute_script(stops) == 1


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """Write the index of a class of which there is much to say: many mistakes, notes and concerns."""
    file = tmp_path_factory.mktemp("crowded") / "index.html"
    grades = [
        samples.record(
            n,
            samples.failing("1.2.1", mistake=f"relu/mistake-{n // 2}"),
            samples.failing("1.2.2", function=f"f{n // 2}", verdict=Verdict.NOT_WRITTEN),
            samples.failing("1.2.3", f"A sentence with the letter {chr(65 + n // 2)}.", function="tanh"),
            notes=(f"A note with the letter {chr(65 + n)}.",),
            tried=(f"read the letter {chr(65 + n)}",),
            status=("graded", "graded", "graded", "refused", "missing")[n % 5],
        )
        for n in range(50)
    ]
    page = render.index(grades, config.load(), totals=samples.decided(grades))
    file.write_text(page, encoding="utf-8")
    return file


@pytest.mark.parametrize(("width", "height"), [(chromium.DESK, 800), (390, 844)])
def test_however_much_there_is_to_say_the_students_are_no_more_than_three_screens_away(
    browser, crowded, width, height
):
    look(browser, width)
    browser.get(crowded.as_uri())
    assert find(browser, "#students")[0].rect["y"] <= 3 * height


def test_few_tab_stops_come_before_the_students(browser, crowded):
    browser.get(crowded.as_uri())
    stops = browser.execute_script(
        "return [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]"
        ".filter(one => one.tabIndex >= 0 && one.checkVisibility() && !one.closest('#class tbody'))"
        ".filter(one => document.querySelector('#class').compareDocumentPosition(one)"
        " !== Node.DOCUMENT_POSITION_FOLLOWING).length"
    )
    assert stops <= 45
    find(browser, ".skip")[0].send_keys(Keys.ENTER)
    assert browser.execute_script("return location.hash") == "#students"


CONTRASTS = """
const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (one) => {
  const colour = one ? channels(getComputedStyle(one).backgroundColor) : [255, 255, 255];
  return colour.length === 4 && colour[3] === 0 ? behind(one.parentElement) : colour;
};
return [...document.querySelectorAll("body *:not(svg *)")]
  .filter(one => one.checkVisibility() && [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .map(one => {
    const [a, b] = [channels(getComputedStyle(one).color), behind(one)].map(light).sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), one.outerHTML.slice(0, 80)];
  }).filter(([ratio]) => ratio < 4.5);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", [*SOME, *(f"decided/{page}" for page in SOME)])
def test_all_text_stands_out(browser, folder, page, scheme):
    """WCAG 2.1 asks for 4.5 to 1 (success criterion 1.4.3), here of what the browser really shows."""
    look(browser, scheme=scheme)
    browser.get((folder / f"{page}.html").as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert browser.execute_script(CONTRASTS) == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


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
        *(f"decided/{page}" for page in SOME),
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
