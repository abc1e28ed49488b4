"""Several processes on one socket: one that dies is begun again, a signal to end is passed on."""

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess

from docscan.errors import DocscanError

_START_SECONDS = 120


class _Supervisor(Multiprocess):
    """uvicorn's, which also says when the first processes are ready, and lets nobody connect while they end."""

    def __init__(self, config: Config, listening: socket.socket, ready: Callable[[], None]) -> None:
        super().__init__(config, [listening])
        self._ready = ready

    def init_processes(self) -> None:
        super().init_processes()
        if all(process.wait_until_ready(_START_SECONDS, self.should_exit) for process in self.processes):
            self._ready()

    def terminate_all(self) -> None:
        # Connections that no process would take are refused, not left waiting.
        for listening in self.sockets:
            listening.close()
        super().terminate_all()

    @property
    def failed(self) -> bool:
        """Whether a process could not even start."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)


def supervise(config: Config, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Run ``config.workers`` processes on this socket until a signal ends them.

    Parameters
    ----------
    config
        Of each process; its application is named, and made there.
    listening
        Connections go to whichever process takes them first.
    ready
        Called when all have started.

    Raises
    ------
    DocscanError
        A process could not start; it has said why.
    """
    supervisor = _Supervisor(config, listening, ready)
    supervisor.run()
    if supervisor.failed:
        raise DocscanError("The service could not start.")


def end_with_parent() -> None:
    """Let this process answer what it accepted and end when the supervisor is gone, be it killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
