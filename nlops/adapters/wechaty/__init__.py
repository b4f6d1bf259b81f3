"""The chat link: the only place that imports wechaty. Importing this package makes wechaty importable first."""

from nlops.adapters.wechaty.compat import import_wechaty

import_wechaty()
