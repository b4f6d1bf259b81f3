"""The engine: one `step(state, event, now) -> (state, effects)`. What is decided is decided on floor 1.

SignSeen ──▶ monitor.machine ──▶ notices ──▶ ShowQr / Say to every admin
AlertSeen ──▶ monitor.alerts (folds) ──▶ notices ──▶ Say to every admin
MessageReceived ──▶ who? ──▶ keyword ──────────────┐
                         └─▶ AskModel … ModelAnswered ─▶ calls ──▶ policy ──▶ RunCalls, or a proposal
an answer to a proposal ──▶ gate.confirm ──▶ Record, RunCalls … RunFinished ──▶ Say, Record
`audit` ──▶ ReadAudit … AuditRead ──▶ Say
a stranger's pairing code ──▶ ClaimPairing … Paired ──▶ Record, Say to every admin
LinkChanged ──▶ FindContacts … ContactsFound ──▶ who is lost

`messages` says who speaks, `people` who is who, `orders` what is wanted, `proposing` and `editing` what is shown first,
`deciding` whether it runs, `resuming` what an earlier process left, `standing` and `muting` what was set until further
notice, `watching` what the logs mean, `link` what the chat account is, `history` what was;
`steps` routes, `state` is what they share.
"""

from nlops.engine.messages import STALE_AFTER_S
from nlops.engine.state import Setup, State
from nlops.engine.steps import step

__all__ = ["STALE_AFTER_S", "Setup", "State", "step"]
