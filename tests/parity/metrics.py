"""Makes tests/parity/fixtures/metrics.json: random predictions and what scikit-learn and seqeval say of them.

Run in an environment with the versions that the fixture records:
    python tests/parity/metrics.py
The fixture is small and committed, so that the tests need no Python.
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from seqeval.metrics import classification_report as entity_report
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20261124)


def classification(count, classes, absent=None, skill=0.6):
    names = [f"class {c}" for c in range(classes)]
    truth = rng.integers(0, classes, count)
    guess = np.where(rng.random(count) < skill, truth, rng.integers(0, classes, count))
    if absent is not None:
        guess = np.where(guess == absent, (absent + 1) % classes, guess)
    truth, guess = [names[i] for i in truth], [names[i] for i in guess]
    labels = sorted(set(truth) | set(guess))
    report = sk.classification_report(truth, guess, output_dict=True, zero_division=0)
    subset = labels[1:]
    return {
        "references": truth,
        "predictions": guess,
        "accuracy": sk.accuracy_score(truth, guess),
        "macroF1": sk.f1_score(truth, guess, average="macro", zero_division=0),
        "microF1": sk.f1_score(truth, guess, average="micro", zero_division=0),
        "labels": labels,
        "confusion": sk.confusion_matrix(truth, guess, labels=labels).tolist(),
        "perClass": {name: scores(report[name]) for name in labels},
        "macro": scores(report["macro avg"]),
        "weighted": scores(report["weighted avg"]),
        "subset": subset,
        "subsetMicroF1": sk.f1_score(truth, guess, labels=subset, average="micro", zero_division=0),
        "subsetMacroF1": sk.f1_score(truth, guess, labels=subset, average="macro", zero_division=0),
    }


def scores(row):
    return [row["precision"], row["recall"], row["f1-score"], int(row["support"])]


def ranking(count, decimals):
    truth = rng.integers(0, 2, count)
    score = np.round(truth * 0.3 + rng.random(count), decimals)
    return {"positive": truth.tolist(), "scores": score.tolist(), "auroc": sk.roc_auc_score(truth, score)}


def one_versus_rest(count, classes):
    names = [f"c{c}" for c in range(classes)]
    truth = rng.integers(0, classes, count)
    logits = rng.normal(size=(count, classes)) + 1.2 * np.eye(classes)[truth]
    p = np.round(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), 6)
    p[:, -1] = 1 - p[:, :-1].sum(1)
    return {
        "references": [names[t] for t in truth],
        "probabilities": [dict(zip(names, map(float, row))) for row in p],
        "auroc": sk.roc_auc_score(truth, p, multi_class="ovr", average="macro"),
    }


def calibration(count, bins):
    confidence = rng.random(count)
    correct = (rng.random(count) < confidence**1.7).astype(int)
    accuracy, mean = calibration_curve(correct, confidence, n_bins=bins, strategy="uniform")
    edges = np.linspace(0, 1, bins + 1)
    counts = np.histogram(confidence, edges)[0]
    filled = counts[counts > 0]
    return {
        "confidences": confidence.tolist(),
        "correct": correct.tolist(),
        "bins": bins,
        "ece": float((filled / count * np.abs(accuracy - mean)).sum()),
    }


def entities(sentences, prefixes, agreement):
    kinds = ["PER", "LOC", "ORG", "MISC"]
    tag = lambda: "O" if rng.random() < 0.4 else f"{rng.choice(prefixes)}-{rng.choice(kinds)}"
    truth = [[tag() for _ in range(rng.integers(1, 12))] for _ in range(sentences)]
    guess = [[t if rng.random() < agreement else tag() for t in row] for row in truth]
    report = entity_report(truth, guess, output_dict=True, zero_division=0)
    kinds = [k for k in report if not k.endswith(" avg")]
    return {
        "references": truth,
        "predictions": guess,
        "perClass": {k: scores(report[k]) for k in kinds},
        **{name: scores(report[f"{name} avg"]) for name in ("micro", "macro", "weighted")},
    }


out = {
    "madeWith": {"scikit-learn": sklearn.__version__, "seqeval": "1.2.2", "numpy": np.__version__},
    "classification": [classification(60, 4), classification(40, 5, absent=2), classification(25, 2, skill=0.9)],
    "ranking": [ranking(50, 1), ranking(40, 6)],
    "oneVersusRest": one_versus_rest(30, 3),
    "calibration": [calibration(60, 10), calibration(40, 15)],
    # B I O as people write them; then BIOES drawn at random, with every illegal order in it
    "entities": [entities(25, ["B", "I"], 0.8), entities(25, ["B", "I", "I", "E", "S"], 0.85)],
}
out["regression"] = {
    "references": (y := rng.normal(size=20)).tolist(),
    "predictions": (p := y + rng.normal(size=20)).tolist(),
    "mse": sk.mean_squared_error(y, p),
}
path = pathlib.Path(__file__).parent / "fixtures" / "metrics.json"
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
