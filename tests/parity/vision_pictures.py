"""Pictures as cameras and tools write them, made without this kit's decoder, for `tests/vision/picture-kinds.test.ts`, in
`tests/parity/fixtures/vision-pictures.json`: all eight EXIF orientations, transparency of every kind, grey, palettes,
16 bits, animations, and a colour profile. Each with the RGB levels [height, width, 3] that are meant, by numpy from
what was drawn, or by Pillow where it does the turning and the decoding.

    python tests/parity/vision_pictures.py [output file]
"""
import base64
import io
import json
import pathlib
import struct
import sys
import zlib

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import numpy
import PIL
from PIL import Image, ImageCms, ImageOps

DRAW = numpy.random.default_rng(1)


def noise(*shape):
    return DRAW.integers(0, 256, shape, dtype=numpy.uint8)


def on_white(colour, alpha):
    """[H, W, 3] and alpha [H, W] in 0 to 1 → levels over white."""
    return numpy.round(colour * alpha[..., None] + 255 * (1 - alpha[..., None])).astype(numpy.uint8)


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png(width, height, depth, colour, rows, chunks=b""):
    """A PNG put together by hand: Pillow writes no 16 bits of colour."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunks + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def case(name, data, levels, tolerance=0):
    levels = numpy.asarray(levels, dtype=numpy.uint8)
    return {
        "name": name, "file": base64.b64encode(data).decode(), "shape": list(levels.shape), "tolerance": tolerance,
        "levels": base64.b64encode(levels.tobytes()).decode(),
    }


def turned():
    # Four flat quadrants of whole JPEG blocks, so that the compression loses next to nothing.
    corners = numpy.array([[[200, 30, 30], [30, 180, 40]], [[40, 40, 210], [230, 220, 60]]], dtype=numpy.uint8)
    picture = Image.fromarray(corners.repeat(8, 0).repeat(16, 1))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = saved(picture, "JPEG", quality=100, subsampling=0, exif=exif)
        meant = numpy.array(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
        yield case(f"JPEG, EXIF orientation {orientation}", data, meant, 1)
        if orientation in (3, 6):
            upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).size
            small = Image.fromarray(noise(3, 5, 3))
            small.getexif()[0x0112] = orientation
            for kind, options in (("WEBP", {"lossless": True, "exact": True}), ("PNG", {})):
                data = saved(small, kind, exif=exif, **options)
                meant = numpy.array(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
                assert (meant.shape[0] > meant.shape[1]) == (upright[1] > upright[0])
                yield case(f"{kind}, EXIF orientation {orientation}", data, meant)


def transparent():
    colour, alpha = noise(4, 6, 3), noise(4, 6)
    alpha[0, :3] = [0, 255, 128]
    rgba = Image.fromarray(numpy.dstack([colour, alpha]))
    yield case("PNG, RGB with alpha", saved(rgba, "PNG"), on_white(colour, alpha / 255), 1)
    yield case(
        "WebP, RGB with alpha", saved(rgba, "WEBP", lossless=True, exact=True), on_white(colour, alpha / 255), 1
    )
    grey = noise(4, 6)
    both = Image.merge("LA", [Image.fromarray(grey), Image.fromarray(alpha)])
    yield case("PNG, grey with alpha", saved(both, "PNG"), on_white(numpy.dstack([grey] * 3), alpha / 255), 1)
    indices, table = DRAW.integers(0, 4, (4, 6), dtype=numpy.uint8), noise(4, 3)
    palette = Image.fromarray(indices).convert("P")
    palette.putdata(indices.reshape(-1).tolist())
    palette.putpalette(table.tobytes())
    opacity = numpy.array([255, 0, 128, 255], dtype=numpy.uint8)
    yield case(
        "PNG, palette with alpha", saved(palette, "PNG", transparency=opacity.tobytes()),
        on_white(table[indices], opacity[indices] / 255), 1,
    )
    key = on_white(colour, 1 - ((colour == colour[1, 1]).all(-1)).astype(float))
    yield case("PNG, one colour transparent", saved(Image.fromarray(colour), "PNG", transparency=tuple(map(int, colour[1, 1]))), key)


def grey_and_palettes():
    grey = noise(4, 6)
    yield case("PNG, grey", saved(Image.fromarray(grey), "PNG"), numpy.dstack([grey] * 3))
    bits = DRAW.integers(0, 2, (4, 6)).astype(bool)
    yield case("PNG, one bit", saved(Image.fromarray(bits), "PNG"), numpy.dstack([bits * 255] * 3))
    flat = numpy.full((16, 16), 77, dtype=numpy.uint8)
    yield case("JPEG, grey, progressive", saved(Image.fromarray(flat), "JPEG", quality=100, progressive=True), numpy.dstack([flat] * 3), 1)
    colour = noise(4, 6, 3)
    indexed = Image.fromarray(colour).convert("P", palette=Image.Palette.ADAPTIVE, colors=24)
    yield case("PNG, palette", saved(indexed, "PNG"), numpy.array(indexed.convert("RGB")))


def sixteen_bits():
    wide = DRAW.integers(0, 2**16, (3, 5, 4), dtype=numpy.uint16)
    wide[0, 0] = [0x00FF, 0x0100, 0x7FFF, 0xFFFF]
    high, big = (wide >> 8).astype(numpy.uint8), wide.astype(">u2")
    yield case("PNG, 16 bits, RGB", png(5, 3, 16, 2, big[..., :3]), high[..., :3])
    yield case("PNG, 16 bits, RGB with alpha", png(5, 3, 16, 6, big), on_white(high[..., :3], wide[..., 3] / 65535), 1)
    yield case("PNG, 16 bits, grey", png(5, 3, 16, 0, big[..., 0]), numpy.dstack([high[..., 0]] * 3))
    yield case(
        "PNG, 16 bits, grey with alpha", png(5, 3, 16, 4, big[..., [0, 3]]),
        on_white(numpy.dstack([high[..., 0]] * 3), wide[..., 3] / 65535), 1,
    )


def animated():
    frames = [Image.fromarray(noise(4, 6, 3)) for _ in range(3)]
    options = {"save_all": True, "append_images": frames[1:], "duration": 100}
    first = numpy.array(frames[0])
    yield case("WebP, animated", saved(frames[0], "WEBP", lossless=True, **options), first)
    yield case("PNG, animated", saved(frames[0], "PNG", **options), first)


def inks():
    flat = noise(2, 2, 4).repeat(16, 0).repeat(16, 1)
    data = saved(Image.fromarray(flat, mode="CMYK"), "JPEG", quality=100, subsampling=0)
    yield case("JPEG, CMYK", data, numpy.array(Image.open(io.BytesIO(data)).convert("RGB")), 2)


def profiled():
    """A profile in which red and green have changed places: who follows it sees other colours. The field does not."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")
    colour = noise(4, 6, 3)
    yield case("PNG, with a colour profile", saved(Image.fromarray(colour), "PNG", icc_profile=swapped), colour)


if __name__ == "__main__":
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "fixtures" / "vision-pictures.json"
    parts = (turned, transparent, grey_and_palettes, sixteen_bits, animated, inks, profiled)
    fixture = {"versions": {"pillow": PIL.__version__}, "cases": [one for part in parts for one in part()]}
    path.write_text(json.dumps(fixture, indent=1, sort_keys=True) + "\n")
    print(path.name, path.stat().st_size, "bytes", len(fixture["cases"]), "pictures")
