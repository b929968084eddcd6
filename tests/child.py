"""Work in a process of its own, which may be killed, refused the disk, or be another user.

The processes are forked from a server that runs nothing else: forking the test run itself, with the
threads of a model and of a browser in it, would now and then wait for ever for a lock that a thread
held at that moment.
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

NOBODY = 65_534  # the user who owns nothing

_SECONDS = 120.0  # more than any of this work takes on a busy machine
_SERVER = multiprocessing.get_context("forkserver")
# Imported while it may read everything: another user may not read where Python is installed.
_SERVER.set_forkserver_preload(
    ["conftest", "rag.indexer", "rag.stores.vector_file", "encodings.utf_8_sig", "encodings.utf_16"]
)


def in_child(work: Callable[..., Any], *arguments: Any, user: int | None = None) -> Any:
    """Call a function of a module in a process, as another user if asked, and return its result.

    An exception is returned, not raised. Root reads and writes everything whatever its mode: only
    another user can be refused.
    """
    receive, send = _SERVER.Pipe(duplex=False)
    process = _SERVER.Process(target=_report, args=(send, user, work, arguments))
    process.start()
    send.close()
    try:
        assert receive.poll(_SECONDS), f"no result after {_SECONDS} seconds"
        return receive.recv()
    finally:
        _end(process)


def run_until(moment: Callable[[], object], work: Callable[[], object]) -> int:
    """Run work in a process that ``moment`` may kill.

    Returns:
        0 when it came to its end, else the negative number of the signal that ended it.
    """
    process = _SERVER.Process(target=_run, args=(moment, work))
    process.start()
    process.join(_SECONDS)
    code = process.exitcode
    _end(process)
    assert code is not None, f"not done after {_SECONDS} seconds"
    return code


def _report(
    send: Connection, user: int | None, work: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    try:
        if user is not None and os.getuid() == 0:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        result = work(*arguments)
    except BaseException as error:  # carried to the parent, whatever it is
        result = error
    send.send(result)


def _run(moment: Callable[[], object], work: Callable[[], object]) -> None:
    moment()
    work()
    os._exit(0)


def _end(process: Any) -> None:
    if process.is_alive():
        process.join(5)
    if process.is_alive():
        process.kill()
        process.join()
