"""Floor 6: arguments, reading files, wiring."""
