"""Cut frames out of the bytes that arrive through a connection."""

import socket
from collections.abc import Callable

from autograder.sandbox.protocol.codec import INDEX, MAX_FRAME, ProtocolError

CHUNK = 64 << 10  # bytes: most frames are smaller, and several may come together


class FrameReader:
    """The bytes that have arrived and have not been looked at yet, and the frames in them."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._arrived = bytearray()

    def frame(self, before_waiting: Callable[[], None] = lambda: None) -> bytearray:
        """Wait for the next frame and return it, without its first length.

        Raises ProtocolError if it announces more than MAX_FRAME, EOFError when the other side
        is gone, and whatever `before_waiting` raises, which is called each time before it waits.
        """
        while len(self._arrived) < INDEX.size:
            before_waiting()
            chunk = self._connection.recv(CHUNK)
            if not chunk:
                raise EOFError
            self._arrived += chunk
        (total,) = INDEX.unpack_from(self._arrived)
        if not INDEX.size <= total <= MAX_FRAME:
            raise ProtocolError(f"a message of {total:,} bytes")
        body = bytearray(total)
        start = self._arrived[INDEX.size : INDEX.size + total]
        body[: len(start)] = start
        del self._arrived[: INDEX.size + total]
        left = memoryview(body)[len(start) :]
        while left:
            before_waiting()
            size = self._connection.recv_into(left)
            if not size:
                raise EOFError
            left = left[size:]
        return body
