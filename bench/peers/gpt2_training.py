"""GPT-2 training steps in PyTorch, for `npm run bench -- engine`. Speaks JSON lines on stdin and stdout.

    {"do": "make", "config": {...}, "weights": FILE, "names": [[name, shape], ...], "compile": false}
        → {"version": "2.15.0+cpu"}             a model with these weights (float32, one after the other)
    {"do": "losses", "ids": [...], "targets": [...], "steps": 3, "threads": 2}
        → {"losses": [...]}                      trains, so that both sides can be seen to do the same work
    {"do": "time", "steps": 20, "warmup": 3, "threads": 2}
        → {"milliseconds": [...]}                one number a step, on the ids of the last "losses"

Written as a PyTorch user would write it for speed: fused attention, fused AdamW, Linear layers.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.ln_2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.ln_1(x)).split(d, dim=2)
        q, k, v = (y.view(b, t, self.heads, d // self.heads).transpose(1, 2) for y in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.ln_2(x)), approximate="tanh"))


class GPT2(nn.Module):
    def __init__(self, vocabulary, time_steps, width, heads, layers):
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.wpe = nn.Embedding(time_steps, width)
        self.h = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width)

    def forward(self, ids, targets):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for block in self.h:
            x = block(x)
        logits = F.linear(self.ln_f(x), self.wte.weight)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


# Hugging Face's name of each part → ours here; Conv1D keeps its weights [in, out], Linear [out, in].
PARTS = {"attn.c_attn": "qkv", "attn.c_proj": "out", "mlp.c_fc": "up", "mlp.c_proj": "down"}


def load(model, file, names):
    with open(file, "rb") as stream:
        numbers = torch.frombuffer(bytearray(stream.read()), dtype=torch.float32)
    own = dict(model.named_parameters())
    at = 0
    with torch.no_grad():
        for name, shape in names:
            size = 1
            for n in shape:
                size *= n
            value = numbers[at : at + size].view(shape)
            at += size
            key = name.removeprefix("transformer.")
            for theirs, ours in PARTS.items():
                if f".{theirs}." in key:
                    key = key.replace(theirs, ours)
                    value = value.t() if len(shape) == 2 else value
            own.pop(key).copy_(value)
    if own:
        raise ValueError(f"no weights for {sorted(own)}")


class Session:
    def make(self, config, weights, names, compile):
        torch.manual_seed(0)
        self.model = GPT2(
            config["vocabulary"], config["time"], config["width"], config["heads"], config["layers"]
        )
        load(self.model, weights, names)
        decayed = [p for p in self.model.parameters() if p.dim() > 1]
        others = [p for p in self.model.parameters() if p.dim() <= 1]
        groups = [
            {"params": decayed, "weight_decay": config["weightDecay"]},
            {"params": others, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=config["learningRate"], fused=True)
        self.forward = torch.compile(self.model) if compile else self.model
        return {"version": torch.__version__}

    def step(self):
        loss = self.forward(self.ids, self.targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def losses(self, ids, targets, steps, threads):
        torch.set_num_threads(threads)
        self.ids, self.targets = torch.tensor(ids), torch.tensor(targets)
        return {"losses": [self.step() for _ in range(steps)]}

    def time(self, steps, warmup, threads):
        torch.set_num_threads(threads)
        for _ in range(warmup):
            self.step()
        milliseconds = []
        for _ in range(steps):
            start = time.perf_counter()
            self.step()
            milliseconds.append(1000 * (time.perf_counter() - start))
        return {"milliseconds": milliseconds}


def serve(session):
    """Answers requests on stdin by the session's methods of their names."""
    for line in sys.stdin:
        request = json.loads(line)
        action = request.pop("do")
        try:
            answer = getattr(session, action)(**request)
        except Exception as error:  # what went wrong is the answer; the bench names it and goes on
            answer = {"failure": f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(Session())
