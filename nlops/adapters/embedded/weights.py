"""The file that runs: the published model with the adapter merged in, made once on this machine (`merge`)."""

import functools
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from nlops.adapters.embedded.environment import child_environment
from nlops.adapters.embedded.fetch import NAME, OWN_FILE_VARIABLE, SHA256, fetch_model, one_at_a_time
from nlops.adapters.embedded.sources import Say
from nlops.domain.errors import ModelError

# What makes the model read catalogues of tools (`training/`), shipped beside this module.
ADAPTER = Path(__file__).with_name("adapter.gguf")
_MERGE = "nlops.adapters.embedded.merge"
_FORMATS = "Q8_0, Q4_0"  # of what `merge` writes
_MERGE_S = 600.0
_SIZE = 556_593_024


@functools.cache
def recipe() -> str:
    """What identifies the file that runs: the model, the adapter, and how they are merged."""
    adapter = hashlib.sha256(ADAPTER.read_bytes()).hexdigest()
    return hashlib.sha256(f"{SHA256} {adapter} {_FORMATS}".encode()).hexdigest()[:16]


def weights_file(cache_dir: Path) -> Path:
    """Where the file that runs lies, or will."""
    return cache_dir / "models" / f"{NAME}-nlops-{recipe()}.gguf"


def is_ready(cache_dir: Path) -> bool:
    """Whether nothing is to be made; a file of one's own (NLOPS_MODEL_FILE) is looked at in any case."""
    return weights_file(cache_dir).is_file() and OWN_FILE_VARIABLE not in os.environ


def prepare_weights(cache_dir: Path, say: Say) -> Path:
    """The file that runs; on first use the model is fetched and merged with the adapter. Raises ModelError."""
    file = weights_file(cache_dir)
    if is_ready(cache_dir):
        return file
    model = fetch_model(cache_dir, say, beside=_SIZE)
    with one_at_a_time(cache_dir, say):
        if not file.is_file():
            say("adding to the model what it learnt about tools, once (half a minute)")
            for torn in file.parent.glob(f"{NAME}-nlops-*.part"):  # of one that was killed; the lock is ours
                torn.unlink(missing_ok=True)
            _merge(model, file)
            for other in file.parent.glob(f"{NAME}-nlops-*.gguf"):  # of earlier versions
                if other != file:
                    other.unlink(missing_ok=True)
    return file


def _merge(model: Path, file: Path) -> None:
    """Written beside the name, then renamed: there is the whole file or none."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f"{file.name}.", suffix=".part", delete=False) as out:
        part = Path(out.name)
    try:
        _run(model, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _run(model: Path, part: Path) -> None:
    command = [sys.executable, "-P", "-m", _MERGE, str(model), str(ADAPTER), str(part)]
    try:
        done = subprocess.run(  # noqa: S603  words of ours
            command, stdout=subprocess.PIPE, text=True, timeout=_MERGE_S, check=False, env=child_environment()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"{model} could not be made ready: {type(error).__name__}") from error
    if done.returncode != 0:
        said = (done.stdout.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise ModelError(
            f"{model} could not be made ready, and nothing was written to {part.parent}: {said[:300]}. "
            "If the disk is not full, delete that file, and it is fetched anew."
        )
