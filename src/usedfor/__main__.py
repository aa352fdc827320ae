"""``python -m usedfor`` is ``usedfor``."""

from usedfor.cli import main

if __name__ == "__main__":
    main()
