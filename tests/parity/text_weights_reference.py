"""Text checkpoints as Python `transformers` writes them, with what it computes from them: a tiny random BERT (masked
words), GPT-2, and Llama (bfloat16, in shards), each with a tokenizer of its class, in
`tests/parity/fixtures/text-checkpoints/`. `expected.json` holds for each a text, its ids, the logits, and the text
that greedy decoding writes on.

    python tests/parity/text_weights_reference.py [output folder]

Run without an output folder (by `npm run parity`), it then asks the other way round: the tests of
`tests/text/checkpoint/python.test.ts` write folders with this kit and load them here (`text_weights_check.py`).
"""
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
from tokenizers import pre_tokenizers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Tokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaTokenizer,
)

ROOT = HERE.parent.parent


def randomize(model):
    """Every parameter is drawn anew, biases and norms too, so that none of them can be forgotten unnoticed."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 * torch.randn(parameter.shape)
            norm = "norm" in name.lower() or ".ln_" in name
            parameter.copy_(1 + spread if norm and name.endswith("weight") else spread)


def grown(alphabet, pieces):
    """A vocabulary of an alphabet and pieces, and the merges that make each piece from the left."""
    vocabulary, merges = list(alphabet), []
    for piece in pieces:
        for end in range(2, len(piece) + 1):
            if piece[:end] not in vocabulary:
                vocabulary.append(piece[:end])
                merges.append((piece[: end - 1], piece[end - 1]))
    return vocabulary, merges


def numbered(tokens):
    return {token: i for i, token in enumerate(tokens)}


def bert():
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] . , ? the red square is left of blue circle ##s ##ing a b c ##a ##b ##c 红 é"
    tokenizer = BertTokenizer(vocab=numbered(words.split()), do_lower_case=True)
    config = BertConfig(
        vocab_size=32, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
        max_position_embeddings=24,
    )
    return BertForMaskedLM(config), tokenizer, "The red squares is [MASK] of a BLUE circle, abc? 红 xyz"


def gpt2():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens, merges = grown(alphabet, ["the", "Ġthe", "Ġred", "Ġsquare", "ing", "Ġof"])
    tokens.append("<|endoftext|>")
    tokenizer = GPT2Tokenizer(vocab=numbered(tokens), merges=merges)
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    config = GPT2Config(
        vocab_size=len(tokens), n_positions=48, n_embd=12, n_layer=2, n_head=3, bos_token_id=end, eos_token_id=end
    )
    return GPT2LMHeadModel(config), tokenizer, "the red square of Zürich 🙂"


def llama():
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokens, merges = grown(["▁"] + list("abcdefghijklmnopqrstuvwxyz."), ["▁the", "▁red", "▁square", "▁of", "ing"])
    tokenizer = LlamaTokenizer(vocab=numbered(special + tokens), merges=merges)
    config = LlamaConfig(
        vocab_size=len(special) + len(tokens), hidden_size=16, intermediate_size=20, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=48, tie_word_embeddings=False,
    )
    return LlamaForCausalLM(config), tokenizer, "the red  square of Zürich 🙂."


def expectation(folder, kind, text):
    """What the folder, loaded anew, gives."""
    model = kind.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(text)["input_ids"]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
        expected = {"text": text, "ids": ids, "logits": [[round(x, 6) for x in row] for row in logits.tolist()]}
        if kind is not BertForMaskedLM:
            written = model.generate(torch.tensor([ids]), max_new_tokens=12, do_sample=False)[0, len(ids) :].tolist()
            expected |= {"greedy": written, "greedyText": tokenizer.decode(written)}
    return expected


def make(folder):
    expected = {}
    for build in (bert, gpt2, llama):
        torch.manual_seed(1)
        model, tokenizer, text = build()
        randomize(model)
        out = folder / build.__name__
        shutil.rmtree(out, ignore_errors=True)
        if build is llama:
            model.to(torch.bfloat16).save_pretrained(out, max_shard_size="12KB")
        else:
            model.save_pretrained(out)
        tokenizer.save_pretrained(out)
        expected[build.__name__] = expectation(out, type(model), text)
        print(build.__name__, sum(file.stat().st_size for file in out.iterdir()), "bytes")
    path = folder / "expected.json"
    path.write_text(json.dumps(expected, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    if len(sys.argv) > 1:
        make(pathlib.Path(sys.argv[1]))
    else:
        make(HERE / "fixtures" / "text-checkpoints")
        command = ["node", "node_modules/vitest/vitest.mjs", "run", "tests/text/checkpoint/python.test.ts"]
        sys.exit(subprocess.run(command, cwd=ROOT, env={**os.environ, "SIGHTLINE_PARITY_PYTHON": sys.executable}).returncode)
