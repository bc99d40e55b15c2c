"""Names in the order in which people look for them."""

from autograder.classroom.alphabet import alphabetical, folded
from tests.table import table


@table(
    ("name", "plain"),
    [
        ("O'Brien", "obrien"),
        ("O\u2019Brien", "obrien"),
        ("Zo\u00eb  Smith-Jones", "zoe smithjones"),
        ("\u00d8yvind \u0141ukasz", "oyvind lukasz"),
        ("Stra\u00dfe", "strasse"),
        ("\u0412\u0435\u0440\u0430", "\u0432\u0435\u0440\u0430"),
        ("\u674e 2", "\u674e 2"),
    ],
)
def test_accents_capitals_and_punctuation_do_not_count(name, plain):
    assert folded(name) == plain


def test_accents_do_not_put_a_name_behind_the_alphabet():
    names = ["Zo\u00eb", "\u00c9tienne", "de Vries", "Eva", "Dora", "\u00d8yvind", "Paul"]
    assert sorted(names, key=alphabetical) == [
        "de Vries", "Dora", "\u00c9tienne", "Eva", "\u00d8yvind", "Paul", "Zo\u00eb",
    ]  # fmt: skip
