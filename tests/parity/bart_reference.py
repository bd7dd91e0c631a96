"""A tiny random BART of Python `transformers` as a folder, and what it gives: logits of two pairs in one padded batch, and
greedy and beam text.

    python tests/parity/bart_reference.py [output folder]      default: tests/parity/fixtures/text-checkpoints/bart
"""
import json
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast

FOLDER = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "fixtures" / "text-checkpoints" / "bart"


def words():
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(special + alphabet)}, merges=[], unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(special)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def main():
    torch.manual_seed(4)
    tokenizer = words()
    config = BartConfig(
        vocab_size=len(tokenizer), d_model=12, encoder_layers=2, decoder_layers=2, encoder_attention_heads=3,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=20, max_position_embeddings=24,
        scale_embedding=False, forced_eos_token_id=None,
    )
    model = BartForConditionalGeneration(config).eval()
    with torch.no_grad():
        # Weights that outweigh biases, or one token is the likeliest everywhere.
        for name, parameter in model.named_parameters():
            is_norm = "norm" in name
            parameter.normal_(0, 0.1 if is_norm or name.endswith("bias") else 0.4 if "shared" in name else 1)
            if is_norm and name.endswith("weight"):
                parameter.add_(1)
        model.final_logits_bias.normal_(0, 0.05)
    shutil.rmtree(FOLDER, ignore_errors=True)
    model.save_pretrained(FOLDER)
    tokenizer.save_pretrained(FOLDER)
    model = BartForConditionalGeneration.from_pretrained(FOLDER).eval()
    sources = torch.tensor([[10, 20, 30, 40, 50, 2], [7, 8, 9, 2, 1, 1]])
    mask = (sources != 1).long()
    targets = torch.tensor([[2, 11, 21, 31], [2, 60, 61, 62]])
    asked = {"max_new_tokens": 12, "do_sample": False, "forced_eos_token_id": None, "forced_bos_token_id": None}
    with torch.no_grad():
        logits = model(input_ids=sources, attention_mask=mask, decoder_input_ids=targets).logits
        written = lambda **more: [
            [int(i) for i in row[1:]]
            for row in model.generate(sources, attention_mask=mask, eos_token_id=None, pad_token_id=1, **asked, **more)
        ]
        expected = {
            "sources": sources.tolist(),
            "targets": targets.tolist(),
            "logits": [[[round(x, 5) for x in row] for row in one] for one in logits.tolist()],
            "greedy": written(num_beams=1),
            "beam": written(num_beams=3),
        }
    path = HERE / "fixtures" / "bart.json"
    path.write_text(json.dumps(expected) + "\n")
    print(sum(f.stat().st_size for f in FOLDER.iterdir()), path.stat().st_size, "bytes")


transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
main()
