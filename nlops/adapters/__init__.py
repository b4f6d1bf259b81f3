"""Floor 4: one module for each outside thing, the only place that imports its library."""
