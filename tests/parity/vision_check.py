"""Loads vision checkpoints that this kit saved, with Python, and compares what it computes from them.

    python tests/parity/vision_check.py CASES.json

CASES.json: [{ "folder", "architecture", "picture": path, "pixels": [S][S][3] before normalization, "states": [P][D],
"pooled": [D] }] as the kit computes them of the picture. Pixels agree to 1/255, states to 1e-3 (they see pixels that
may differ), and no parameter may be unexpected or misshapen; only ViT's pooler may be missing. Exit 1 on a difference.
"""
import json
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import torch
import transformers
from PIL import Image

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def same(what, expected, found):
    if expected != found:
        sys.exit(f"{what}: the kit has {expected!r}, Python {found!r}")


def close(what, expected, found, tolerance):
    expected = torch.tensor(expected)
    same(f"{what}: shape", list(expected.shape), list(found.shape))
    worst = (expected - found).abs().max().item()
    if not worst <= tolerance:
        sys.exit(f"{what} differs by {worst}")
    return worst


def check(case):
    folder = case["folder"]
    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    picture = Image.open(case["picture"]).convert("RGB")
    pixels = torch.tensor(processor(picture, do_normalize=False)["pixel_values"][0]).permute(1, 2, 0)
    close(f"{folder}: pixels", case["pixels"], pixels, 1 / 255 + 1e-6)
    model, info = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    model.eval()
    same(f"{folder}: class", case["architecture"], type(model).__name__)
    odd = {key: sorted(info[key]) for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[key]}
    pooler = {"missing_keys": ["pooler.dense.bias", "pooler.dense.weight"]}
    same(f"{folder}: keys that do not fit", pooler if case["architecture"] == "ViTModel" else {}, odd)
    with torch.no_grad():
        out = model(torch.tensor(processor(picture)["pixel_values"][0])[None])
    last = out.last_hidden_state[0]
    pooled = last[0] if case["architecture"] == "ViTModel" else out.pooler_output[0]
    return max(
        close(f"{folder}: states", case["states"], last[1:], 1e-3),
        close(f"{folder}: pooled", case["pooled"], pooled, 1e-3),
    )


cases = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
worst = max(check(case) for case in cases)
print(f"agrees on {len(cases)} checkpoints: transformers {transformers.__version__}, states within {worst:.1e}")
