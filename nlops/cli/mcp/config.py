"""What the schema of nlops.toml cannot say of [[mcp]] and [mcp_server]."""

from urllib.parse import urlsplit

from nlops.domain.config import Config, McpConfig
from nlops.domain.errors import ConfigError
from nlops.toolbox.template import is_broken_reference

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
MIN_TOKEN = 16  # characters: whoever guesses it may ask for what is offered


def check_mcp(config: Config) -> None:
    """Raises ConfigError, which names the place."""
    file, names = str(config.file), [server.name for server in config.mcp]
    for at, server in enumerate(config.mcp):
        fault = _fault_of(server) or (
            ("name", f"{server.name!r} stands here twice") if server.name in names[:at] else None
        )
        if fault is not None:
            raise ConfigError(file, f"mcp[{at}]" + (f".{fault[0]}" if fault[0] else ""), fault[1])
    _check_server(config, file)


def _fault_of(server: McpConfig) -> tuple[str, str] | None:
    """Key and fault; an empty key is the table itself."""
    if bool(server.command) == bool(server.url):
        got = "both" if server.url else "neither"
        return "", f'either command = ["program", "argument"], or url = "https://…"; got {got}'
    for key, of in (("env", "command"), ("cwd", "command"), ("headers", "url")):
        if getattr(server, key) and not getattr(server, of):
            return key, f"it means something beside {of} only"
    parts = urlsplit(server.url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        return "url", f"plain http is refused, for {parts.hostname} is not this machine; https"
    for key, pairs in (("env", server.env), ("headers", server.headers)):
        for name, value in pairs:
            if is_broken_reference(value):
                return f"{key}.{name}", "no reference; env:NAME or file:/absolute/path"
            if not (value.isascii() and value.isprintable()):
                return f"{key}.{name}", "plain ASCII on one line is wanted"
    return None


def _check_server(config: Config, file: str) -> None:
    server = config.mcp_server
    if server is None:
        return
    foreign = next((name for name in server.enable if name not in config.tools.enable), None)
    if foreign is not None:
        raise ConfigError(file, "mcp_server.enable", f"{foreign!r} is not in [tools] enable, so it does not exist")
    if "qr" in server.enable:
        raise ConfigError(file, "mcp_server.enable", "login codes go into an admin's direct chat and nowhere else")
    admins = [admin.name for admin in config.admins]
    if server.admin not in admins:
        raise ConfigError(file, "mcp_server.admin", f"no admin {server.admin!r}; there are: {', '.join(admins)}")
    if server.token is not None and len(server.token.reveal()) < MIN_TOKEN:
        raise ConfigError(file, "mcp_server.token", f"shorter than {MIN_TOKEN} characters; openssl rand -hex 32")
