"""`python -m huijiang`."""

import sys

from huijiang.cli import main

if __name__ == "__main__":
    sys.exit(main())
