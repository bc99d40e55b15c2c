"""Talk with the grader."""

import os
import socket
from typing import Any

from autograder.sandbox.protocol import codec, framing, messages

NOTHING = messages.Value(value=None, changed=[])  # the answer to most requests
NOTHING_FRAME = codec.pack(NOTHING)


class Channel:
    """The worker's end of the connection to the grader."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._frames = framing.FrameReader(self._socket)

    def send(self, message: messages.Message) -> None:
        """Send one message, or in its place the reason why it cannot be sent."""
        if message is NOTHING:
            self._socket.sendall(NOTHING_FRAME)
            return
        try:
            frame = codec.pack(message, max_header=codec.MAX_HEADER)
        except (codec.ProtocolError, RecursionError, MemoryError) as error:
            text = str(error) or "there is not enough memory left to send the answer"
            frame = codec.pack(
                messages.ExceptionRaised(kind=type(error).__name__, text=text, line=None, code="")
            )
        self._socket.sendall(frame)

    def receive(self) -> Any:
        """Wait for the next request; the worker ends when the grader is gone."""
        try:
            body = self._frames.frame()
        except EOFError:
            os._exit(0)
        return codec.unpack(body, messages.Request, max_header=codec.MAX_FRAME, trusted=True)
