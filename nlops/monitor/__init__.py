"""Floor 1: log bytes to lines, signs, a bot's state, and what a rescue needs."""
