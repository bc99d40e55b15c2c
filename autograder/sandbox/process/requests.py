"""Requests that are the same for every submission, packed once."""

from collections.abc import Hashable

from autograder.sandbox.protocol import codec, messages

MOST = 1000  # requests that are kept, of which a grading makes a hundred
LARGEST = 8 << 10  # bytes of one that is worth keeping: larger ones are few


class Requests:
    """What has been asked before, by what decides it, and the frame that it is sent in.

    Frames are found by the identity of a message: one that was changed is another message.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, messages.Construct] = {}
        self._frames: dict[int, bytes] = {}

    def get(self, name: Hashable) -> messages.Construct | None:
        """Return the request that is known by this name."""
        return self._known.get(name)

    def keep(self, name: Hashable, message: messages.Construct) -> None:
        """Keep a request, if it is small."""
        frame = codec.pack(message, keep_tuples=True)
        if len(frame) > LARGEST:
            return
        if len(self._known) >= MOST:
            self._known.clear()
            self._frames.clear()
        self._known[name] = message
        self._frames[id(message)] = frame

    def frame(self, message: messages.Message) -> bytes:
        """Return what is sent for a message."""
        return self._frames.get(id(message)) or codec.pack(message, keep_tuples=True)


REQUESTS = Requests()  # for all submissions that this process grades
