"""Whatever bytes arrive, decoding gives a value or a ProtocolError, in bounded memory."""

import struct
import tracemalloc
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder.sandbox.protocol import codec, messages
from autograder.sandbox.protocol.framing import FrameReader
from tests.table import table

# The same thousand every day; 100,000 others each time with --hypothesis-profile=nightly.
EXAMPLES = max(1000, settings().max_examples)
THOROUGH = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

PLAIN = (type(None), bool, int, float, str, bytes, list, dict, np.ndarray, codec.Opaque)

FRAMES = [
    codec.pack(message)
    for message in (
        messages.Value(
            value={"Z1": np.eye(3), "A1": np.zeros((0, 4)), "n": [1, 2.5, None, "x"]}, changed=["0"]
        ),
        messages.ExceptionRaised(kind="ValueError", text="no", line=3, code="x"),
        messages.Ask(
            owner="NN",
            method="relu",
            arguments=[np.arange(6).reshape(2, 3)],
            keywords={},
            attributes={"lr": 1},
        ),
        messages.Loaded(found={"NN": "NN"}, candidates={}, missing=[], failures=["a"], absent=[], notes=[]),
        messages.Entering(line=4),
        messages.Ready(steps={"limits": "held"}),
    )
]


class Connection:
    """Give the bytes of a frame a few at a time, as a socket may."""

    def __init__(self, frame: bytes, at_once: int) -> None:
        self.left, self.at_once = frame, at_once

    def recv(self, count: int) -> bytes:
        count = min(count, self.at_once)
        received, self.left = self.left[:count], self.left[count:]
        return received

    def recv_into(self, buffer: memoryview) -> int:
        received = self.recv(len(buffer))
        buffer[: len(received)] = received
        return len(received)


def decode(frame: bytes) -> Any:
    try:
        return codec.unpack(FrameReader(Connection(frame, at_once=1000)).frame(), messages.Reply)
    except EOFError:
        raise codec.ProtocolError("the end") from None


@table("at_once", [1, 3, 100, 1 << 20])
def test_frames_arrive_however_they_are_cut(at_once: int) -> None:
    reader = FrameReader(Connection(b"".join(FRAMES), at_once))
    assert [bytes(reader.frame()) for _ in FRAMES] == [frame[4:] for frame in FRAMES]
    with pytest.raises(EOFError):
        reader.frame()


def assert_value_or_protocol_error(frame: bytes) -> None:
    try:
        message = decode(frame)
    except codec.ProtocolError:
        return
    for name in message.__struct_fields__:
        assert_plain(getattr(message, name))


def assert_plain(value: Any) -> None:
    assert type(value) in PLAIN
    if isinstance(value, list):
        for item in value:
            assert_plain(item)
    if isinstance(value, dict):
        for key, item in value.items():
            assert type(key) is str
            assert_plain(item)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Change a few bytes of a right frame, cut some out, or put some in; usually mend the lengths."""
    frame = bytearray(draw(st.sampled_from(FRAMES)))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(frame) - 1))
        match draw(st.sampled_from(["change", "cut", "insert"])):
            case "change":
                frame[at] = draw(st.integers(0, 255))
            case "cut" if len(frame) > 12:
                del frame[at : at + draw(st.integers(1, 4))]
            case _:
                frame[at:at] = draw(st.binary(min_size=1, max_size=9))
    if draw(st.integers(0, 3)) and len(frame) > 8:
        frame[:4] = struct.pack("<I", len(frame) - 4)
    return bytes(frame)


@THOROUGH
@given(frame=mutated())
def test_mutated_frames(frame: bytes) -> None:
    assert_value_or_protocol_error(frame)


@THOROUGH
@given(header=st.binary(max_size=200), rest=st.binary(max_size=50))
@example(header=b"\x81\xa4type\xa8Entering", rest=b"")
def test_random_headers(header: bytes, rest: bytes) -> None:
    assert_value_or_protocol_error(
        struct.pack("<II", 4 + len(header) + len(rest), len(header)) + header + rest
    )


def framed(header: bytes, rest: bytes = b"") -> bytes:
    return struct.pack("<II", 4 + len(header) + len(rest), len(header)) + header + rest


def value_of(encoded: bytes) -> bytes:
    """Put encoded bytes where a Value has its value."""
    return b"\x83\xa4type\xa5Value\xa7changed\x90\xa5value" + encoded


@table(
    "frame",
    [
        b"\xff" * 4000,
        framed(value_of(b"\xd6\xff\x00\x00\x00\x00")),  # a date
        framed(value_of(b"\x81\x01\x01")),  # a key that is a number
        framed(value_of(b"\x91" * 5000)),  # lists in lists in lists
        framed(value_of(b"\xc7\x09\x01d" + struct.pack("<Q", 2**62))),  # an array longer than memory
        framed(value_of(b"\xc7\x11\x01d" + struct.pack("<QQ", 0, 2**63))),
        framed(value_of(b"\xc7\x09\x01O" + struct.pack("<Q", 1)), b"\0" * 8),  # Python objects
        framed(value_of(b"\xc7\x09\x05d" + struct.pack("<Q", 1)), b"\0" * 8),  # no such extension
        framed(value_of(b"\xc0"), b"more"),  # bytes left over
        struct.pack("<II", 2**31, 2**31),
    ],
)
def test_frames_that_are_not_allowed(frame: bytes) -> None:
    with pytest.raises(codec.ProtocolError):
        decode(frame)


@table("item", [b"\x80", b"\x90", b"\xa0", b"\xc7\x09\x01d" + struct.pack("<Q", 0)])
def test_the_largest_header_takes_little_memory(item: bytes) -> None:
    count = (codec.MAX_HEADER - 100) // len(item)
    frame = framed(value_of(b"\xdd" + struct.pack(">I", count) + item * count))
    tracemalloc.start()
    decode(frame)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 << 20


def test_an_array_that_stands_there_twice_travels_once() -> None:
    array = np.arange(6.0).reshape(2, 3)
    once = codec.pack(messages.Value(value=[array], changed=[]))
    twice = codec.pack(messages.Value(value=[array, array, array.copy()], changed=[]))
    assert len(twice) - len(once) < 2 * array.nbytes
    first, second, third = codec.unpack(twice[4:], messages.Reply).value
    assert first is second
    assert third is not first
    assert np.array_equal(third, array)


CALL = messages.Call(
    handle=1, method="f", arguments=[(3, [np.ones(2), (1, 2)]), [(5, 1)]], keywords={"shape": ()}
)


def test_a_submission_gets_the_tuples_that_a_check_hands_over() -> None:
    frame = codec.pack(CALL, keep_tuples=True)[4:]
    call = codec.unpack(frame, messages.Request, max_header=codec.MAX_FRAME, trusted=True)
    (three, (ones, pair)), layers = call.arguments
    assert (three, pair, layers, call.keywords) == (3, (1, 2), [(5, 1)], {"shape": ()})
    assert np.array_equal(ones, np.ones(2))


def test_the_cells_of_a_notebook_arrive() -> None:
    load = messages.Load(source=b"", wanted=[], cells=((1, 2), (5, 3)))
    frame = codec.pack(load, keep_tuples=True)[4:]
    assert codec.unpack(frame, messages.Request, trusted=True) == load


def test_a_worker_can_send_no_tuples() -> None:
    frame = codec.pack(messages.Value(value=[(1, 2)], changed=[]), keep_tuples=True)[4:]
    with pytest.raises(codec.ProtocolError, match="of a kind that is not allowed"):
        codec.unpack(frame, messages.Reply)


def test_an_array_that_was_not_sent_cannot_be_meant() -> None:
    header = msgspec.msgpack.encode(
        {"type": "Value", "value": msgspec.msgpack.Ext(codec.SAME, codec.INDEX.pack(0)), "changed": []}
    )
    with pytest.raises(codec.ProtocolError):
        codec.unpack(codec.INDEX.pack(len(header)) + header, messages.Reply)


@table(
    "array",
    [
        *(np.array([[0, 1, 2], [3, 4, 5]]).astype(code) for code in "?bBhHiIlLqQefd"),
        np.array(True),
        np.array(2.5),
        np.zeros((0, 3)),
        np.arange(24.0).reshape(2, 3, 4).transpose(),
        np.arange(6.0)[::-2],
        np.arange(3, dtype=">f8"),
    ],
)
def test_arrays_arrive_as_they_were(array: np.ndarray) -> None:
    arrived = codec.unpack(codec.pack(messages.Value(value=[array], changed=[]))[4:], messages.Reply).value[0]
    assert type(arrived) is np.ndarray
    assert (arrived.shape, arrived.dtype) == (array.shape, array.dtype.newbyteorder("="))
    assert arrived.flags.writeable
    assert arrived.flags.owndata
    assert np.array_equal(arrived, array)
