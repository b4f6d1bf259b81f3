"""Floor 1: tool definitions, their linting, and calls made ready to run."""
