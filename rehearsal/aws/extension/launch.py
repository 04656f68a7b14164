"""Starts the emulator with our additions: what the rehearsal runs instead of `ministack`.

Usage: launch.py SCRATCH_DIR, with standard input held open by the parent and file descriptor 3 open for writing.

- The port is bound before the emulator is loaded (it reads its port while it is imported), so that nobody else can take
  it in between. It is announced on descriptor 3 as one JSON line, once the server can answer.
- Only the loopback address is bound.
- When the parent goes away, however it ends, standard input closes, and everything started here ends with it.
"""

import asyncio
import json
import os
import signal
import socket
import sys

import watchdog

ANNOUNCEMENTS = 3


def bind_loopback() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    return listener


def serve(listener: socket.socket) -> None:
    # Imported late: the emulator reads its port from the environment while it is imported.
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack.app import app

    import additions

    additions.install()

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75

    async def run() -> None:
        # All state is in memory and private to this run: there is nothing to shut down gracefully.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, os._exit, 0)
        await hypercorn_serve(app, config, shutdown_trigger=asyncio.Event().wait)

    announce({"port": listener.getsockname()[1]})
    asyncio.run(run())


def announce(message: dict) -> None:
    with os.fdopen(ANNOUNCEMENTS, "w", encoding="utf-8") as parent:
        parent.write(json.dumps(message) + "\n")


def main() -> None:
    os.set_inheritable(ANNOUNCEMENTS, False)
    watchdog.start(sys.stdin.buffer, scratch=sys.argv[1])
    listener = bind_loopback()
    os.environ["GATEWAY_PORT"] = str(listener.getsockname()[1])
    serve(listener)


if __name__ == "__main__":
    main()
