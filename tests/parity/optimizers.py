"""What PyTorch's optimizers and schedules make of the same 20 gradients, for `tests/training/optimizer-parity.test.ts`.

    python tests/parity/optimizers.py [output folder]

A matrix `w` [3, 4] and a bias `b` [4]. As in the kit, the bias is not decayed. Decoupled decay under SGD, which PyTorch
has not, is written out: θ ← (1 − ηλ)θ before its step.
"""
import json
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import torch
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LinearLR, SequentialLR

STEPS, WARMUP, RATE = 20, 5, 0.05


def schedule(optimizer, kind, final):
    rise = LinearLR(optimizer, start_factor=1 / WARMUP, end_factor=1.0, total_iters=WARMUP - 1)
    left = STEPS - WARMUP
    fall = {
        "constant": lambda: ConstantLR(optimizer, factor=1.0, total_iters=left),
        "linear": lambda: LinearLR(optimizer, start_factor=1.0, end_factor=final, total_iters=left),
        "cosine": lambda: CosineAnnealingLR(optimizer, T_max=left, eta_min=RATE * final),
    }[kind]()
    return SequentialLR(optimizer, [rise, fall], milestones=[WARMUP])


def run(case, start, gradients):
    w, b = (torch.nn.Parameter(part.clone()) for part in start)
    settings, decay = case["optimizer"], case["weightDecay"]
    l2 = settings.get("l2", 0)
    groups = lambda value: [{"params": [w], "weight_decay": value}, {"params": [b], "weight_decay": 0.0}]
    if settings["kind"] == "sgd":
        optimizer = torch.optim.SGD(groups(l2), lr=RATE, momentum=settings["momentum"])
    else:
        of = torch.optim.Adam if l2 > 0 else torch.optim.AdamW
        betas = (settings["beta1"], settings["beta2"])
        optimizer = of(groups(l2 if l2 > 0 else decay), lr=RATE, betas=betas, eps=settings["epsilon"])
    rates = schedule(optimizer, case["schedule"], case["final"])
    used = []
    for gradient in gradients:
        w.grad, b.grad = (part.clone() for part in gradient)
        if case["clipping"] is not None:
            torch.nn.utils.clip_grad_norm_([w, b], case["clipping"])
        rate = optimizer.param_groups[0]["lr"]
        used.append(rate)
        if settings["kind"] == "sgd" and decay > 0:
            with torch.no_grad():
                w.mul_(1 - rate * decay)
        optimizer.step()
        rates.step()
    return {**case, "rates": used, "w": w.flatten().tolist(), "b": b.tolist()}


def main():
    torch.manual_seed(3)
    start = torch.randn(3, 4), torch.randn(4)
    gradients = [(torch.randn(3, 4), torch.randn(4)) for _ in range(STEPS)]
    adam = {"kind": "adamw", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    sgd = {"kind": "sgd", "momentum": 0.9}
    case = lambda optimizer, decay, kind, final=0.0, clipping=None: {
        "optimizer": optimizer,
        "weightDecay": decay,
        "schedule": kind,
        "final": final,
        "clipping": clipping,
    }
    cases = [
        case(adam, 0.1, "cosine"),
        case({**adam, "l2": 0.1}, 0.0, "cosine"),
        case(adam, 0.0, "linear", 0.1, 1.0),
        case({**adam, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}, 0.5, "constant"),
        case(sgd, 0.0, "linear"),
        case({**sgd, "l2": 0.1}, 0.0, "cosine", 0.1),
        case(sgd, 0.1, "constant", 0.0, 1.0),
        case({"kind": "sgd", "momentum": 0.0, "l2": 0.1}, 0.0, "constant"),
        case({"kind": "sgd", "momentum": 0.0}, 0.1, "constant"),
    ]
    fixture = {
        "versions": {"torch": torch.__version__.split("+")[0]},
        "learningRate": RATE,
        "warmup": WARMUP / STEPS,
        "start": {"w": start[0].flatten().tolist(), "b": start[1].tolist()},
        "gradients": [{"w": w.flatten().tolist(), "b": b.tolist()} for w, b in gradients],
        "cases": [run(one, start, gradients) for one in cases],
    }
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "fixtures"
    (folder / "optimizers.json").write_text(json.dumps(fixture) + "\n")


main()
