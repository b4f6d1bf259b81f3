"""`nlops pair NAME`: a one-time code; the contact who sends it to nlops is that admin from then on."""

import argparse
import secrets
import time
from collections.abc import Mapping

from nlops.cli.load import load_config
from nlops.domain.chat import KnownContact
from nlops.domain.config import AdminConfig, Config
from nlops.domain.errors import UsageError
from nlops.gate.codes import PAIRING_TTL_S, make_pairing_code, show_pairing_code
from nlops.gate.policy import contacts_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops pair wei -c /etc/nlops.toml\nRun it as the user of the service, who owns the store."
    parser.add_argument("name", metavar="NAME", help="an admin of nlops.toml that has pairing = true")


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    admin = _admin(config, args.name)
    code, until = make_pairing_code(secrets.choice), time.time() + PAIRING_TTL_S
    contacts = _open(config, admin, code, until)
    print(show_pairing_code(code))
    end = time.strftime("%H:%M:%S", time.localtime(until))
    print(f"Send this to nlops, alone and in a direct chat, until {end}; who sends it is {admin.name}. It works once.")
    print(f"{admin.name} until then: {who_is(admin, contacts)}" if admin.name in contacts else "Nobody is bound yet.")
    return 0


def _admin(config: Config, name: str) -> AdminConfig:
    admin = next((one for one in config.admins if one.name == name), None)
    if admin is None:
        names = ", ".join(one.name for one in config.admins if one.contact is None) or "none has pairing = true"
        raise UsageError(f"{config.file} has no admin {name!r} to pair; there are: {names}")
    if admin.contact is not None:
        raise UsageError(f"{name} has a contact in {config.file}; put pairing = true in its place first")
    return admin


def _open(config: Config, admin: AdminConfig, code: str, until: float) -> dict[str, KnownContact]:
    """Let the code bind, until then; who is bound now."""
    from nlops.adapters.sqlite import SqliteStore

    store = SqliteStore(config.state_dir)
    try:
        store.open_pairing(admin.name, code, until)
        return contacts_of(config.admins, store.contacts())
    finally:
        store.close()


def who_is(admin: AdminConfig, contacts: Mapping[str, KnownContact]) -> str:
    """An admin's contact in words, for a terminal."""
    known = contacts.get(admin.name)
    if known is None:
        return f"not paired yet; on this host: nlops pair {admin.name}"
    how = "paired with" if admin.contact is None else "configured as"
    return f"{how} {known.contact_id}" + (f" ({known.name})" if known.name else "")
