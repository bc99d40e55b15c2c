import msgspec
import pytest

from autograder.common import toml_file
from autograder.common.errors import UserError


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    learning_rate: float
    hint: str = msgspec.field(name="try", default="")


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    named: dict[str, Inner]
    listed: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[named.a]\nlearning_rat = 1", "x.toml: the table contains unknown field `learning_rat` - at `"),
        ("[named.a]\nlearning_rat = 1", "did you mean `learning_rate`?"),
        ("[named]\n[[listed]]\nlearning_rate = 1\ntyr = ''", "did you mean `try`?"),
        ("[named]\n[sizes]", "unknown field `sizes`; remove it."),
        ("[named.a]\nlearning_rate = 'much'", "Expected `float`, got `str`"),
    ],
)
def test_what_does_not_fit_is_one_sentence_with_the_likely_spelling(text, words):
    with pytest.raises(UserError) as caught:
        toml_file.convert(toml_file.parse(text, "x.toml"), Outer, "x.toml")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_toml_is_one_sentence(tmp_path):
    for content, says in (
        (b"[a", r"^x\.toml is not valid TOML: "),
        (b"# caf\xe9", r"^x\.toml: line 1 is not UTF-8"),
    ):
        (tmp_path / "x.toml").write_bytes(content)
        with pytest.raises(UserError, match=says):
            toml_file.read(tmp_path / "x.toml", "x.toml")
    with pytest.raises(UserError, match=r"none\.toml cannot be read: "):
        toml_file.read(tmp_path / "none.toml")


def test_a_value_is_toml_or_a_bare_word():
    values = [toml_file.value(text) for text in ("[0.1, 2]", "true", "relu", "'relu'")]
    assert values == [[0.1, 2], True, "relu", "relu"]
