"""What the image processors of Python `transformers` (the ones on Pillow) make of pictures, for
`tests/vision/preprocessing.test.ts`, in `tests/parity/fixtures/vision-preprocessing.json`.

    python tests/parity/vision_preprocessing.py [output file]

`made`: pictures by formula, so that none has to be kept: level (3x² + 5y² + 7xy + 91c) mod 256; for each processor the
levels [height, width, 3] before normalization in base64. `photographs`: real pictures of the shared data, by path; of
each the SHA-256 of the levels, their mean by channel, and the levels of a patch of 24 × 24 at (row, column). Without
the shared data, their entries stay as they were.
"""
import base64
import hashlib
import json
import os
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import numpy
import PIL
import transformers
from PIL import Image, ImageOps
from transformers import CLIPImageProcessorPil, DeiTImageProcessorPil, SiglipImageProcessorPil, ViTImageProcessorPil
from transformers.image_transforms import convert_to_rgb

SHARED = pathlib.Path(os.environ.get("SIGHTLINE_SHARED_DATA", HERE.parent.parent.parent / "shared" / "data"))


def formula(height, width):
    y, x, c = numpy.meshgrid(numpy.arange(height), numpy.arange(width), numpy.arange(3), indexing="ij")
    return Image.fromarray(((3 * x * x + 5 * y * y + 7 * x * y + 91 * c) % 256).astype(numpy.uint8))


def levels(processor, picture):
    """uint8 [height, width, 3]: the processor without its normalization, which is the network's."""
    out = processor(picture, do_normalize=False, return_tensors="np")["pixel_values"][0]
    exact = numpy.moveaxis(out, 0, -1) * 255
    rounded = numpy.round(exact)
    assert numpy.abs(exact - rounded).max() < 1e-3
    return rounded.astype(numpy.uint8)


def config(processor):
    return {key: value for key, value in processor.to_dict().items() if value is not None}


def made():
    cases = []
    for resample in range(6):
        for (height, width), size in [((37, 53), (11, 14)), ((9, 7), (17, 20)), ((31, 12), (8, 19))]:
            processor = ViTImageProcessorPil(size={"height": size[0], "width": size[1]}, resample=resample)
            cases.append((processor, height, width))
    clip = dict(size={"shortest_edge": 15}, crop_size={"height": 12, "width": 12})
    cases += [(CLIPImageProcessorPil(**clip), 40, 61), (CLIPImageProcessorPil(**clip), 61, 40)]
    # A picture smaller than its crop is padded with black.
    cases.append((CLIPImageProcessorPil(size={"shortest_edge": 9}, crop_size={"height": 12, "width": 15}), 20, 33))
    cases.append((CLIPImageProcessorPil(do_resize=False, crop_size={"height": 10, "width": 7}), 25, 20))
    cases.append((DeiTImageProcessorPil(size={"height": 18, "width": 18}, crop_size={"height": 13, "width": 13}), 50, 41))
    cases.append((SiglipImageProcessorPil(size={"height": 16, "width": 16}), 45, 33))
    out = []
    for processor, height, width in cases:
        data = levels(processor, formula(height, width))
        out.append({
            "config": config(processor), "height": height, "width": width, "shape": list(data.shape),
            "levels": base64.b64encode(data.tobytes()).decode(),
        })
    return out


PHOTOGRAPHS = [
    "mobilenet/ref-images/cat.bmp",
    "mobilenet/ref-images/sunflower.bmp",
    "mobilenet/ref-images/parrot.jpg",
    "easy-vqa/train/images/0.png",
    "easy-vqa/train/images/17.png",
    "nlvr/train-1000/images/train-215-2-0.png",
    "nlvr/train-1000/images/train-1872-3-0.png",
    "emoji/images/1f004.png",
]


def photographs():
    out = []
    for path in PHOTOGRAPHS:
        picture = Image.fromarray(convert_to_rgb(ImageOps.exif_transpose(Image.open(SHARED / path)), return_numpy=True))
        for processor in (CLIPImageProcessorPil(), ViTImageProcessorPil(), SiglipImageProcessorPil(size={"height": 96, "width": 96})):
            data = levels(processor, picture)
            row, column = data.shape[0] // 3, data.shape[1] // 3
            out.append({
                "path": path, "config": config(processor), "shape": list(data.shape),
                "sha256": hashlib.sha256(data.tobytes()).hexdigest(),
                "mean": [round(float(x), 6) for x in data.reshape(-1, 3).mean(0)],
                "row": row, "column": column,
                "patch": base64.b64encode(data[row : row + 24, column : column + 24].tobytes()).decode(),
            })
    return out


if __name__ == "__main__":
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "fixtures" / "vision-preprocessing.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    fixture = {
        "versions": {"pillow": PIL.__version__, "transformers": transformers.__version__},
        "made": made(),
        "photographs": photographs() if SHARED.exists() else before.get("photographs", []),
    }
    path.write_text(json.dumps(fixture, indent=1, sort_keys=True) + "\n")
    print(path.name, path.stat().st_size, "bytes")
