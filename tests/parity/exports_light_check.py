"""Opens exports of this kit with safetensors, tokenizers, onnx and onnxruntime, and compares with what the kit computes.

    python tests/parity/exports_light_check.py CASES.json

CASES.json: [{ "folder", "tensors": { name: { "shape", "sha256" } }, "texts", "ids", "labels", "scores", "pixels"? }].
Bytes of the tensors, ids and classes are the same, log-probabilities agree to 1e-4, and onnx's full check passes. Needs no
PyTorch. Exit 1 on a difference.
"""
import hashlib
import json
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import numpy as np
import onnx
import onnxruntime
import safetensors
import tokenizers


def same(what, expected, found):
    if expected != found:
        sys.exit(f"{what}: the kit has {expected!r}, Python {found!r}")


def tensors_of(folder):
    found = {}
    for file in ("model.safetensors", "head.safetensors"):
        if not (folder / file).exists():
            continue
        with safetensors.safe_open(folder / file, framework="numpy") as weights:
            for name in weights.keys():
                tensor = weights.get_tensor(name)
                found[name] = {"shape": list(tensor.shape), "sha256": hashlib.sha256(tensor.tobytes()).hexdigest()}
    return found


def log_softmax(logits):
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def check(case):
    folder = pathlib.Path(case["folder"])
    if "tensors" in case:
        same(f"{folder}: tensors", case["tensors"], tensors_of(folder))

    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    same(f"{folder}: ids", case["ids"], [tokenizer.encode(text).ids for text in case["texts"]])

    graph = str(folder / "onnx" / "model.onnx")
    for one in sorted((folder / "onnx").glob("*.onnx")):
        onnx.checker.check_model(str(one), full_check=True)
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id("[PAD]"), pad_token="[PAD]")
    batch = tokenizer.encode_batch(case["texts"])
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    all_of = {
        "input_ids": np.array([one.ids for one in batch], np.int64),
        "attention_mask": np.array([one.attention_mask for one in batch], np.int64),
        "token_type_ids": np.array([one.type_ids for one in batch], np.int64),
    }
    if "pixels" in case:
        pixels = np.array(case["pixels"], np.float32).transpose(0, 3, 1, 2)
        all_of |= {"pixel_values": pixels, "image_present": np.ones(len(batch), np.float32)}
    feeds = {one.name: all_of[one.name] for one in session.get_inputs()}
    logits = session.run(["logits"], feeds)[0]
    names = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
    same(f"{folder}: classes", case["labels"], [names[str(row)] for row in logits.argmax(-1)])
    worst = float(np.abs(log_softmax(logits) - np.array(case["scores"])).max())
    if not worst <= 1e-4:
        sys.exit(f"{folder}: log-probabilities differ by {worst}")
    return worst


cases = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
worst = max(check(case) for case in cases)
print(
    f"agrees on {len(cases)} exports: safetensors {safetensors.__version__}, tokenizers {tokenizers.__version__}, "
    f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, log-probabilities within {worst:.1e}"
)
