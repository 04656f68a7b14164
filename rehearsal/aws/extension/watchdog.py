"""Ends the emulator and all its worker processes when the process that started it is gone.

The parent holds our standard input open and never writes to it. Even a parent killed with SIGKILL closes it, which a
handler in the parent could not promise.
"""

import os
import shutil
import signal
import threading
from typing import BinaryIO


def start(parent: BinaryIO, scratch: str) -> None:
    threading.Thread(target=_wait, args=(parent, scratch), daemon=True, name="watchdog").start()


def _wait(parent: BinaryIO, scratch: str) -> None:
    while parent.read(4096):
        pass
    shutil.rmtree(scratch, ignore_errors=True)
    if os.getpgrp() == os.getpid():
        # We lead the group, and our workers are in it. SIGKILL, because a worker may be waiting for us.
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)
