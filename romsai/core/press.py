"""Sets a paper with typst, in a process of its own that ends with it: what was printed of a child stays in no memory.

    python -I press.py < {"template", "fonts", "at", "form", "paper"} > PDF (or PNG of the first page, for looking at)

The words come as data and are never read as typst markup. Imports nothing of Romsai.
"""

import json
import resource
import sys
from pathlib import Path

import typst

MEMORY = 2 << 30
SECONDS = 20


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    asked = json.load(sys.stdin)
    template = Path(asked["template"])
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[asked["fonts"]])
    made = typst.Compiler(template, root=template.parent, font_paths=fonts).compile(
        format=asked["form"], sys_inputs={"paper": json.dumps(asked["paper"])}, timestamp=asked["at"], ppi=90
    )
    sys.stdout.buffer.write(made[0] if isinstance(made, list) else made)


if __name__ == "__main__":
    main()
