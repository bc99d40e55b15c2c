"""The pages of a class: complete, in need of no other file, and safe whatever students write."""

import base64
import hashlib
import itertools
import platform
import re
from urllib.parse import unquote

import msgspec
import pytest

from autograder.assignment import config
from autograder.classroom import changes
from autograder.classroom.pages import render
from autograder.common.errors import UserError
from autograder.intake.submission import Submission
from tests.classroom import samples
from tests.classroom.samples import check, failing, record
from tests.handout.test_pages import Page, luminance
from tests.sentences import NOT_YOURS
from tests.table import table

KIT = config.load()
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "[x](javascript:alert(1))",
    "![x](http://example.org/x.png) <http://example.org> [y]: http://example.org",
    "```\n</code></pre></div><script>alert(1)</script>",
    '```html onload=alert(1) "><script>\nx\n```',
    "</style></title></script><iframe src=//example.org>",
    "`</code>` **`<b>`** &lt;script&gt; &#60;b&#62;",
    "{{ 7 * 191 }} {% raw %} {# #}",
    "\x00\x1b[31m\x7f",
    "x" * 50_000,
    "*" * 20_000,
    "`" * 50_000,
    "* " * 10_000,
    "<b>" * 10_000,
]


@pytest.fixture(scope="module")
def grades():
    return samples.a_class(20)


@pytest.fixture(scope="module")
def out(grades, tmp_path_factory):
    folder = tmp_path_factory.mktemp("grades")
    samples.write_pages(grades, folder)
    return folder


def changed(name=None, words="Title"):
    """Return changes of every sort; a student may have had a hand in names and titles."""
    old = record(1, check("1.2.1", title=words), failing("1.2.2"), name=name)
    new = record(1, failing("1.2.3", title=words), check("1.2.2"), failing("1.2.4"), name=name)
    fell = record(2, check(), name=name), record(2, failing(), name=name)
    return changes.compare([(old, new), fell], came=[record(3, name=name)], went=[record(4, name=name)])


@pytest.fixture(
    params=["index", "missing", "refused", "template", "reference", "mistaken", "changes", "staff"]
)
def text(request, grades):
    if request.param == "staff":
        return render.staff_page(grades[1], samples.submission(1), KIT, grades[0], grades[2])
    if request.param == "changes":
        return render.differences(changed(), KIT)
    if request.param == "index":
        return render.index(grades, KIT)
    number = {"missing": 4, "refused": 7, "template": 3, "reference": 0, "mistaken": 1}[request.param]
    return render.feedback(grades[number], KIT)


def test_it_needs_no_other_file_and_runs_nothing_but_its_own_script(text):
    page = Page(text)
    assert page.attributes("src") == page.attributes("style") == []
    assert not {"link", "iframe", "object", "form", "base", "img"} & {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "@import" not in text
    assert "url(" not in text
    policy = next(attrs["content"] for _, attrs in page.tags if "http-equiv" in attrs)
    written = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() for content in written]
    assert re.findall(r"'sha256-([^']+)'", policy) == hashes
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_every_tag_is_closed_and_headings_go_down_one_step_at_a_time(text):
    page = Page(text)
    assert page.unclosed == page.open == []
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_every_link_leads_somewhere(out):
    for file in out.rglob("*.html"):
        page = Page(file.read_text(encoding="utf-8"))
        anchors = page.attributes("id")
        assert len(anchors) == len(set(anchors))
        for target in page.attributes("href"):
            if target.startswith("#"):
                assert target[1:] in anchors
            else:
                assert (file.parent / unquote(target)).is_file()


def test_the_same_records_give_the_same_bytes_in_whatever_order_they_come(out, grades):
    assert render.index(grades[::-1], KIT).encode() == (out / "for-staff/index.html").read_bytes()
    assert (
        render.feedback(grades[1], KIT).encode()
        == (out / "for-students/feedback/student-001.html").read_bytes()
    )


def test_the_index_has_everybody_and_every_check(grades):
    page = render.index(grades, KIT)
    rows = re.findall(r'<tr [^>]*?data-status="([a-z ]+)"', page)
    assert sorted(rows) == sorted(grade.about.status for grade in grades)
    for test in grades[0].tests:
        assert f">{test.number}</td>" in page
    assert "<strong>6 students:</strong> Your gradient is the <em>sum</em> over the rows;" in page
    more = len(KIT.contract.graded) - 3
    assert page.count("<strong>2 students:</strong>") == 1
    assert f"</code> and {more} more are not written yet." in page
    assert "20 submissions:\n16 graded,\n2 missing,\n2 refused." in page


def test_the_index_lists_what_was_not_graded_with_its_sentence(grades):
    section = render.index(grades, KIT).split('id="refused"')[1].split("</section>")[0]
    assert section.count("<dt>") == 4
    assert "Your file is not valid Python in line 1: <code>def relu(x:</code>" in section
    assert "No file was handed in." in section


def test_what_somebody_must_look_at_stands_on_top():
    page = render.index(
        [record(1, status="grader fault"), record(2, check(), not_isolated="not isolated")], KIT
    )
    assert page.index("Somebody must look at this") < page.index("<nav")
    box = page.split('class="box"')[1].split("</section>")[0]
    assert {"student-001.html", "student-002.html"} == set(re.findall(r"students/([^\"]+)", box))
    assert "Somebody" not in render.index([record(1, check())], KIT)


def test_a_class_of_nobody_is_a_page_too():
    assert Page(render.index([], KIT)).unclosed == []
    assert "Nothing could be graded." in render.index([record(1, status="missing")], KIT)


def test_a_student_reads_every_check_its_points_and_the_reason(grades):
    grade = grades[1]
    page = render.feedback(grade, KIT)
    assert f"<strong>{grade.score:g}</strong> of {KIT.totals.programming:g} points" in page
    assert f"Graded with Python {platform.python_version()} and NumPy " in page
    for test in grade.tests:
        if not test.number.startswith("1.0"):
            assert f'<span class="meta">{test.number}</span>' in page
    assert "<em>sum</em> over the rows" in page
    (backward,) = [part for part in grade.about.parts if part.title == "Backward pass"]
    assert backward.points < backward.max_points
    assert f"{backward.points:g} / {backward.max_points:g}" in page
    assert "handed in 2027-02-08 20:01 (" in page


def test_what_a_function_passes_stands_together():
    checks = [check("1.2.1"), check("1.2.2", function="tanh"), failing("1.2.3"), check("1.2.4")]
    groups = render.alike(record(1, *checks), "1.2")
    assert [[one.number for one in group] for group in groups] == [["1.2.1", "1.2.4"], ["1.2.2"]]


def test_the_page_of_changes_says_who_and_through_what():
    page = render.differences(changed(), KIT)
    assert "1 of 2 scores changes: 0 up, 1 down; in 1.2.1 (1)" in page
    assert '<td class="number">-1</td>' in page
    assert "<div>1.2.1 relu: check 1.2.1: -1</div>" in page
    assert "<li>1.2.3 Title: was 1.2.1</li>" in page
    assert "This is a fault of the grader." in page


def test_the_input_that_shows_it_is_code_and_checks_that_say_the_same_are_explained_once():
    output = "Wrong.\n\nThis shows it:\n\n```python\nx = [\n  1]\n```\n"
    page = render.feedback(record(1, failing("1.2.1", output), failing("1.2.2", output)), KIT)
    assert page.count('<pre><code class="language-python">x = [\n  1]\n</code></pre>') == 1
    assert page.count("0 / 1</span>") == 2


@table("status", ["refused", "missing", "grader fault"])
def test_who_was_not_graded_reads_why(status):
    page = render.feedback(record(1, status=status, notes=("Because of `x`.",)), KIT)
    assert "Because of <code>x</code>." in page.split('class="box"')[1]
    assert (NOT_YOURS in page) == (status == "grader fault")


def test_nothing_is_told_of_a_hidden_check_but_its_points():
    shown = failing(output="The reason.")
    hidden = msgspec.structs.replace(shown, visibility="hidden")
    assert "The reason." in render.feedback(record(1, shown), KIT)
    page = render.feedback(record(1, hidden), KIT)
    assert "The reason." not in page
    assert shown.name not in page
    assert "0 / 1</span>" in page


def kinds(text):
    """Return which tags there are, with which attributes."""
    return {(tag, *sorted(attrs)) for tag, attrs in Page(text).tags}


def everywhere(words, name):
    """Draw every page, with these words and this name of a student wherever they can come to stand."""
    people = [record(n, failing("1.2.1", words), failing("1.4.1", words), name=name) for n in (1, 2)]
    people.append(record(3, failing("1.0.1", words), name=name, status="refused"))
    people.append(record(4, name=name, notes=(words,), status="grader fault"))
    drawn = [render.index(people, KIT), render.differences(changed(name, words), KIT)]
    drawn += [render.feedback(person, KIT) for person in people]
    code = Submission("solution.py", f"def relu(x):\n    {words}\n".encode())
    return "".join([*drawn, *(render.staff_page(person, code, KIT, person, person) for person in people)])


@pytest.fixture(scope="module")
def harmless():
    return kinds(everywhere("`a`, *b* and **c**\n\n```\nd\n```\n\n```python\ne\n```\n\n* f", "Student 001"))


@table("hostile", HOSTILE)
@pytest.mark.classroom
def test_nothing_a_student_writes_becomes_markup(harmless, hostile):
    text = everywhere(hostile, f"Student {hostile}")
    assert kinds(text) - harmless <= {("li",), ("ul",), ("code", "class")}
    assert not [
        href
        for href in Page(text).attributes("href")
        if not href.startswith(
            ("#", "students/", "student-00", "../index.html", "../../for-students/", "grades.csv")
        )
    ]
    assert text.count("<script>") == 1 + 4  # of the index, and of each page of the staff
    assert "1337" not in text


def test_text_does_not_turn_around_and_hides_nothing():
    tricks = "\u202eabc\u2066d\u200be\u0000f\ud800g"
    person = record(1, failing(output=f"`{tricks}`"), name=f"Student {tricks}")
    page = render.index([person], KIT) + render.feedback(person, KIT)
    assert not set(page) & set(tricks) - set("abcdefg")
    assert "<bdi>Student abcdefg</bdi>" in page
    assert "<code>abcdefg</code>" in page


def test_a_link_to_a_page_survives_odd_keys(tmp_path):
    grade = record(1, check(), key="a b#c?d%e'f")
    samples.write_pages([grade], tmp_path)
    staff = tmp_path / "for-staff"
    target = Page((staff / "index.html").read_text(encoding="utf-8")).attributes("href")[-1]
    page = Page((staff / unquote(target)).read_text(encoding="utf-8"))
    assert (staff / "students" / unquote(page.attributes("href")[1])).samefile(
        render.feedback_folder(tmp_path) / f"{grade.key}.html"
    )


@table("key", ["../index", "a/b", "/etc/x"])
def test_a_page_is_written_nowhere_else(key, tmp_path):
    grade = record(1, check(), key=key)
    with pytest.raises(UserError, match="cannot be the name of a file"):
        render.write_feedback(grade, KIT, tmp_path)
    with pytest.raises(UserError, match="cannot be the name of a file"):
        render.write_staff_page(grade, None, KIT, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "for-staff" / "index.html").mkdir(parents=True)
    with pytest.raises(UserError, match=r"index.html cannot be written: "):
        render.write_index([], KIT, tmp_path)


@table(
    ("scheme", "ink", "paper"),
    itertools.product((0, 1), ("text", "quiet", "link", "good", "bad"), ("back", "panel", "box")),
)
def test_contrast_is_at_least_4_5(scheme, ink, paper):
    """WCAG 2.1 asks for 4.5 to 1 in text (success criterion 1.4.3)."""
    assert contrast(scheme, ink, paper) >= 4.5


@table(("scheme", "behind"), itertools.product((0, 1), ("back", "line")))
def test_bars_can_be_told_from_what_is_behind_them(scheme, behind):
    assert contrast(scheme, "fill", behind) >= (3 if behind == "back" else 2)


def contrast(scheme, ink, paper):
    block = (
        (render.TEMPLATES / "page.css").read_text(encoding="utf-8").split(":root {")[scheme + 1].split("}")[0]
    )
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    light, dark = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def row_of(page, name):
    """Return the row of somebody in the table of students."""
    return next(row for row in page.split("<tr data-key")[1:] if f"<bdi>{name}</bdi>" in row)


def test_a_row_says_which_checks_fail_where_points_are_lost_and_when_it_was_handed_in():
    late = samples.handin(4)  # every ninth is late
    page = render.index([record(4, check("1.2.1"), failing("1.2.2"), handin=late, notes=("A note.",))], KIT)
    row = row_of(page, "Student 004")
    assert 'data-fails="1.2.2"' in row
    lost = " ".join(part.number for part in KIT.parts)  # a record earns next to nothing
    assert f'data-parts="{lost} "' in row
    assert 'data-late="yes"' in row
    assert 'data-value="2027-02-08 20:04:00+00:00">02-08 20:04<' in row
    assert '<td class="number">1</td>\n<td>graded</td>' in row
    assert "<p>A note.</p>" in page


def test_what_was_not_graded_fails_no_check():
    page = render.index([record(1, failing(), status="refused")], KIT)
    assert 'data-parts=""\n data-fails=""' in row_of(page, "Student 001")


def test_names_are_in_the_order_of_the_alphabet():
    names = ["Zo\u00eb", "\u00c9tienne", "de Vries", "Eva", "O'Brien"]
    page = render.index([record(number, name=name) for number, name in enumerate(names)], KIT)
    rows = re.findall(r'<th scope="row"><a [^>]*><bdi>(.*?)</bdi>', page)
    assert rows == ["de Vries", "\u00c9tienne", "Eva", "O&#39;Brien", "Zo\u00eb"]


def test_the_table_of_checks_says_how_each_discriminates_and_what_is_recognised():
    grades = [record(n, check("1.2.1", points=n % 2, mistake="" if n % 2 else "a")) for n in range(12)]
    page = render.index(grades, KIT)
    assert '<td class="number" data-check="1.2.1" data-value="6">6</td>' in page
    assert '<td class="number" data-value="1.0">1.00</td>' in page
    assert "6 of 6</td>" in page
    assert "100 % of what fails in code that was written has a\nrecognised mistake (6 of 6)." in page


def test_many_concerns_and_members_are_folded():
    grades = [record(n, check(), not_isolated="not isolated") for n in range(13)]
    box = render.index(grades, KIT).split('class="box"')[1].split("</section>")[0]
    assert "<summary>13 submissions</summary>" in box
