"""`python -m dozvon.lab` sets the lab's Asterisk up from a shell.

The folder's path is the only line on standard output; progress goes to standard error; exit code 3
means that there is no Asterisk, and the last line says why.
"""

import sys

from dozvon.lab.root import NO_ARCHIVE
from dozvon.lab.setup import ensure_root


def main() -> int:
    """Prints where the Asterisk is; returns the exit code."""
    found = ensure_root(lambda line: print(line, file=sys.stderr, flush=True))
    if found is None:
        return NO_ARCHIVE
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
