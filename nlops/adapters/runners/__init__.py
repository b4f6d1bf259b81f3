"""One room for each way a tool can run; `nlops.adapters.runner` chooses."""
