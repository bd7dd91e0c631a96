"""Fine-tuning of a BERT classifier in PyTorch, for `npm run bench -- finetune`. Speaks JSON lines as gpt2_training.py does.

    {"do": "make", "config": {...}, "classes": C, "weights": FILE, "names": [[name, shape], ...], "training": {...}}
    {"do": "train", "ids": FILE, "mask": FILE, "labels": FILE, "order": FILE, "rates": [...], "batch": B, "time": T,
     "threads": N} → {"seconds": [of each epoch], "losses": [...]}

int32 files: ids and mask [records, T], labels [records], the rows of each step [epochs, steps, B]. Written as a PyTorch
user would write it for speed: fused attention, fused AdamW; dropout is off on both sides.
"""

import time

import torch
import torch.nn.functional as F
from gpt2_training import serve
from text_models import BERT_PARTS, BertLayer, integers
from torch import nn


class Layer(BertLayer):
    def forward(self, x, mask):
        b, t, d = x.shape
        q, k, v = (
            part(x).view(b, t, self.heads, d // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :]).transpose(1, 2).reshape(b, t, d)
        x = self.norm_1(x + self.out(y))
        return self.norm_2(x + self.down(F.gelu(self.up(x))))


class Classifier(nn.Module):
    """The mean state of the tokens, and a linear layer."""

    def __init__(self, config, classes):
        super().__init__()
        width = config["hiddenSize"]
        self.words = nn.Embedding(config["vocabSize"], width)
        self.positions = nn.Embedding(config["maxPositionEmbeddings"], width)
        self.types = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, 1e-12)
        self.layers = nn.ModuleList(
            Layer(width, config["numAttentionHeads"], config["intermediateSize"])
            for _ in range(config["numHiddenLayers"])
        )
        self.classifier = nn.Linear(width, classes)

    def forward(self, ids, mask, labels):
        x = self.norm(self.words(ids) + self.positions(torch.arange(ids.shape[1])) + self.types.weight[0])
        for layer in self.layers:
            x = layer(x, mask)
        kept = mask.unsqueeze(-1).float()
        return F.cross_entropy(self.classifier((x * kept).sum(1) / kept.sum(1)), labels)


class Session:
    def make(self, config, classes, weights, names, training):
        self.model = Classifier(config, classes)
        numbers = torch.frombuffer(bytearray(open(weights, "rb").read()), dtype=torch.float32)
        own = dict(self.model.named_parameters())
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
        groups = [
            {"params": [p for p in self.model.parameters() if p.dim() > 1], "weight_decay": training["weightDecay"]},
            {"params": [p for p in self.model.parameters() if p.dim() <= 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.999), fused=True)
        return {"version": torch.__version__}

    def train(self, ids, mask, labels, order, rates, batch, time: int, threads):
        torch.set_num_threads(threads)
        ids, mask = (integers(file).view(-1, time) for file in (ids, mask))
        mask, labels, order = mask.bool(), integers(labels), integers(order).view(-1, batch)
        epochs = 2
        steps = len(order) // epochs
        seconds, losses = [], []
        for epoch in range(epochs):
            start = clock()
            for step in range(epoch * steps, (epoch + 1) * steps):
                rows = order[step]
                for group in self.optimizer.param_groups:
                    group["lr"] = rates[step]
                loss = self.model(ids[rows], mask[rows], labels[rows])
                self.optimizer.zero_grad(set_to_none=True)
                loss.backward()
                nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                self.optimizer.step()
                losses.append(loss.item())
            seconds.append(clock() - start)
        return {"seconds": seconds, "losses": losses}


clock = time.perf_counter


if __name__ == "__main__":
    serve(Session())
