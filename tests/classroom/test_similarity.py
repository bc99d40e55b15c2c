"""Who has code in common: found in every disguise, and nothing found where all is one's own."""

import functools
import json
import re
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pytest

from autograder import ROOT
from autograder.assignment import config, template
from autograder.classroom.similarity import collect, tokens
from autograder.classroom.similarity.compare import (
    COMMON,
    MAX_PAIRS,
    MAX_WIDESPREAD,
    MIN_LINES,
    Alphabet,
    Compared,
    Comparison,
    Pair,
)
from autograder.classroom.similarity.matching import Stretch
from autograder.classroom.similarity.page import MAX_ROWS, page
from autograder.intake.handin import Handin, Person
from benchmarks import similarity as benchmark
from tests.classroom.generated import disguised, solution
from tests.conftest import ASSIGNMENT_FILES
from tests.table import table

BODY = """
def f(a, b=(1, 2)):
    total = np.sum(a, axis=0)
    for row in range(len(a)):
        total += a[row] * 0.5 + b[0]
    return {"total": total}
"""


def kinds(code: str) -> list[str]:
    return [token.kind for token in tokens.read(code)]


def handin(name: str) -> Handin:
    return Handin(key=name.replace(" ", "_"), people=(Person(name=name),))


@functools.cache
def alphabet(template: str) -> Alphabet:
    return Alphabet(template)


@functools.cache
def spelled(template: str, name: str, source: str, origin: str) -> Compared:
    """Read what somebody wrote, which takes the longest, once for all tests."""
    return alphabet(template).spell(handin(name), source, origin)


def compare(template: str, sources: dict[str, str]) -> list[Pair]:
    return compare_with(template, sources, {})


def compare_with(template: str, own: dict[str, str], elsewhere: dict[str, dict[str, str]]) -> list[Pair]:
    everybody = [
        spelled(template, name, source, origin)
        for origin, crowd in {"": own, **elsewhere}.items()
        for name, source in crowd.items()
    ]
    return Comparison(everybody, alphabet(template).given).pairs()


def names(pairs: list[Pair]) -> list[set[str]]:
    return [{pair.left.names, pair.right.names} for pair in pairs]


@pytest.fixture(scope="module")
def classmates(template_source: str) -> dict[str, str]:
    return {f"Student {seed:03}": solution(template_source, seed) for seed in range(12)}


# Tokens.


@table(
    "code",
    [
        BODY.replace("total", "t").replace("row", "i").replace("f(a", "other(a"),
        BODY.replace("np.", "numpy."),
        BODY.replace("    ", "\t"),
        BODY.replace("\n", "\n\n").replace("axis=0", "\n axis=0,\n"),
        BODY.replace("a[row] * 0.5 + b[0]", "((a[row] * .25) + b[1])"),
        BODY.replace('"total"', "'t'"),
        BODY.replace("    total = ", '    """Explain."""\n    # and again\n    total = '),
        BODY.replace("total = np", "total = \\\n np"),
    ],
)
def test_names_layout_and_comments_do_not_count(code: str) -> None:
    assert code != BODY
    assert kinds(code) == kinds(BODY)


@table(
    "code",
    [
        BODY.replace("sum", "mean"),
        BODY.replace("range(", "enumerate("),
        BODY.replace("+=", "-="),
        BODY.replace("for row in", "while row <"),
        BODY.replace("[0]", ".shape"),
    ],
)
def test_what_is_done_counts(code: str) -> None:
    assert kinds(code) != kinds(BODY)


def test_the_line_of_a_token_is_the_one_it_stands_in() -> None:
    code = 'x = """a\nb"""\n\n# c\ny = 1'
    assert [(token.kind, token.line) for token in tokens.read(code)] == [
        ("name", 1), ("=", 1), ("string", 1), ("name", 5), ("=", 5), ("number", 5)
    ]  # fmt: skip


def test_lines_of_the_template_are_not_the_students(template_source: str) -> None:
    template = tokens.read(template_source)
    assert tokens.written(template, template) == []
    more = template_source.replace("    def relu", "    def helper(self):\n        return 1\n\n    def relu")
    assert [token.kind for token in tokens.written(tokens.read(more), template)] == kinds(
        "def helper(self): return 1"
    )


@pytest.mark.similarity
@table(
    "code",
    ["(" * 200_000, "x\n" * 100_000, "f'{" * 50_000, '"""' * 50_000, "\0\ud800é" * 1000, "def f(:\n  \t", ""],
)
def test_what_is_no_python_is_read_too_as_far_as_it_is_read(code: str) -> None:
    found = tokens.read(code)
    assert len(found) <= tokens.MAX_LETTERS
    assert all(token.line <= tokens.MAX_LINES for token in found)


# Pairs.


def test_everybody_who_worked_alone_is_in_no_pair(template_source: str, classmates: dict[str, str]) -> None:
    assert compare(template_source, classmates) == []


def test_the_template_alone_makes_no_pair(template_source: str) -> None:
    blanks = {"Student 001": template_source, "Student 002": disguised(template_source)}
    assert compare(template_source, blanks) == []


def test_a_disguised_copy_is_found(template_source: str, classmates: dict[str, str]) -> None:
    sources = {**classmates, "Student 099": disguised(classmates["Student 005"])}
    (pair,) = compare(template_source, sources)
    assert {pair.left.names, pair.right.names} == {"Student 005", "Student 099"}
    own = {
        token.line
        for token in tokens.written(tokens.read(classmates["Student 005"]), tokens.read(template_source))
    }
    assert len(pair.left_lines & own) > 0.8 * len(own)
    assert pair.left_lines <= own


@pytest.mark.similarity
def test_one_function_of_a_file_is_found(template_source: str, classmates: dict[str, str]) -> None:
    theirs, mine = classmates["Student 003"], solution(template_source, 100)
    body = re.compile(r"    def forward\(.*?(?=\n    def )", re.DOTALL)
    borrowed = re.findall(body, theirs)[0]
    (pair,) = compare(template_source, {**classmates, "Student 100": re.sub(body, lambda _: borrowed, mine)})
    assert {pair.left.names, pair.right.names} == {"Student 003", "Student 100"}
    for one, lines in ((pair.left, pair.left_lines), (pair.right, pair.right_lines)):
        in_both = {one.source[line - 1] for line in lines}
        statements = {line for line in borrowed.split("\n") if re.match(r"        (v\d|if) ", line)}
        assert len(statements) > 10
        assert statements <= in_both


@pytest.mark.similarity
def test_the_longest_pair_comes_first(template_source: str, classmates: dict[str, str]) -> None:
    whole = classmates["Student 001"]
    part = whole.split("    def backward")[0]
    sources = {**classmates, "A part": disguised(part + "    pass\n"), "The whole": disguised(whole)}
    found = compare(template_source, sources)
    assert names(found)[0] == {"Student 001", "The whole"}
    assert [pair.size for pair in found] == sorted((pair.size for pair in found), reverse=True)
    assert compare(template_source, dict(reversed(sources.items())))[0].size == found[0].size


@pytest.mark.similarity
def test_the_same_work_is_one_pair_however_many_hand_it_in(
    template_source: str, classmates: dict[str, str]
) -> None:
    copies = {f"Copy {number}": classmates["Student 002"].replace("v1", f"w{number}") for number in range(20)}
    (pair,) = compare(template_source, {**classmates, **copies})
    assert len(pair.left.handins) + len(pair.right.handins) == 21


@pytest.mark.similarity
def test_what_much_of_the_class_writes_does_not_count(
    template_source: str, classmates: dict[str, str]
) -> None:
    idiom = "\n".join(f"        v{line} = np.exp(v1) @ (v2[{line}] + 1) - np.sum(v3)" for line in range(12))
    everybody = {name: f"{source}\n    def helper(self):\n{idiom}\n" for name, source in classmates.items()}
    few = {name: everybody[name] if name < "Student 003" else classmates[name] for name in classmates}
    assert compare(template_source, everybody) == []
    assert len(compare(template_source, few)) == 3


@pytest.mark.similarity
def test_the_number_of_pairs_is_bounded(template_source: str) -> None:
    common = solution(template_source, 0)
    own = "\n    def own(self):\n        v1"
    sources = {f"Student {number:03}": common + own + " @ v2" * number for number in range(COMMON)}
    found = compare(template_source, sources)
    assert len(found) == len(sources) * (len(sources) - 1) // 2 < MAX_PAIRS
    monsters = {f"Student {number}": "z\n" * number + "x + y\n" * 4000 for number in range(3)}
    assert len(compare(template_source, monsters)) == 3


# Elsewhere.


def test_a_copy_of_last_years_is_found_and_pairs_among_last_years_are_not(
    template_source: str, classmates: dict[str, str]
) -> None:
    everybody = list(classmates.items())
    own, last = dict(everybody[:6]), dict(everybody[6:])
    last["Her friend"] = disguised(last["Student 007"])
    own["The copy"] = disguised(last["Student 007"], seed=1)
    found = compare_with(template_source, own, {"last": last})
    assert sorted(map(sorted, names(found))) == [["Her friend", "The copy"], ["Student 007", "The copy"]]
    assert {pair.right.origin for pair in found} == {"last"}
    assert compare_with(template_source, dict(everybody[:6]), {"last": last}) == []


def test_who_hands_in_the_very_same_as_elsewhere_is_found(
    template_source: str, classmates: dict[str, str]
) -> None:
    public = {"a repository": classmates["Student 003"]}
    (pair,) = compare_with(template_source, classmates, {"github": public})
    assert names([pair]) == [{"Student 003", "a repository"}]


@pytest.mark.similarity
def test_pairs_of_the_class_come_first_however_long_the_others_are(
    template_source: str, classmates: dict[str, str]
) -> None:
    whole = classmates["Student 001"]
    own = {**classmates, "A part": disguised(whole.split("    def backward")[0] + "    pass\n")}
    found = compare_with(template_source, own, {"last": {"Old": whole}, "older": {"Oldest": whole}})
    assert [pair.right.origin for pair in found] == ["", "last", "last", "older", "older"]
    assert found[1].size > found[0].size


# What much of last year's class wrote is how one writes it, too.
@pytest.mark.similarity
def test_what_much_of_last_years_class_wrote_does_not_count(
    template_source: str, classmates: dict[str, str]
) -> None:
    idiom = "\n".join(f"        v{line} = np.exp(v1) @ (v2[{line}] + 1) - np.sum(v3)" for line in range(12))
    last = {
        f"Old {name}": f"{source}\n    def helper(self):\n{idiom}\n" for name, source in classmates.items()
    }
    mine = {"Student 200": f"{solution(template_source, 200)}\n    def helper(self):\n{idiom}\n"}
    assert compare_with(template_source, mine, {"last": last}) == []
    assert len(compare_with(template_source, mine, {"last": dict(list(last.items())[:3])})) == 3


@pytest.mark.similarity
def test_what_is_usual_in_a_class_says_what_stands_out(
    template_source: str, classmates: dict[str, str]
) -> None:
    letters = Alphabet(template_source)
    part = classmates["Student 001"].split("    def backward")[1].split("    def loss")[0]
    own = [letters.spell(handin(name), source) for name, source in classmates.items()]
    assert Comparison(own, letters.given).usual() < MIN_LINES
    assert Comparison(own[:1], letters.given).usual() == 0
    alike = [
        letters.spell(handin(name), f"{source}\n    def backward{part}")
        for name, source in list(classmates.items())[:4]
    ]
    assert Comparison(alike, letters.given).usual() >= MIN_LINES
    copy = letters.spell(handin("Copy"), disguised(classmates["Student 009"]))
    (pair,) = Comparison([*own, copy], letters.given).pairs()
    html = page([pair], {"": 13}, [], config.load(), usual=pair.size // 2)
    assert f"The first of them stands out: half of the class has {pair.size // 2} lines or more" in html
    assert "None of them stands out" in page([pair], {"": 13}, [], config.load(), usual=pair.size)
    assert "stand" not in page([pair], {"": 13}, [], config.load()).split("<nav")[1].split("</nav>")[0]


@pytest.mark.similarity
def test_a_source_that_much_of_the_class_had_is_named(
    template_source: str, classmates: dict[str, str]
) -> None:
    public = solution(template_source, 300)
    helper = public.split("    def forward")[1].split("    def loss")[0]
    everybody = {name: f"{source}\n    def forward{helper}" for name, source in classmates.items()}
    letters = Alphabet(template_source)
    mine = [letters.spell(handin(name), source) for name, source in everybody.items()]
    elsewhere = [letters.spell(handin("Public"), public, "github")]
    assert Comparison(mine + elsewhere, letters.given).pairs() == []
    ((one, number),) = Comparison(mine + elsewhere, letters.given).widespread()
    written = len(re.findall(r"(?m)^        (v\d|if) ", helper))
    assert one.names == "Public"
    assert 0.9 * written <= number <= written
    html = page([], {"": 12, "github": 1}, [], config.load(), widespread=[(one, number)])
    assert f"{number} lines of <bdi>Public</bdi> of <bdi>github</bdi>" in html
    last = [letters.spell(handin(name), source, "last") for name, source in everybody.items()]
    assert Comparison(mine + last, letters.given).widespread() == [], "last year's class wrote so, too"
    assert len(Comparison(mine + last[:9], letters.given).widespread()) == MAX_WIDESPREAD
    few = [letters.spell(handin(name), source) for name, source in classmates.items()]
    assert Comparison(few + elsewhere, letters.given).widespread() == []


def test_the_reference_is_compared_and_called_so() -> None:
    assignment = config.load()
    letters = collect.alphabet(assignment)
    reference = collect.reference(assignment, letters)
    source = template.reference(assignment)
    (pair,) = Comparison(
        [letters.spell(handin("Near"), disguised_names(source)), reference], letters.given
    ).pairs()
    assert (pair.left.names, pair.right.origin) == ("Near", collect.REFERENCE)
    html = a_page([pair])
    assert "<bdi>Near</bdi> and <bdi>the reference solution</bdi></a>" in html
    assert "1 pair of a student and the reference" in html


def test_the_template_of_another_assignment_is_nobodys_work(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ASSIGNMENT_FILES:
        monkeypatch.setenv(config.VARIABLE, str(file))
        blank = template.path_of().read_text(encoding="utf-8")
        assert collect.alphabet(config.load()).spell(handin("Nobody"), blank).letters == ""


def disguised_names(source: str) -> str:
    return source.replace("layer", "l").replace("n_rows", "rows").replace("grads", "gradients")


# Copies that were rewritten; benchmarks/README.md has the figures.


@pytest.mark.similarity
def test_rewritten_copies_are_found_among_others_who_worked_alone() -> None:
    one = benchmark.make(benchmark.Pool(), benchmark.KINDS[1], size=16, copies=2, seed=1)
    shown, _ = benchmark.found(one.sources)
    assert one.copied <= set(shown[:4])


@pytest.mark.zoo
@pytest.mark.parametrize("kind", benchmark.KINDS[2:5], ids=lambda kind: kind.title)
def test_what_is_rewritten_is_as_right_as_before(kind: benchmark.Kind) -> None:
    one = benchmark.make(benchmark.Pool(), kind, size=1, copies=1, seed=2)
    assert len(set(one.sources.values())) == 2
    assert benchmark.check(one.sources) == []


# The page.


def a_page(pairs: list[Pair], others: list[tuple[str, str]] | None = None) -> str:
    return page(pairs, {"": 5, collect.REFERENCE: 1}, others or [], config.load())


def a_pair(name: str, lines: list[str]) -> Pair:
    one = Compared((handin(name),), tuple(lines), "", ())
    everything = (1, len(lines))
    return Pair(one, one, (Stretch(everything, everything),), frozenset({1}), frozenset({1}))


@pytest.mark.similarity
def test_the_page_shows_both_names_and_the_lines_in_common(
    template_source: str, classmates: dict[str, str]
) -> None:
    copied = disguised(classmates["Student 004"])
    html = a_page(compare(template_source, {**classmates, "Zoë O'Student": copied}))
    assert "not a verdict" in html
    assert "Student 004" in html
    assert "Zoë O&#39;Student" in html
    assert 'class="both"' in html
    assert "my_v" in html
    assert not re.search(
        r"%(?! *[;}])|score|plagiari|cheat|suspicio", html.split("</style>")[1], re.IGNORECASE
    )


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    html = a_page([a_pair("Student", ["x"])])
    assert not re.search(r"<script|<link|<img|url\(|https?:|@import", html)
    assert "default-src 'none'" in unescape(html)


def test_text_of_students_means_nothing_to_the_page() -> None:
    bad = "<script>alert(1)</script>\u202e\x1b[31m"
    html = a_page([a_pair(f"</bdi>{bad}", [f"    x = '{bad}'", "\ty"])], [(bad, bad)])
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not set("\u202e\x1b") & set(html.split("<td>")[1])
    assert "<td>    y</td>" in html


def test_long_code_is_cut_and_this_is_said() -> None:
    html = a_page([a_pair("Student", ["x" * 100_000] * 1000)])
    assert f"{1000 - MAX_ROWS} lines more." in html
    assert len(html) < 200_000


def test_a_page_without_pairs_says_so() -> None:
    html = a_page([], [("Student 001", "nothing was handed in.")])
    assert "no two have a longer stretch of code in common" in html
    assert "Student 001</bdi>: nothing was handed in." in html


# The command.


def command(*arguments: object, before: str = "") -> subprocess.CompletedProcess[str]:
    code = f"import sys\n{before}\nfrom autograder.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path, template_source: str, classmates: dict[str, str]) -> Path:
    submissions = tmp_path / "class"
    submissions.mkdir()
    for name in ("Student 001", "Student 002"):
        (submissions / f"{name}.py").write_text(classmates[name], encoding="utf-8")
    (submissions / "Student 003.py").write_text(disguised(classmates["Student 001"]), encoding="utf-8")
    (submissions / "Student 004.py").write_text(template_source, encoding="utf-8")
    (submissions / "Student 005.py").write_bytes(b"%PDF")
    (submissions / "Student 006").mkdir()
    return submissions


@pytest.mark.similarity
def test_the_command_writes_a_page(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "similar.html"
    done = command("similarity", folder, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Wrote {out}: 1 pair to look at among 3 submissions.\n"
    html = out.read_text(encoding="utf-8")
    for says in ("hardly anything was added", "a PDF document", "nothing was handed in"):
        assert says in html


def test_the_command_prints_json(tmp_path: Path, folder: Path) -> None:
    done = command("similarity", folder, "--out", tmp_path / "similar.html", "--json")
    (pair,) = json.loads(done.stdout)
    assert {*pair["left"], *pair["right"]} == {"Student_001", "Student_003"}
    assert min(pair["lines_in_common"]) >= MIN_LINES
    assert all(one["left"][0] <= one["left"][1] for one in pair["stretches"])


def test_the_command_compares_with_an_export_a_folder_and_a_file(
    tmp_path: Path, folder: Path, template_source: str, classmates: dict[str, str]
) -> None:
    with zipfile.ZipFile(tmp_path / "2026.zip", "w") as archive:
        archive.writestr("Old one.py", disguised(classmates["Student 002"]))
        archive.writestr("Old two.py", disguised(classmates["Student 002"], seed=3))
        archive.writestr("Scan.pdf", b"%PDF")
    public = tmp_path / "public"
    public.mkdir()
    (public / "solution.py").write_text(classmates["Student 001"], encoding="utf-8")
    (tmp_path / "found.py").write_text(solution(template_source, 50), encoding="utf-8")
    out = tmp_path / "similar.html"
    elsewhere = [word for name in ("2026.zip", "public", "found.py") for word in ("--with", tmp_path / name)]
    done = command("similarity", folder, "--out", out, *elsewhere, "--json")
    found = json.loads(done.stdout)
    assert [one["right_from"] for one in found] == [
        "the class", str(tmp_path / "2026.zip"), str(tmp_path / "2026.zip"), str(public), str(public),
    ]  # fmt: skip
    assert {tuple(one["left"]) for one in found[1:3]} == {("Student_002",)}
    assert done.stderr == (
        f"Wrote {out}: 1 pair to look at among 3 submissions; "
        f"2 with {tmp_path / '2026.zip'}; 2 with {public}.\n"
    )
    html = out.read_text(encoding="utf-8")
    assert f"Old one</bdi> of <bdi>{tmp_path / '2026.zip'}</bdi>" in html
    assert "a PDF document" in html
    assert "found.py</bdi> (1), and the reference" in html


@pytest.mark.similarity
def test_mistakes_are_one_sentence(tmp_path: Path, folder: Path) -> None:
    for arguments, says in (
        ((tmp_path / "none",), "does not exist; name the export"),
        ((folder, "--out", tmp_path / "no" / "x.html"), "does not exist; make it first."),
        ((folder, "--out", tmp_path), "cannot be written"),
        ((folder, "--with", tmp_path / "last"), "does not exist; name the export"),
        ((folder, "--with", tmp_path / "no", "--assignment", "assignments/practical.toml"), "does not exist"),
    ):
        done = command("similarity", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr.replace("\n", " ")
        assert done.stderr.count("\n") == 1


@pytest.mark.similarity
def test_what_is_not_installed_is_said_with_the_command_that_installs_it(folder: Path) -> None:
    done = command("similarity", folder, before="sys.modules['yaml'] = None")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "autograder: similarity needs yaml; begin the command with ./setup.sh --class."
    )


@pytest.mark.similarity
def test_grading_one_file_needs_none_of_it() -> None:
    missing = "sys.modules.update(dict.fromkeys(['yaml', 'jinja2', 'markdown_it', 'pebble']))"
    done = command("grade", "template/solution.py", before=missing)
    assert (done.returncode, done.stderr) == (0, "")
