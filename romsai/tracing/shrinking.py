"""Makes a photo small and plain, away from everything else: a process of its own with little memory and time and no secrets.

    python -I shrinking.py < picture > JPEG

Ends with an error for whatever is no picture. Imports nothing of Romsai.
"""

import io
import resource
import sys

from PIL import Image, ImageOps

MEMORY = 1 << 30
SECONDS = 20
SIDE = 480  # pixels: enough to know a face by
MOST_POINTS = 25_000_000


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    Image.MAX_IMAGE_PIXELS = None  # counted below, before anything is decoded
    opened = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=["JPEG", "PNG", "WEBP"])
    if opened.width * opened.height > MOST_POINTS:
        raise ValueError("too many points")
    drawn = ImageOps.exif_transpose(opened).convert("RGB")
    drawn.thumbnail((SIDE, SIDE))
    clean = Image.new("RGB", drawn.size)  # drawn anew: nothing of the camera, the place or the time goes along
    clean.paste(drawn)
    kept = io.BytesIO()
    clean.save(kept, "JPEG", quality=80)
    sys.stdout.buffer.write(kept.getvalue())


if __name__ == "__main__":
    main()
