"""Makes tests/parity/fixtures/baselines.json: TF-IDF rows and probabilities of multinomial logistic regression by scikit-learn.

    python tests/parity/baselines.py
The fixture is small and committed, so that the tests need no Python.
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(20261128)
WORDS = "Add play song to my the weather Weather in Cita Romántica playlist is it rain x_1 a I 42 über Straße don't 7up".split()
LABELS = ["add", "play", "weather"]


def sentence(label):
    """Words drawn at random, some more often with one label; marks and capitals as they come."""
    weights = np.ones(len(WORDS))
    weights[[label * 4, label * 4 + 1, label * 4 + 2]] = 4
    return " ".join(rng.choice(WORDS, size=rng.integers(2, 9), p=weights / weights.sum()))


truth = rng.integers(0, 3, 60)
texts = [sentence(label) for label in truth]
labels = [LABELS[label] for label in truth]
asked = [sentence(label) for label in rng.integers(0, 3, 12)] + ["nothing known here", "", "PLAY, play; Play!"]
vectorizer = TfidfVectorizer()
rows = vectorizer.fit_transform(texts)
fixture = {
    "versions": {"scikit-learn": sklearn.__version__},
    "texts": texts,
    "labels": labels,
    "asked": asked,
    "words": sorted(vectorizer.vocabulary_),
    "rows": [[round(x, 12) for x in row] for row in vectorizer.transform(asked).toarray().tolist()],
    "probabilities": {},
}
for strength in [0.5, 1.0, 20.0]:
    model = LogisticRegression(C=strength, tol=1e-10, max_iter=10000).fit(rows, labels)
    assert model.classes_.tolist() == LABELS
    fixture["probabilities"][str(strength)] = model.predict_proba(vectorizer.transform(asked)).tolist()

out = pathlib.Path(__file__).parent / "fixtures" / "baselines.json"
out.write_text(json.dumps(fixture, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
print(f"{out}: {len(asked)} texts, {len(fixture['words'])} words")
