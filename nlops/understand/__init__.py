"""Floor 1: a chat text to tool calls, by keyword or through a language model, grounded in the text."""
