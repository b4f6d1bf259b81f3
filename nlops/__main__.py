"""`python -m nlops` is the same as `nlops`."""

import sys

from nlops.cli.main import main

sys.exit(main())
