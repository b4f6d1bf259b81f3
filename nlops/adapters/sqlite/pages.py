"""Pages of the audit for people, the newest first, out of the store alone: what was rotated away is for the command."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from nlops.adapters.sqlite.reader import AuditReader
from nlops.domain.audit import AuditEntry, AuditPage, AuditQuery
from nlops.domain.errors import StoreError
from nlops.domain.tools import canonical_json
from nlops.gate.audit import AuditRecord, Break, checkpoint

MOST_LOOKED_AT = 50_000  # records that one question may cost: below a second


def read_page(state_dir: Path, query: AuditQuery) -> AuditPage:
    """The page, or why it cannot be read."""
    try:
        reader = AuditReader(state_dir)
    except StoreError as error:
        return AuditPage(fault=str(error))
    try:
        found = list(islice(_matching(reader, query), query.count + 1))
        kept = checkpoint(reader.head) if reader.head[0] else ""
        return AuditPage(tuple(map(_entry, found[: query.count])), len(found) > query.count, kept)
    except (StoreError, ValueError) as error:
        return AuditPage(fault=str(error))
    finally:
        reader.close()


def _matching(reader: AuditReader, query: AuditQuery) -> Iterator[AuditRecord]:
    where, values = ["seq < ?"], list[object]([reader.head[0] + 1 if query.before is None else query.before])
    if query.admin is not None:
        where.append("admin = ?")
        values.append(query.admin)
    if query.bot is not None:  # first by its letters, which is cheap, then by its place
        where.append("instr(details, ?) > 0")
        values.append(canonical_json(query.bot))
    records = reader.stored(" AND ".join(where), tuple(values), "seq DESC")
    for record in islice(records, MOST_LOOKED_AT):
        if isinstance(record, Break):
            raise StoreError(str(record))
        read = record.read()
        if query.bot is None or _is_about(read, query.bot):
            yield read


def _is_about(record: AuditRecord, bot: str) -> bool:
    calls, bots = record.details.get("calls"), record.details.get("bots")
    if isinstance(bots, list) and bot in bots:
        return True
    given = [call.get("arguments") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    return any(isinstance(arguments, dict) and bot in arguments.values() for arguments in given)


def _entry(record: AuditRecord) -> AuditEntry:
    when = time.strftime("%m-%d %H:%M", time.localtime(record.at))
    return AuditEntry(record.seq, when, record.kind, record.admin, record.contact_id, record.details)
