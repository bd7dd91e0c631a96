"""Reference values of FiLM as `src/lib/fusion/film.ts` describes it, from PyTorch: parameters, inputs, what comes out for a
record and for each token, and the gradient of every parameter. Arrays are little-endian in base64.

    python tests/parity/film.py [output folder]
"""
import base64
import json
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself (`statistics`).
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != pathlib.Path(__file__).parent.resolve()]

import torch
from torch.nn import functional as F

BATCH, TIME, TEXT, VISION, HIDDEN, SIDE, BLOCKS = 3, 4, 6, 5, 7, 3, 2


def pack(tensor):
    data = tensor.detach().contiguous().to(torch.float32).numpy()
    return {
        "dtype": "float32",
        "shape": list(data.shape),
        "data": base64.b64encode(data.astype("<f4").tobytes()).decode(),
    }


def parameters():
    shapes = {
        "absent_picture": (HIDDEN,),
        "norm.weight": (TEXT,),
        "norm.bias": (TEXT,),
        "picture.weight": (HIDDEN, VISION),
        "picture.bias": (HIDDEN,),
        "found.weight": (TEXT, HIDDEN),
        "found.bias": (TEXT,),
        "output.weight": (TEXT, TEXT),
        "output.bias": (TEXT,),
    }
    for i in range(BLOCKS):
        shapes[f"blocks.{i}.convolution.weight"] = (HIDDEN, HIDDEN, 3, 3)
        shapes[f"blocks.{i}.convolution.bias"] = (HIDDEN,)
        shapes[f"blocks.{i}.modulation.weight"] = (2 * HIDDEN, TEXT)
        shapes[f"blocks.{i}.modulation.bias"] = (2 * HIDDEN,)
    return {name: (0.5 * torch.randn(shape)).requires_grad_() for name, shape in shapes.items()}


def told(p, states, patches, present, norm):
    """States [B, N, D], told by the picture [B, N, D]: one state at a time."""
    rows = []
    for n in range(states.shape[1]):
        state = states[:, n]
        condition = F.layer_norm(state, (TEXT,), p["norm.weight"], p["norm.bias"], 1e-5)
        x = F.linear(patches, p["picture.weight"], p["picture.bias"])  # [B, P, H]
        x = x.transpose(1, 2).reshape(BATCH, HIDDEN, SIDE, SIDE)
        for i in range(BLOCKS):
            modulation = F.linear(condition, p[f"blocks.{i}.modulation.weight"], p[f"blocks.{i}.modulation.bias"])
            gamma, beta = modulation.chunk(2, -1)
            y = F.conv2d(F.relu(x), p[f"blocks.{i}.convolution.weight"], p[f"blocks.{i}.convolution.bias"], padding=1)
            if norm == "picture":
                y = F.layer_norm(y, (HIDDEN, SIDE, SIDE), eps=1e-5)
            else:
                y = F.layer_norm(y.permute(0, 2, 3, 1), (HIDDEN,), eps=1e-5).permute(0, 3, 1, 2)
            x = x + F.relu((1 + gamma)[:, :, None, None] * y + beta[:, :, None, None])
        greatest = x.flatten(2).max(-1).values
        found = torch.where(present[:, None] > 0, greatest, p["absent_picture"])
        inner = F.gelu(F.linear(found, p["found.weight"], p["found.bias"]))
        rows.append(state + F.linear(inner, p["output.weight"], p["output.bias"]))
    return torch.stack(rows, 1)


def film(norm=None):
    p = parameters()
    inputs = {
        "textStates": torch.randn(BATCH, TIME, TEXT),
        "textPooled": torch.randn(BATCH, TEXT),
        "patches": torch.randn(BATCH, SIDE * SIDE, VISION),
        "picturePresent": torch.tensor([1.0, 0.0, 1.0]),
    }
    pooled, patches, present = inputs["textPooled"], inputs["patches"], inputs["picturePresent"]
    outputs = {
        "pooled": told(p, pooled[:, None], patches, present, norm)[:, 0],
        "states": told(p, inputs["textStates"] + pooled[:, None], patches, present, norm),
        "causalStates": told(p, inputs["textStates"], patches, present, norm),
    }
    loss = sum((output**2).mean() for output in outputs.values())
    loss.backward()
    return {
        "versions": {"torch": torch.__version__},
        "config": {"kind": "film", "blocks": BLOCKS, "hiddenSize": HIDDEN, "dropout": 0, **({"norm": norm} if norm else {})},
        "parameters": {name: pack(value) for name, value in p.items()},
        "inputs": {name: pack(value) for name, value in inputs.items()},
        "outputs": {name: pack(value) for name, value in outputs.items()},
        "gradients": {name: pack(value.grad) for name, value in p.items()},
        "loss": loss.item(),
    }


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "fixtures"
    folder.mkdir(parents=True, exist_ok=True)
    for name, norm in (("film", None), ("film-norm-picture", "picture")):
        torch.manual_seed(1)
        path = folder / f"{name}.json"
        path.write_text(json.dumps(film(norm), indent=1, sort_keys=True) + "\n")
        print(path.name, path.stat().st_size, "bytes")
