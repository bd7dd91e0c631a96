"""Vision checkpoints as Python `transformers` writes them, with what it computes from them: tiny random ViT (bare, and
as a classifier in shards), CLIP's vision tower alone, and a whole CLIP, each with its `preprocessor_config.json`, in
`tests/parity/fixtures/vision-checkpoints/`. `expected.json` holds for each the pixels [2, 3, S, S] after
normalization, the states [2, 1 + P, D] and the pooled state [2, D]; arrays are little-endian float32 in base64.

    python tests/parity/vision_checkpoints.py [output folder]

Run without an output folder (by `npm run parity`), it then asks the other way round: `tests/vision/python.test.ts`
writes folders with this kit and loads them here (`vision_check.py`).
"""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import torch
import transformers
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPVisionConfig,
    CLIPVisionModel,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
    ViTModel,
)

SIDE = 16


def pack(tensor):
    data = tensor.detach().contiguous().to(torch.float32).numpy().astype("<f4")
    return {"dtype": "float32", "shape": list(data.shape), "data": base64.b64encode(data.tobytes()).decode()}


def randomize(model):
    """Every parameter is drawn anew, biases and norms too, so that none of them can be forgotten unnoticed."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 * torch.randn(parameter.shape)
            norm = "norm" in name.lower() or "layrnorm" in name
            parameter.copy_(1 + spread if norm and name.endswith("weight") else spread)


VIT = dict(
    image_size=SIDE, patch_size=8, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20
)
CLIP = dict(
    image_size=SIDE, patch_size=8, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
    projection_dim=7,
)
TEXT = dict(
    vocab_size=11, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=12,
    max_position_embeddings=6, projection_dim=7, bos_token_id=0, eos_token_id=1, pad_token_id=2,
)


def vit():
    return ViTModel(ViTConfig(**VIT)), vit_processor()


def vit_classifier():
    return ViTForImageClassification(ViTConfig(**VIT, num_labels=5, qkv_bias=False)), vit_processor()


def vit_processor():
    return ViTImageProcessorPil(size={"height": SIDE, "width": SIDE}, image_mean=[0.4, 0.5, 0.6])


def clip_processor():
    return CLIPImageProcessorPil(size={"shortest_edge": SIDE + 2}, crop_size={"height": SIDE, "width": SIDE})


def clip_vision():
    return CLIPVisionModel(CLIPVisionConfig(**CLIP)), clip_processor()


def clip():
    return CLIPModel(CLIPConfig(vision_config=CLIP, text_config=TEXT, projection_dim=7)), clip_processor()


def states(model, pixels):
    """[2, 1 + P, D] of the vision network, and its pooled state; that of ViT without pooler is the first state."""
    if isinstance(model, CLIPModel):
        out = model.vision_model(pixels)
        return out.last_hidden_state, out.pooler_output
    if isinstance(model, CLIPVisionModel):
        out = model(pixels)
        return out.last_hidden_state, out.pooler_output
    network = model.vit if isinstance(model, ViTForImageClassification) else model
    last = network(pixels).last_hidden_state
    return last, last[:, 0]


def make(folder):
    expected = {"versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}}
    for build in (vit, vit_classifier, clip_vision, clip):
        torch.manual_seed(1)
        model, processor = build()
        randomize(model)
        name = build.__name__.replace("_", "-")
        out = folder / name
        shutil.rmtree(out, ignore_errors=True)
        model.save_pretrained(out, max_shard_size="6KB" if build is vit_classifier else "1GB")
        processor.save_pretrained(out)
        pixels = torch.randn(2, 3, SIDE, SIDE)
        with torch.no_grad():
            last, pooled = states(type(model).from_pretrained(out).eval(), pixels)
        expected[name] = {"pixels": pack(pixels), "states": pack(last), "pooled": pack(pooled)}
        print(name, sum(file.stat().st_size for file in out.iterdir()), "bytes")
    path = folder / "expected.json"
    path.write_text(json.dumps(expected, sort_keys=True) + "\n", encoding="utf-8")
    print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if len(sys.argv) > 1:
        make(pathlib.Path(sys.argv[1]))
    else:
        make(HERE / "fixtures" / "vision-checkpoints")
        command = ["node", "node_modules/vitest/vitest.mjs", "run", "tests/vision/python.test.ts"]
        environment = {**os.environ, "SIGHTLINE_PARITY_PYTHON": sys.executable}
        sys.exit(subprocess.run(command, cwd=HERE.parent.parent, env=environment).returncode)
