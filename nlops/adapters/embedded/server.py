"""The child process: llama.cpp's server (xllamacpp) on loopback, for one parent.

    parent → child, a line of JSON on standard input:
        {"model": path, "api_key": text, "threads": int, "context": int, "prefixes": folder}
    child → parent, a line of JSON on standard output:
        {"port": int}

The parent keeps standard input open for as long as it lives; its end is the child's end, however the parent died.
A process of its own because a native library that aborts must not take the service with it.
"""

import json
import os
import sys
from typing import Any

# llama.cpp's flash attention reads fewer than 64 tokens one by one: behind a page of sixteen tools a message's token
# takes 14 ms with it and 9 without, an answer's 27 and 22. Without it scores are held for so many tokens at a time.
_TOGETHER = 64
# What a kept prefix depends on beside the weights. Keys in 8 bits are read faster than in 16 by what this attention is
# made of (5 % of a message behind 2,300 tokens; not so under flash attention); values in 8 bits it does not know.
READING = "plain attention, keys in 8 bits"


def main() -> None:
    """Serve until standard input ends."""
    # llama.cpp writes to file descriptor 1 as it likes: the port gets a private copy, the rest goes to stderr.
    announce = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = json.loads(sys.stdin.readline())
    server = _start(order)
    print(json.dumps({"port": int(str(server.listening_address).rsplit(":", 1)[1])}), file=announce, flush=True)
    sys.stdin.read()
    os._exit(0)  # the server's own threads do not stop for an ordinary exit


def _start(order: dict[str, Any]) -> Any:
    import xllamacpp  # heavy, and only the child may load it

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.api_keys = [order["api_key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = order["context"]
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.n_ubatch = _TOGETHER
    params.cache_type_k = xllamacpp.ggml_type.GGML_TYPE_Q8_0
    params.cache_prompt = True
    params.cache_ram_mib = 0  # prefixes are kept on disk; a second cache in memory would grow by 9 KiB a token
    params.slot_save_path = order["prefixes"]
    params.ui = False
    params.offline = True
    params.verbosity = 0
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
