"""The child process: llama.cpp (xllamacpp) behind an OpenAI-compatible endpoint on loopback, for one parent.

    parent → child, a line of JSON on standard input:
        {"model": path, "api_key": text, "threads": int, "context": int, "prefixes": folder}
    child → parent, a line of JSON on standard output:
        {"port": int, "slots_port": int}        where it answers, and where its states are kept and restored

The parent keeps standard input open for as long as it lives; its end is the child's end, however the parent died.
A process of its own because a native library that aborts must not take the service with it.
"""

import json
import os
import sys
from threading import Thread

from nlops.adapters.embedded.endpoint import serve
from nlops.adapters.embedded.engine import LlamaEngine


def main() -> None:
    """Serve until standard input ends."""
    # llama.cpp writes to file descriptor 1 as it likes: the ports get a private copy, the rest goes to stderr.
    announce = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = json.loads(sys.stdin.readline())
    engine = LlamaEngine(order)
    endpoint = serve(engine, order["api_key"])
    Thread(target=endpoint.serve_forever, daemon=True).start()
    print(json.dumps({"port": endpoint.server_port, "slots_port": engine.port}), file=announce, flush=True)
    sys.stdin.read()
    os._exit(0)  # the server's own threads do not stop for an ordinary exit


if __name__ == "__main__":
    main()
