"""Loads text checkpoints that this kit saved, with Python, and compares what it computes from them.

    python tests/parity/text_weights_check.py CASES.json

CASES.json: [{ "folder", "model": "AutoModelForCausalLM", "architecture", "text", "ids", "logits": [[...]],
"output"?, "greedy"?: [...], "greedyText"? }] with ids, logits (or another output) and texts as the kit computes them.
Logits agree to 1e-4, all else exactly, and no parameter may be missing, unexpected or misshapen. Exit 1 on a
difference.
"""
import json
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import torch
import transformers

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def same(what, expected, found):
    if expected != found:
        sys.exit(f"{what}: the kit has {expected!r}, Python {found!r}")


def check(case):
    folder = case["folder"]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    same(f"{folder}: ids of {case['text']!r}", case["ids"], tokenizer(case["text"])["input_ids"])
    kind = getattr(transformers, case["model"])
    model, info = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    model.eval()
    same(f"{folder}: class", case["architecture"], type(model).__name__)
    same(f"{folder}: architectures", [case["architecture"]], model.config.architectures)
    odd = {key: sorted(info[key]) for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[key]}
    same(f"{folder}: keys that do not fit", {}, odd)
    ids = torch.tensor([case["ids"]])
    with torch.no_grad():
        result = model(ids)
        found = getattr(result, case.get("output", "logits"))[0]
    expected = torch.tensor(case["logits"])
    same(f"{folder}: shape", list(expected.shape), list(found.shape))
    worst = (expected - found).abs().max().item()
    if not worst <= 1e-4:
        sys.exit(f"{folder}: logits differ by {worst}")
    if "greedy" in case:
        count = len(case["greedy"])
        written = model.generate(ids, max_new_tokens=count, do_sample=False)[0, ids.shape[1] :].tolist()
        same(f"{folder}: greedy ids", case["greedy"], written)
        same(f"{folder}: greedy text", case["greedyText"], tokenizer.decode(written, skip_special_tokens=True))
    return worst


cases = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
worst = max(check(case) for case in cases)
print(f"agrees on {len(cases)} checkpoints: transformers {transformers.__version__}, logits within {worst:.1e}")
