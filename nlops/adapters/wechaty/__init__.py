"""The chat link: the only place that imports wechaty."""
