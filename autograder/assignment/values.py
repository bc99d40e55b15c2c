"""What a value of an assignment or a contract may be, beside its kind; toml_file.convert says it in words."""

from typing import Annotated

from msgspec import Meta

Line = Annotated[str, Meta(pattern=r"^[^\n\r]*\S[^\n\r]*\Z", description="a line of text")]
Number = Annotated[
    str, Meta(pattern=r"^\d+(\.\d+)*$", description='numbers with dots between them, such as "1.2"')
]
Name = Annotated[str, Meta(pattern=r"^[^\W\d]\w*\Z", description="a Python name")]
Module = Annotated[
    str, Meta(pattern=r"^[^\W\d]\w*\.py\Z", description='the name of a Python file, such as "solution.py"')
]
InFileName = Annotated[
    str, Meta(pattern=r"^[\w.+-]+\Z", description='letters, digits and any of . + - _, such as "1.0"')
]
Python = Annotated[str, Meta(pattern=r"^3\.\d+\Z", description='a version such as "3.10"')]
Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Rate = Annotated[float, Meta(gt=0, le=1000)]
Count = Annotated[int, Meta(ge=1)]
Mebibytes = Annotated[int, Meta(ge=1, le=1_000_000)]
Widths = Annotated[tuple[Count, ...], Meta(min_length=1)]
Epsilon = Annotated[float, Meta(gt=0, lt=0.5)]  # a probability is clipped to [epsilon, 1 - epsilon]
