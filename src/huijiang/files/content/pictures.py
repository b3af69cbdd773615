"""Pictures: whole, of a sane size, and nothing else at the same time; and how they look."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from huijiang.files.content.refusing import Refused
from huijiang.files.models import Kind

MOST_PIXELS: Final = 60_000_000
SIDE: Final = 16  # 16 × 16 comparisons of neighbours: 256 bits
FLAT: Final = 12  # a picture with fewer edges than this says nothing (a white page)
BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, TypeError, KeyError, EOFError)


def opened(content: bytes) -> Image.Image:
    """The picture, upright, decoded whole.  Raises Refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # of broken metadata, which is not kept
            image = Image.open(BytesIO(content), formats=("PNG", "JPEG"))
            if image.width * image.height > MOST_PIXELS:
                raise Refused("pixels", _("图片有 %(width)s × %(height)s 点，太大。请缩小后再上传。") % {
                    "width": image.width, "height": image.height})  # fmt: skip
            image.load()
            return ImageOps.exif_transpose(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels", _("图片展开后太大。请缩小后再上传。")) from error
    except Refused:
        raise
    except BROKEN as error:
        raise Refused("broken", _("图片不完整或已损坏，打不开。请重新拍照或扫描。")) from error


def look_of(content: bytes) -> tuple[str, bytes | None]:
    """(kind, 256 bits of how it looks; None where it shows next to nothing).  Raises Refused."""
    image = opened(content)
    _one_thing_only(content)
    kind = Kind.PNG if content.startswith(b"\x89PNG") else Kind.JPEG
    small = image.convert("RGBA")
    ground = Image.new("RGBA", small.size, "white")
    grey = Image.alpha_composite(ground, small).convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    dots = grey.tobytes()
    bits = 0
    for row in range(SIDE):
        for column in range(SIDE):
            at = row * (SIDE + 1) + column
            bits = bits << 1 | (dots[at] > dots[at + 1] + 2)
    edges = bits.bit_count()
    return kind, bits.to_bytes(32) if edges >= FLAT else None


def bands_of(look: bytes | None) -> list[int]:
    """The 16 bands of 16 bits, each with its number: two looks within 15 bits share one."""
    if look is None:
        return []
    return [number << 16 | int.from_bytes(look[2 * number : 2 * number + 2]) for number in range(16)]


def _one_thing_only(content: bytes) -> None:
    """A picture that is an archive or a PDF as well: readers disagree about it, so nobody gets it."""
    tail = content[-(65_557 + 22) :]
    if b"PK\x05\x06" in tail and b"PK\x01\x02" in content:
        raise Refused("polyglot", _("图片里藏着压缩包，不能上传。请重新拍照或截图。"))
    if b"%PDF-" in content[:1024]:
        raise Refused("polyglot", _("图片里藏着 PDF，不能上传。请重新拍照或截图。"))
