"""Language models and tokenizers in Python, for `npm run bench -- text`. Speaks JSON lines as gpt2_training.py does.

    {"do": "make", "kind": "gpt2" | "bert", "config": {...}, "weights": FILE, "names": [[name, shape], ...]}
    {"do": "pretrain", "ids": FILE, "labels": FILE, "rates": [...], "batch": B, "time": T, "threads": N}
        → {"seconds": s, "losses": [...]}        int32 files [steps, B, T]; a step each
    {"do": "evaluate", "tokens": FILE, "time": T}  → {"loss": mean over every token but the first}
    {"do": "steps", "ids": [...], "places": [...], "labels": [...], "count": n, "threads": N}
        → {"milliseconds": [...], "losses": [...]}  masked words: [B, T], [B, K], [B, K]
    {"do": "tokenize", "tokenizer": FILE, "text": FILE, "runs": n} → {"seconds": [...], "tokens": n}

Written as a PyTorch user would write it for speed: fused attention, fused AdamW, Linear layers.
"""

import time

import torch
import torch.nn.functional as F
from gpt2_training import GPT2, load, serve
from torch import nn


class BertLayer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm_1, self.norm_2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (
            part(x).view(b, t, self.heads, d // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d)
        x = self.norm_1(x + self.out(y))
        return self.norm_2(x + self.down(F.gelu(self.up(x))))


class Bert(nn.Module):
    """BertForMaskedLM without dropout; logits at the masked places alone."""

    def __init__(self, config):
        super().__init__()
        width = config["hiddenSize"]
        self.words = nn.Embedding(config["vocabSize"], width)
        self.positions = nn.Embedding(config["maxPositionEmbeddings"], width)
        self.types = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, 1e-12)
        self.layers = nn.ModuleList(
            BertLayer(width, config["numAttentionHeads"], config["intermediateSize"])
            for _ in range(config["numHiddenLayers"])
        )
        self.dense, self.head_norm = nn.Linear(width, width), nn.LayerNorm(width, 1e-12)
        self.bias = nn.Parameter(torch.zeros(config["vocabSize"]))

    def forward(self, ids, places, labels):
        positions = torch.arange(ids.shape[1])
        x = self.norm(self.words(ids) + self.positions(positions) + self.types.weight[0])
        for layer in self.layers:
            x = layer(x)
        chosen = torch.gather(x, 1, places.unsqueeze(-1).expand(-1, -1, x.shape[-1]))
        logits = F.linear(self.head_norm(F.gelu(self.dense(chosen))), self.words.weight, self.bias)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), labels.view(-1))


# Hugging Face's name of each part → ours here.
BERT_PARTS = {
    "bert.embeddings.word_embeddings": "words",
    "bert.embeddings.position_embeddings": "positions",
    "bert.embeddings.token_type_embeddings": "types",
    "bert.embeddings.LayerNorm": "norm",
    "cls.predictions.transform.dense": "dense",
    "cls.predictions.transform.LayerNorm": "head_norm",
    "cls.predictions.bias": "bias",
    "bert.encoder.layer": "layers",
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "norm_1",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "norm_2",
}


def load_bert(model, file, names):
    numbers = torch.frombuffer(bytearray(open(file, "rb").read()), dtype=torch.float32)
    own = dict(model.named_parameters())
    at = 0
    with torch.no_grad():
        for name, shape in names:
            size = int(torch.tensor(shape).prod())
            value = numbers[at : at + size].view(shape)
            at += size
            if "pooler" in name:
                continue
            for theirs, ours in BERT_PARTS.items():
                name = name.replace(theirs, ours)
            own.pop(name).copy_(value)
    if own:
        raise ValueError(f"no weights for {sorted(own)}")


def integers(file):
    return torch.frombuffer(bytearray(open(file, "rb").read()), dtype=torch.int32).long()


class Session:
    def make(self, kind, config, weights, names, training):
        if kind == "gpt2":
            self.model = GPT2(
                config["vocabSize"], config["nPositions"], config["nEmbd"], config["nHead"], config["nLayer"]
            )
            load(self.model, weights, names)
        else:
            self.model = Bert(config)
            load_bert(self.model, weights, names)
        groups = [
            {"params": [p for p in self.model.parameters() if p.dim() > 1], "weight_decay": training["weightDecay"]},
            {"params": [p for p in self.model.parameters() if p.dim() <= 1], "weight_decay": 0.0},
        ]
        betas = (training["beta1"], training["beta2"])
        self.optimizer = torch.optim.AdamW(groups, lr=training["learningRate"], betas=betas, fused=True)
        return {"version": torch.__version__}

    def step(self, *batch):
        loss = self.model(*batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return loss.item()

    def pretrain(self, ids, labels, rates, batch, time: int, threads):
        torch.set_num_threads(threads)
        ids, labels = (integers(file).view(-1, batch, time) for file in (ids, labels))
        losses = []
        start = clock()
        for step, rate in enumerate(rates):
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            losses.append(self.step(ids[step], labels[step]))
        return {"seconds": clock() - start, "losses": losses}

    def evaluate(self, tokens, time: int):
        tokens = integers(tokens)
        total, count = 0.0, len(tokens) - 1
        whole = count // time * time
        with torch.no_grad():
            x, y = tokens[:whole].view(-1, time), tokens[1 : whole + 1].view(-1, time)
            for first in range(0, len(x), 64):
                part = x[first : first + 64]
                total += self.model(part, y[first : first + 64]).item() * part.numel()
            if whole < count:
                total += self.model(tokens[None, whole:count], tokens[None, whole + 1 :]).item() * (count - whole)
        return {"loss": total / count}

    def steps(self, ids, places, labels, count, threads):
        torch.set_num_threads(threads)
        batch = [torch.tensor(part) for part in (ids, places, labels)]
        milliseconds, losses = [], []
        for _ in range(count):
            start = clock()
            losses.append(self.step(*batch))
            milliseconds.append(1000 * (clock() - start))
        return {"milliseconds": milliseconds, "losses": losses}

    def tokenize(self, tokenizer, text, runs):
        from tokenizers import Tokenizer

        made = Tokenizer.from_file(tokenizer)
        lines = open(text, encoding="utf-8").read().split("\n")
        seconds = []
        for _ in range(runs):
            start = clock()
            encoded = made.encode_batch(lines, add_special_tokens=False)
            count = sum(len(one.ids) for one in encoded)
            seconds.append(clock() - start)
        return {"seconds": seconds, "tokens": count}


clock = time.perf_counter


if __name__ == "__main__":
    serve(Session())
