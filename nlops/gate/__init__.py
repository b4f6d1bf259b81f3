"""Floor 1: policy, confirmation and the audit chain: what may run, and the record of it."""
