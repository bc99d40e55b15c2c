"""Turn messages into frames of bytes and back, believing nothing that arrives.

A frame is: u32 length of all that follows, u32 length of the header, the header
(MessagePack, checked against the types in messages.py), then the bytes of the arrays, one
after the other.  In the header an array is only its dtype and shape; one that stands in a
message twice is sent once, and is one array at the other end too.  The cap on the
header is small on purpose: 8 MB of empty maps would become 500 MB of Python objects.

Nothing is pickled, nothing is evaluated, and no dtype can hold a reference.
"""

import functools
import math
import struct
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from autograder.common import sanitize
from autograder.sandbox.protocol.messages import Message

MAX_FRAME = 64 << 20
MAX_HEADER = 256 << 10
LARGEST = (MAX_FRAME, MAX_FRAME // 4, MAX_FRAME // 16)  # bytes of an array that is sent, tried in turn
MAX_DIMENSIONS = 8
MAX_NAME = 200

DTYPES = {ord(np.dtype(code).char): np.dtype(code) for code in "?bBhHiIlLqQefd"}
LONG_DOUBLE, OBJECT = "g", "O"  # the letters of two dtypes
NUMBERS = (bool, int, float, np.bool_, np.number)  # what an array of objects may hold
LENGTHS = struct.Struct("<II")
ARRAY, OPAQUE, SAME, TUPLE = 1, 2, 3, 4
INDEX = struct.Struct("<I")
DIMENSIONS = [struct.Struct(f"<B{count}Q") for count in range(MAX_DIMENSIONS + 1)]

_MALFORMED = (
    msgspec.MsgspecError,
    struct.error,
    ValueError,
    TypeError,
    IndexError,
    OverflowError,
    RecursionError,
)


class ProtocolError(Exception):
    """A frame that is not what the protocol allows."""


class TooLarge(ProtocolError):
    """A message whose arrays do not fit into a frame together."""


class Opaque(str):
    """A value that is not plain data; the string is the name of its type."""


class Tuple(list[Any]):
    """A list that was a tuple where it came from."""


PLAIN = frozenset((type(None), bool, int, float, str, bytes, np.ndarray, Opaque))
_encode = msgspec.msgpack.Encoder().encode  # quicker than msgspec.msgpack.encode, which makes one each time


def pack(message: Message, *, max_header: int = MAX_FRAME, keep_tuples: bool = False) -> bytes:
    """Encode a message, kindly: dict subclasses and NumPy scalars become plain, and tuples lists.

    keep_tuples: for what the grader sends: a submission gets the tuples that the handout promises.
    What is too large for a frame is only named: the largest arrays first.
    Raises ProtocolError if the frame would still be larger than MAX_FRAME, or its header than `max_header`.
    """
    for largest in LARGEST:
        try:
            return _pack(message, max_header, _Buffers(keep_tuples, largest))
        except TooLarge as error:
            too_large = error
    raise too_large


def _pack(message: Message, max_header: int, buffers: "_Buffers") -> bytes:
    header = _encode({"type": type(message).__name__, **_fields(message, buffers)})
    if len(header) > max_header:
        raise ProtocolError(f"{len(header):,} bytes outside of arrays; at most {max_header:,} can be sent")
    total = 4 + len(header) + sum(map(len, buffers.bytes))
    if total > MAX_FRAME:
        raise TooLarge(f"the value takes {total:,} bytes; at most {MAX_FRAME:,} can be sent")
    return b"".join([LENGTHS.pack(total, len(header)), header, *buffers.bytes])


def unpack(
    body: bytes | bytearray, expected: Any, *, max_header: int = MAX_HEADER, trusted: bool = False
) -> Any:
    """Decode a frame, without its first length, strictly, into one of the `expected` messages.

    Every array in the result is a fresh, plain ndarray.  Raises ProtocolError for
    anything else, whatever is wrong with it.  trusted: it comes from the grader; do not
    look at every value in it.
    """
    try:
        message = _unpacker(expected).unpack(body, max_header, trusted)
        for name in () if trusted else message.__struct_fields__:
            _require_plain(getattr(message, name))
    except ProtocolError:
        raise
    except _MALFORMED as error:
        raise ProtocolError(f"a malformed message ({type(error).__name__})") from None
    return message


def _require_plain(value: Any) -> None:
    """Raise ProtocolError for what MessagePack has and the protocol does not: dates, keys of any kind."""
    if isinstance(value, list):
        for item in value:
            _require_plain(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str:
                raise ProtocolError("a key that is not a string")
            _require_plain(item)
    elif type(value) not in PLAIN:
        raise ProtocolError(f"a {type(value).__name__}")


class _Unpacker:
    """A decoder of one kind of message; arrays are cut, in order, out of what is behind the header."""

    def __init__(self, expected: Any) -> None:
        self._decoder = msgspec.msgpack.Decoder(expected, ext_hook=self._extension)
        self._items = msgspec.msgpack.Decoder(list[Any], ext_hook=self._extension)  # of a tuple
        self._trusted = False
        self._body: bytes | bytearray = b""
        self._at = 0
        self._cut: list[np.ndarray] = []

    def unpack(self, body: bytes | bytearray, max_header: int, trusted: bool) -> Any:
        """Decode one frame; raises ProtocolError, or one of _MALFORMED."""
        (header_length,) = INDEX.unpack_from(body)
        if header_length > max_header or 4 + header_length > len(body):
            raise ProtocolError(f"a header of {header_length:,} bytes")
        self._body, self._at, self._cut, self._trusted = body, 4 + header_length, [], trusted
        try:
            message = self._decoder.decode(memoryview(body)[4 : 4 + header_length])
            if self._at != len(body):
                raise ProtocolError("bytes left over")
        finally:
            self._body, self._cut = b"", []
        return message

    def _extension(self, code: int, data: memoryview) -> Any:
        """Rebuild what an extension of the header stands for."""
        if code == ARRAY:
            array = self._next(data)
            self._cut.append(array)
            return array
        if code == SAME:
            (index,) = INDEX.unpack(data)
            return self._cut[index]
        if code == OPAQUE:
            return Opaque(sanitize.words(bytes(data[:MAX_NAME]).decode("utf-8", "replace"), MAX_NAME))
        if code == TUPLE and self._trusted:
            return tuple(self._items.decode(data))
        raise ProtocolError("something of a kind that is not allowed")

    def _next(self, data: memoryview) -> np.ndarray:
        count = len(data) // 8
        if count > MAX_DIMENSIONS:
            raise ProtocolError("an array of too many dimensions")
        char, *shape = DIMENSIONS[count].unpack(data)
        if char not in DTYPES:
            raise ProtocolError("an array of a kind that is not allowed")
        dtype: np.dtype[Any] = DTYPES[char]
        start, self._at = self._at, self._at + math.prod(shape) * dtype.itemsize
        if self._at > len(self._body):
            raise ProtocolError("an array longer than its message")
        # Any byte but 0 and 1 would be undefined behaviour in a bool array.
        raw = np.uint8 if dtype.kind == "b" else dtype
        array: np.ndarray = np.ndarray(shape, raw, self._body, start).astype(dtype)
        return array


@functools.cache
def _unpacker(expected: Any) -> _Unpacker:
    """Keep what decodes these messages: it takes longer to make than to use."""
    return _Unpacker(expected)


class _Buffers:
    """The bytes of the arrays of one frame, each array once.

    keep_tuples: whether tuples stay what they are.  largest: an array of more bytes is only named.
    """

    def __init__(self, keep_tuples: bool, largest: int = MAX_FRAME) -> None:
        self.keep_tuples, self._largest = keep_tuples, largest
        self.bytes: list[bytes] = []
        self._seen: dict[int, tuple[int, np.ndarray]] = {}  # holding them, so that no other gets their id

    def add(self, array: np.ndarray) -> msgspec.msgpack.Ext:
        """Keep the bytes of an array, and return what stands for it in the header."""
        if id(array) in self._seen:
            return msgspec.msgpack.Ext(SAME, INDEX.pack(self._seen[id(array)][0]))
        if array.nbytes > self._largest:
            size = f"{array.nbytes / 1e6:,.0f} MB"
            return _opaque(f"numpy.ndarray of shape {array.shape}, {size}, too large to be sent")
        native = array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
        if native.dtype.char == LONG_DOUBLE:
            native = native.astype(np.float64)
        char = ord(native.dtype.char)
        if char not in DTYPES or native.ndim > MAX_DIMENSIONS:
            return _opaque(f"numpy.ndarray of dtype {array.dtype}")
        self._seen[id(array)] = len(self.bytes), array
        self.bytes.append(native.tobytes())
        return msgspec.msgpack.Ext(ARRAY, DIMENSIONS[native.ndim].pack(char, *native.shape))


def _fields(struct: msgspec.Struct, buffers: _Buffers) -> dict[str, Any]:
    """Rebuild the fields of a message, or of a part of one.

    Only values keep tuples: a sequence that the message itself is made of is a list of lists.
    """
    found = {}
    for name, is_value in _kinds(type(struct)):
        value = getattr(struct, name)
        found[name] = plain(value if is_value or type(value) is not tuple else _lists(value), buffers)
    return found


@functools.cache
def _kinds(struct: type[msgspec.Struct]) -> tuple[tuple[str, bool], ...]:
    """Name the fields of a kind of message, and tell of each whether it holds a value of any kind."""
    return tuple((name, struct.__annotations__[name] is Any) for name in struct.__struct_fields__)


def _lists(value: Any) -> Any:
    """Make lists of a tuple and of the tuples in it."""
    return [_lists(item) for item in value] if type(value) is tuple else value


def plain(value: Any, buffers: _Buffers) -> Any:
    """Rebuild a value from plain types; arrays leave their bytes in `buffers`.

    A grading does this a hundred thousand times: what is of a plain type itself is looked up.
    """
    rebuild = _REBUILD.get(type(value))
    return rebuild(value, buffers) if rebuild else _of_another_type(value, buffers)


def _itself(value: Any, buffers: _Buffers) -> Any:
    return value


def _integer(value: int, buffers: _Buffers) -> Any:
    return value if -(2**63) <= value < 2**63 else _opaque(f"int of {value.bit_length()} bits")


def _text(value: str, buffers: _Buffers) -> str:
    # Lone surrogates cannot travel.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _list(value: Any, buffers: _Buffers) -> Any:
    return [plain(item, buffers) for item in value]


def _tuple(value: Any, buffers: _Buffers) -> Any:
    items = [plain(item, buffers) for item in value]
    return msgspec.msgpack.Ext(TUPLE, _encode(items)) if buffers.keep_tuples else items


def _dict(value: Any, buffers: _Buffers) -> Any:
    return {_key(key): plain(item, buffers) for key, item in value.items()}


def _array(value: np.ndarray, buffers: _Buffers) -> Any:
    return _of_other_arrays(value, buffers) if value.dtype.char == OBJECT else buffers.add(value)


_REBUILD: dict[type, Callable[[Any, _Buffers], Any]] = {
    type(None): _itself,
    bool: _itself,
    float: _itself,
    bytes: _itself,
    int: _integer,
    str: _text,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    np.ndarray: _array,
}


def _of_another_type(value: Any, buffers: _Buffers) -> Any:
    """Take what is of a subclass for what it holds, and name what is of any other type."""
    if isinstance(value, (np.ndarray, np.generic)):
        return _of_other_arrays(value, buffers)
    if isinstance(value, dict):
        return _dict(value, buffers)
    if isinstance(value, (list, tuple)):
        return _list(value, buffers)
    if isinstance(value, msgspec.Struct):
        return _fields(value, buffers)
    if isinstance(value, Opaque):
        return _opaque(value)
    if isinstance(value, str):
        return _text(str(value), buffers)
    kind = type(value)
    return _opaque(f"{kind.__module__}.{kind.__qualname__}")


def _of_other_arrays(value: Any, buffers: _Buffers) -> Any:
    """Take scalars, matrices, masked arrays with no mask and objects that are numbers for what they hold."""
    masked = sys.modules.get("numpy.ma")
    if masked is not None and isinstance(value, masked.MaskedArray) and np.any(masked.getmaskarray(value)):
        return _opaque("numpy.ma.MaskedArray in which something is masked")
    array = np.asarray(value)
    if array.dtype == object and all(isinstance(item, NUMBERS) for item in array.flat):
        array = array.astype(np.float64)
    return buffers.add(array)


def _key(key: Any) -> str:
    if type(key) is str:
        return key
    return str.__str__(key) if isinstance(key, str) else repr(key)[:MAX_NAME]


def _opaque(name: str) -> msgspec.msgpack.Ext:
    return msgspec.msgpack.Ext(OPAQUE, name.encode("utf-8", "replace")[:MAX_NAME])
