"""Programs that run what they are given: refused where that could be an argument, or is a line of code.

The lists are of what is commonly installed on servers. They keep accidents away; who wants to run code has an
editor. A script is named itself, by its own path, and has its interpreter in its first line.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from nlops.toolbox.faults import Fault

SHELLS = frozenset(
    (
        "sh",
        "bash",
        "dash",
        "ash",
        "zsh",
        "fish",
        "ksh",
        "mksh",
        "csh",
        "tcsh",
        "busybox",
        "toybox",
        "pwsh",
        "rbash",
        "nu",
    )
)
# They run another program, under a name that nobody checked.
CARRIERS = frozenset(
    """env eval exec xargs parallel sudo doas su runuser pkexec nohup setsid timeout nice ionice chrt stdbuf time watch
    script expect unbuffer strace ltrace gdb chroot unshare nsenter systemd-run at batch crontab flock start-stop-daemon
    daemonize setpriv capsh firejail bwrap proot fakeroot ld.so rlwrap screen tmux entr find-exec cpulimit catchsegv
    linux64 setarch taskset numactl""".split()  # noqa: SIM905  easier to read
)
INTERPRETERS = re.compile(
    r"(?:python|pypy|perl|ruby|node|nodejs|php|lua|luajit|tclsh|wish|deno|bun|Rscript|julia|ghci|guile|scheme|"
    r"osascript|irb|jshell|erl|escript|elixir|iex|swipl|gawk|mawk|nawk|awk|sed|ed|ex|vi|vim|emacs)"
    r"[0-9.]*"
)
_CODE_FLAG = re.compile(r"-[A-Za-z]{0,3}[ceE]|-p|-r|-R|--?(?:eval|exec|execute|command|print|run|code|expression)\b.*")
# Programs that take code in some places: what makes it code there. `*` is every operand.
CODE_PLACES: dict[str, re.Pattern[str]] = {
    "psql": re.compile(r"-[A-Za-z]*c|--command|-[A-Za-z]*v|--set|--variable|--command=.*|-[A-Za-z]*f|--file.*"),
    "mysql": re.compile(r"-[A-Za-z]*e|--execute|--execute=.*|--init-command.*"),
    "mariadb": re.compile(r"-[A-Za-z]*e|--execute|--execute=.*|--init-command.*"),
    "clickhouse-client": re.compile(r"-q|--query|--query=.*"),
    "mongosh": re.compile(r"--eval|--eval=.*"),
    "mongo": re.compile(r"--eval|--eval=.*"),
    "redis-cli": re.compile(r"(?i)eval|--eval|script|function"),
    "find": re.compile(r"-(?:exec|execdir|ok|okdir|fprintf?|delete)"),
    "git": re.compile(r"-c|--config-env.*|--exec-path.*|--upload-pack.*|--receive-pack.*|-x|--exec"),
    "tar": re.compile(r"--to-command.*|--checkpoint-action.*|-I|--use-compress-program.*|-F|--info-script.*"),
    "rsync": re.compile(r"-e|--rsh.*|--rsync-path.*"),
    "curl": re.compile(r"-K|--config.*"),
    "jq": re.compile(r"-f|--from-file"),
    "make": re.compile(r"--eval.*|-f|--file.*"),
}
WHOLLY_CODE = frozenset(("sqlite3", "duckdb", "jq", "yq", "bc", "dc"))  # operands are code or may be
REMOTE = frozenset(("ssh", "slogin", "mosh", "rsh", "sshpass", "pdsh"))
_SSH_VALUES = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOopQRSWw")
CONTAINERS = frozenset(("docker", "podman", "nerdctl", "kubectl", "oc", "crictl", "lxc", "incus", "ctr", "machinectl"))


def base_name(program: str) -> str:
    return program.rsplit("/", 1)[-1]


def check_program(argv: Sequence[str], is_open: Callable[[str], bool]) -> Iterator[Fault]:
    """The faults of a command as a runner of others. `is_open(item)` is whether a placeholder in an item lets free
    text through."""
    name = base_name(argv[0])
    if name in SHELLS:
        yield _fault(0, f"{argv[0]!r} is a shell", "name the program itself, or a script by its own path")
    elif name in CARRIERS:
        yield _fault(0, f"{argv[0]!r} runs whatever it is given", 'name the program itself ("user" says who runs it)')
    elif INTERPRETERS.fullmatch(name):
        yield from _check_interpreter(argv, is_open)
    elif name in REMOTE:
        yield from _check_remote(argv, is_open)
    elif name in CONTAINERS and {"exec", "run", "shell", "debug"} & set(argv):
        yield from _check_open(argv, 1, is_open, f"{name} would run it")
    elif name in WHOLLY_CODE:
        yield from _check_open(argv, 1, is_open, f"{name} would read it as code")
    elif name in CODE_PLACES:
        yield from _check_places(argv, CODE_PLACES[name], is_open)
    yield from _check_shell_inside(argv)


def _fault(at: int, found: str, mend: str) -> Fault:
    return Fault(("run", "argv", at), found, mend)


def _check_open(argv: Sequence[str], start: int, is_open: Callable[[str], bool], why: str) -> Iterator[Fault]:
    for at, item in enumerate(argv[start:], start):
        if is_open(item):
            yield _fault(at, f"free text in {item!r}, and {why}", "list the values: an enum, a number, a bot")


def _check_interpreter(argv: Sequence[str], is_open: Callable[[str], bool]) -> Iterator[Fault]:
    name = base_name(argv[0])
    at = next((at for at, item in enumerate(argv[1:], 1) if not item.startswith("-")), len(argv))
    coded = next((one for one, item in enumerate(argv[1:at], 1) if _CODE_FLAG.fullmatch(item)), None)
    mend = "put the code into a file of its own, and name that with its fixed path"
    if re.fullmatch(r"(?:[gmn]?awk|sed|ed|ex|vi|vim|emacs)[0-9.]*", name):
        yield from _check_open(argv, 1, is_open, f"{name} may read it as code")
    elif coded is not None:
        yield _fault(coded, f"{argv[coded]!r} makes {name} run a line of code", mend)
    elif at == len(argv) and "-m" not in argv:
        yield _fault(0, f"{name} without a script reads code from its input", mend)
    elif at < len(argv) and "{" in argv[at]:
        yield _fault(at, f"{argv[at]!r}: what {name} runs would be an argument", mend)


def _check_remote(argv: Sequence[str], is_open: Callable[[str], bool]) -> Iterator[Fault]:
    operands, skip = [], False
    for at, item in enumerate(argv[1:], 1):
        if not skip and not item.startswith("-"):
            operands.append(at)
        skip = not skip and item in _SSH_VALUES
    if len(operands) < 2 or "{" in argv[operands[1]]:
        yield _fault(0, f"{argv[0]!r} without a fixed command", "write the command behind the host, word for word")
    # The other side joins the words and gives them to a shell.
    yield from _check_open(argv, 1, is_open, "the shell on the other side would read it")


def _check_places(argv: Sequence[str], code: re.Pattern[str], is_open: Callable[[str], bool]) -> Iterator[Fault]:
    for at, item in enumerate(argv[1:], 1):
        before = argv[at - 1] if at > 1 else ""
        if is_open(item) and (code.fullmatch(item) or code.fullmatch(before)):
            yield _fault(at, f"free text in {item!r} is read as code", "list the values: an enum, a number, a bot")


def _check_shell_inside(argv: Sequence[str]) -> Iterator[Fault]:
    for at, item in enumerate(argv[1:-1], 1):
        if base_name(item) in SHELLS and re.fullmatch(r"-[a-z]*c[a-z]*", argv[at + 1]):
            yield _fault(at, f"{item!r} {argv[at + 1]!r} is a shell line", "name the program itself")
