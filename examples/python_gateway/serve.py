"""Starts the FastAPI gateway on 127.0.0.1, and says where: what a load generator or a test waits for.

  serve.py [--port 0]        prints: listening on 127.0.0.1:PORT
"""

from __future__ import annotations

import argparse
import pathlib
import socket
import sys

import uvicorn

_HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent.parent / "packaging" / "python")]


def main() -> None:
    """Until SIGTERM or SIGINT; what is being served then is answered."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", options.port))
    listener.listen(512)
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config("gateway:app", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
