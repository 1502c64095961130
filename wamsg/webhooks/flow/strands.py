"""Events in the order of whom they concern: one after another for each person or message, all of these side by side."""

from __future__ import annotations

from collections import deque

from wamsg.ledger.events import StoredEvent
from wamsg.model.event import Event, IncomingMessage, StatusUpdate


def strand_of(event: Event) -> str:
    """What must keep its order: the messages of one person, the statuses of one message; else nothing."""
    match event:
        case IncomingMessage(sender=sender) if sender is not None:
            return sender.e164
        case IncomingMessage(sender_id=str(person)):
            return person
        case StatusUpdate(reference=str(name)) | StatusUpdate(message_id=str(name)):
            return name
        case _:
            return event.key


class Strands:
    """A queue of queues: of each strand at most one event is out, and the strands take turns."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[StoredEvent]] = {}
        self._ready: deque[str] = deque()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, item: StoredEvent) -> None:
        """Behind what is there of its strand."""
        self._count += 1
        name = strand_of(item.event)
        queue = self._queues.get(name)
        if queue is None:
            self._queues[name] = deque([item])
            self._ready.append(name)
        else:
            queue.append(item)

    def take(self) -> StoredEvent | None:
        """The next event, which is out until `done` or `again`; None if none may go."""
        return self._queues[self._ready.popleft()][0] if self._ready else None

    def again(self, item: StoredEvent) -> None:
        """It comes once more, before the rest of its strand."""
        self._ready.append(strand_of(item.event))

    def done(self, item: StoredEvent) -> None:
        """It is through; its strand goes on."""
        self._count -= 1
        name = strand_of(item.event)
        queue = self._queues[name]
        queue.popleft()
        if queue:
            self._ready.append(name)
        else:
            del self._queues[name]
