"""Work spread over processes that are forked, so that they see what was read without a copy of it."""

from __future__ import annotations

import os
import pickle
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
MOST_PROCESSES = 8


class ChildFailedError(RuntimeError):
    """A forked process ended before its work was done; what stopped it stands on standard error."""


def processors() -> int:
    """Return how many processes can run at once."""
    return min(os.cpu_count() or 1, MOST_PROCESSES)


def in_order(work: Callable[[Task], Result], tasks: Sequence[Task], *, processes: int) -> Iterator[Result]:
    """Yield the result of each task in turn, worked on by so many children that take the tasks by turns.

    A child that is ahead waits until its pipe is read, so that results never pile up. One process works without a fork.

    Raises:
        ChildFailedError: A child ended early.
    """
    if processes < 2 or len(tasks) < processes:
        yield from map(work, tasks)
        return
    children = [_fork(work, tasks[first::processes]) for first in range(processes)]
    try:
        for index in range(len(tasks)):
            try:
                result: Result = pickle.load(children[index % processes][1])  # noqa: S301  (our own child wrote it)
            except EOFError:
                raise ChildFailedError("A process that judged a part of the history ended early.") from None
            yield result
    finally:
        for _, results in children:
            results.close()
        for pid, _ in children:
            os.waitpid(pid, 0)


def _fork(work: Callable[[Task], Result], tasks: Sequence[Task]) -> tuple[int, BinaryIO]:
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return pid, os.fdopen(read_end, "rb")
    status = 1
    try:
        os.close(read_end)
        with os.fdopen(write_end, "wb") as results:
            for task in tasks:
                pickle.dump(work(task), results, pickle.HIGHEST_PROTOCOL)
                results.flush()
        status = 0
    except BrokenPipeError:
        pass  # Nobody wants the rest.
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)  # What the parent has not yet written must not be written twice.
