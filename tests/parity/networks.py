"""Reference values of the networks, from the originals: tiny random BERT, GPT-2, Llama and ViT of Python
`transformers`. For each: configuration, parameters, inputs, logits, loss, the gradient of every parameter, and the
losses of five AdamW steps on the same batch. Arrays are little-endian float32 (or int32) in base64.

    python tests/parity/networks.py [output folder]

Every parameter is drawn anew, biases and norms too, so that none of them can be forgotten unnoticed.
"""
import base64
import json
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself (`statistics`).
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != pathlib.Path(__file__).parent.resolve()]

import torch
import transformers
from transformers import (
    BertConfig,
    BertForPreTraining,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    ViTConfig,
    ViTForImageClassification,
)


def pack(tensor):
    tensor = tensor.detach().contiguous()
    kind = "float32" if tensor.is_floating_point() else "int32"
    data = tensor.to(torch.float32 if kind == "float32" else torch.int32).numpy()
    encoded = base64.b64encode(data.astype("<f4" if kind == "float32" else "<i4").tobytes()).decode()
    return {"dtype": kind, "shape": list(data.shape), "data": encoded}


def randomize(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 * torch.randn(parameter.shape)
            norm = "norm" in name.lower() or ".ln_" in name
            parameter.copy_(1 + spread if norm and name.endswith("weight") else spread)


# In memory, newer versions of `transformers` name the parts of ViT anew; its files keep the names that we use.
CHECKPOINT_NAMES = [
    ("vit.layers.", "vit.encoder.layer."),
    ("attention.q_proj", "attention.attention.query"),
    ("attention.k_proj", "attention.attention.key"),
    ("attention.v_proj", "attention.attention.value"),
    ("attention.o_proj", "attention.output.dense"),
    ("mlp.fc1", "intermediate.dense"),
    ("mlp.fc2", "output.dense"),
]


def checkpoint_name(name):
    if name.startswith("vit."):
        for new, old in CHECKPOINT_NAMES:
            name = name.replace(new, old)
    return name


def reference(model, inputs, outputs):
    """`outputs(result)` names the tensors of the result that are kept."""
    model.eval()
    parameters = {checkpoint_name(name): value for name, value in model.named_parameters()}
    kept = {name: pack(value) for name, value in parameters.items()}
    result = model(**inputs)
    result.loss.backward()
    gradients = {name: pack(value.grad) for name, value in parameters.items()}
    fixture = {
        "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
        "config": model.config.to_dict(),
        "parameters": kept,
        "inputs": {name: pack(value) for name, value in inputs.items()},
        "outputs": {name: pack(value) for name, value in outputs(result).items()},
        "loss": result.loss.item(),
        "gradients": gradients,
    }
    settings = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}
    optimizer = torch.optim.AdamW(model.parameters(), **settings)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = model(**inputs).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    fixture["adamw"] = {**settings, "losses": losses}
    return fixture


def text_inputs(vocabulary, masked):
    """Three texts of 7, 5 and 4 tokens in 7 places; labels where they count, -100 elsewhere."""
    ids = torch.randint(1, vocabulary, (3, 7))
    mask = torch.ones(3, 7, dtype=torch.long)
    mask[1, 5:] = 0
    mask[2, 4:] = 0
    counted = mask.bool() & (torch.rand(3, 7) < 0.5) if masked else mask.bool()
    labels = torch.where(counted, torch.randint(0, vocabulary, (3, 7)) if masked else ids, -100)
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def bert():
    config = BertConfig(
        vocab_size=23, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
        max_position_embeddings=9,
    )
    model = BertForPreTraining(config)
    randomize(model)
    inputs = text_inputs(23, masked=True)
    inputs["token_type_ids"] = (torch.arange(7) >= 3).long().expand(3, 7)
    inputs["next_sentence_label"] = torch.tensor([0, 1, 1])
    return reference(
        model, inputs, lambda r: {"logits": r.prediction_logits, "next_sentence_logits": r.seq_relationship_logits}
    )


def gpt2():
    config = GPT2Config(vocab_size=23, n_positions=9, n_embd=12, n_layer=2, n_head=3, bos_token_id=0, eos_token_id=0)
    model = GPT2LMHeadModel(config)
    randomize(model)
    return reference(model, text_inputs(23, masked=False), lambda r: {"logits": r.logits})


def llama():
    config = LlamaConfig(
        vocab_size=23, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=9,
    )
    model = LlamaForCausalLM(config)
    randomize(model)
    return reference(model, text_inputs(23, masked=False), lambda r: {"logits": r.logits})


def vit():
    config = ViTConfig(
        image_size=8, patch_size=4, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
        num_labels=5,
    )
    model = ViTForImageClassification(config)
    randomize(model)
    pixels = torch.rand(3, 3, 8, 8)
    inputs = {"pixel_values": (pixels - 0.5) / 0.5, "labels": torch.tensor([0, 4, 2])}
    fixture = reference(model, inputs, lambda r: {"logits": r.logits})
    fixture["pixels"] = pack(pixels.permute(0, 2, 3, 1))
    return fixture


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "fixtures"
    folder.mkdir(parents=True, exist_ok=True)
    for make in (bert, gpt2, llama, vit):
        torch.manual_seed(1)
        path = folder / f"{make.__name__}.json"
        path.write_text(json.dumps(make(), indent=1, sort_keys=True) + "\n")
        print(path.name, path.stat().st_size, "bytes")
