"""Loads exports of this kit with Python `transformers`, and compares what it computes from the records themselves.

    python tests/parity/export_check.py CASES.json

CASES.json: [{ "folder", "kind", "records"?, "prediction"?: [...], "scores"? or "logits"?: [...] }].
Texts are encoded here, by the
folder's own tokenizer; nothing but records goes in. Logits agree to 1e-4, classes, tags and greedy texts exactly, and no
parameter may be missing, unexpected or misshapen. The code of the card (README.md) is run too. Exit 1 on a difference.
"""
import contextlib
import io
import json
import os
import pathlib
import re
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import numpy as np
import torch
import transformers
from safetensors.torch import load_file

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
AUTO = {
    "BertForSequenceClassification": transformers.AutoModelForSequenceClassification,
    "BertForTokenClassification": transformers.AutoModelForTokenClassification,
    "BertForMaskedLM": transformers.AutoModelForMaskedLM,
    "GPT2LMHeadModel": transformers.AutoModelForCausalLM,
    "LlamaForCausalLM": transformers.AutoModelForCausalLM,
    "BartForConditionalGeneration": transformers.AutoModelForSeq2SeqLM,
}


def same(what, expected, found):
    if expected != found:
        sys.exit(f"{what}: the kit has {expected!r}, Python {found!r}")


def load(folder):
    architecture = json.loads((pathlib.Path(folder) / "config.json").read_text())["architectures"][0]
    kind = AUTO.get(architecture, transformers.AutoModel)
    # The kit's ViT has no pooler, which ViTModel would make up; the card leaves it out in the same words.
    more = {"add_pooling_layer": False} if architecture == "ViTModel" else {}
    model, info = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True, **more)
    same(f"{folder}: class", architecture, type(model).__name__)
    odd = {key: sorted(info[key]) for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[key]}
    same(f"{folder}: keys that do not fit", {}, odd)
    return model.eval()


def distance(found, expected):
    """The largest difference; infinite where a number is none."""
    apart = (found - torch.tensor(expected)).abs().max().item()
    return apart if apart == apart else float("inf")


def mean(states, mask):
    return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)


def words_of(encoding, span, length):
    """1 for the pieces of the words of a span."""
    inside = [word is not None and span[0] <= word < span[1] for word in encoding.word_ids()]
    return torch.tensor([inside], dtype=torch.float32)


def label_logits(model, tokenizer, folder, record):
    """Logits of one record [rows], or of its tokens [tokens, tags]."""
    tokens = record.get("tokens")
    encoding = (
        tokenizer(tokens, is_split_into_words=True, return_tensors="pt")
        if tokens
        else tokenizer(record["text"], return_tensors="pt")
    )
    output = model(**encoding)
    if "logits" in output:
        if not tokens:
            return output.logits[0]
        places, seen = [], set()
        for place, word in enumerate(encoding.word_ids()):
            if word is not None and word not in seen:
                places.append(place)
                seen.add(word)
        return output.logits[0, places]
    head = load_file(f"{folder}/head.safetensors")
    states = output.last_hidden_state
    read = mean(states, encoding["attention_mask"])
    if tokens:
        spans = [mean(states, words_of(encoding, record[part], states.shape[1])) for part in ("head", "tail")]
        read = torch.cat([read, *spans], 1)
    return (read @ head["classifier.weight"].T + head["classifier.bias"])[0]


def check_labels(case, records, model, tokenizer):
    """`scores`: log-probability of each label, of the whole sequence of tags, or the value itself."""
    worst = 0.0
    names = model.config.id2label
    for record, prediction, scores in zip(records, case["prediction"], case["scores"], strict=True):
        logits = label_logits(model, tokenizer, case["folder"], record)
        if case["value"]:
            found = logits
        else:
            found = logits.log_softmax(-1)
            said = " ".join(names[row] for row in np.atleast_1d(found.argmax(-1).numpy()).tolist())
            same(f"{case['folder']}: {record['id']}", prediction, said)
            found = found.max(-1).values.sum()[None] if found.dim() == 2 else found
        worst = max(worst, distance(found, scores))
    return worst


def check_writing(case, records, model, tokenizer):
    block = model.config.sightline["prompt"]
    apart = model.config.is_encoder_decoder
    worst = 0.0
    for row, (record, prediction) in enumerate(zip(records, case["prediction"], strict=True)):
        told = tokenizer(record[case["field"]], add_special_tokens=False)["input_ids"] if case["field"] else []
        ids = torch.tensor([block["before"] + told + block["after"]])
        written = model.generate(ids)[0]
        text = tokenizer.decode(written if apart else written[ids.shape[1] :], skip_special_tokens=True).strip()
        same(f"{case['folder']}: {record['id']}", prediction, text)
        if row < len(case["logits"]):
            more = {"decoder_input_ids": torch.tensor([[model.config.decoder_start_token_id]])} if apart else {}
            found = model(ids, **more).logits[0, -1]
            worst = max(worst, distance(found, case["logits"][row]))
    return worst


def check_texts(case, records, model, tokenizer):
    """Logits of every token of a text, and for causal models what comes next."""
    worst = 0.0
    for text, logits, greedy in zip(case["texts"], case["logits"], case["greedy"], strict=True):
        ids = torch.tensor([tokenizer(text)["input_ids"]])
        found = model(ids).logits[0]
        worst = max(worst, distance(found[-1], logits))
        if case["causal"]:
            said = model.generate(ids, max_new_tokens=len(greedy), do_sample=False)[0, ids.shape[1] :].tolist()
        else:
            said = found.argmax(-1).tolist()
        # A text may end early in Python, at the end-of-text token.
        same(f"{case['folder']}: {text!r}", greedy[: len(said)], said)
    return worst


def check_parts(case):
    folder = pathlib.Path(case["folder"])
    text = load(folder / "text")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "text")
    vision = load(folder / "vision")
    processor = json.loads((folder / "vision" / "preprocessor_config.json").read_text())
    picture = torch.tensor(case["pixels"]).permute(2, 0, 1)[None]
    average, deviation = (torch.tensor(processor[key])[:, None, None] for key in ("image_mean", "image_std"))
    scaled = (picture - average) / deviation
    worst = 0.0
    for record, states in zip(case["texts"], case["states"], strict=True):
        found = text(**tokenizer(record, return_tensors="pt")).last_hidden_state[0]
        worst = max(worst, distance(found, states))
    patches = vision(scaled).last_hidden_state[0, 1:]
    return max(worst, distance(patches, case["patches"]))


def run_card(case, text):
    """The first Python block of the card, on one text."""
    card = (pathlib.Path(case["folder"]) / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", card, re.S).group(1)
    assert "…" in code or "from_pretrained" in code, code
    here = os.getcwd()
    os.chdir(case["folder"])
    try:
        space = {}
        more = f"head = tail = torch.ones(1, len(tokenizer({text!r})['input_ids']))\nstates =" if "head, tail" in code else None
        code = code.replace("…", text)
        exec(code.replace("states =", more, 1) if more else code, space)
    finally:
        os.chdir(here)
    return space


def check(case):
    if case["kind"] == "parts":
        worst = check_parts(case)
        count = len(case["texts"])
    else:
        folder = case["folder"]
        model = load(folder)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        records = [json.loads(line) for line in open(case["records"], encoding="utf-8")] if "records" in case else []
        with torch.no_grad():
            worst = {"labels": check_labels, "writes": check_writing, "texts": check_texts}[case["kind"]](
                case, records, model, tokenizer
            )
        count = len(records) or len(case["texts"])
    with contextlib.redirect_stdout(io.StringIO()):
        run_card(case, "the disc is red")
    if not worst <= 1e-4:
        sys.exit(f"{case['folder']}: logits differ by {worst}")
    kind = json.loads((pathlib.Path(case["folder"]) / "config.json").read_text())["architectures"][0]
    print(f"{case['name']}: {kind}, {count} records, logits within {worst:.1e}")


cases = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
for case in cases:
    check(case)
print(f"agrees on {len(cases)} exports: transformers {transformers.__version__}, torch {torch.__version__}")
