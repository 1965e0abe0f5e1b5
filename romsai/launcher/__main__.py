"""python -m romsai.launcher run"""

import sys

from romsai.launcher.supervisor import run

if __name__ == "__main__":
    if sys.argv[1:] != ["run"]:
        sys.exit(__doc__)
    sys.exit(run())
