"""Makes tests/parity/fixtures/metrics-text.json: written texts and what sacreBLEU, rouge-score and COCO's CIDEr say.

    python tests/parity/metrics_text.py      (needs Java for COCO's tokenizer)
The sentences are made here from a few words and frames; the fixture is committed, so that the tests need no Python.
"""
import contextlib
import importlib.metadata
import io
import json
import pathlib
import random

import sacrebleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
from rouge_score import rouge_scorer
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

rnd = random.Random(20261124)
THINGS = "red ball,blue cube,small dog,old man,yellow triangle,woman's hat,t-shirt,two birds,12.5 metres of rope".split(",")
PLACES = "on the table,beside the door,in the box,under 3,000 lights,near the water".split(",")
FRAMES = ["A {0} lies {1}.", "There is a {0} {1}, and a {2}.", "The {0} isn't {1}; it's with the {2}!",
          'Someone said: "the {0} ({2}) is {1}"', "{0} {1}", "Ein {0} für Ü-Größen – {1} & {2}"]


def sentence(frame=None):
    return (frame or rnd.choice(FRAMES)).format(rnd.choice(THINGS), rnd.choice(PLACES), rnd.choice(THINGS))


def disturbed(text):
    words = text.split(" ")
    for _ in range(rnd.randint(0, 3)):
        i = rnd.randrange(len(words))
        words[i : i + 1] = rnd.choice([[], [rnd.choice(words)], [words[i], words[i]], ["cat"]])
        words = words or ["cat"]
    return " ".join(words)


references = [[s, disturbed(s)][: rnd.randint(1, 2)] for s in (sentence() for _ in range(24))]
predictions = [disturbed(r[0]) for r in references]
predictions[3], predictions[4] = "", "ball"
padded = [[r[min(k, len(r) - 1)] for r in references] for k in range(2)]  # sacreBLEU wants equally many
scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
rouge = [scorer.score_multi(r, p) for r, p in zip(references, predictions)]

captions = [[sentence(f).replace(" & ", " and ") for f in rnd.sample(FRAMES[:3] + FRAMES[4:5], 3)] for _ in range(14)]
guesses = [disturbed(c[0]) for c in captions]
guesses[2] = captions[2][1]
tokenize = lambda lists: PTBTokenizer().tokenize({i: [{"caption": t} for t in l] for i, l in enumerate(lists)})
with contextlib.redirect_stderr(io.StringIO()):
    gold, guessed = tokenize(captions), tokenize([[g] for g in guesses])
mean, each = Cider().compute_score(gold, guessed)

out = {
    "madeWith": {name: importlib.metadata.version(name) for name in ("sacrebleu", "rouge-score", "pycocoevalcap")},
    "predictions": predictions,
    "references": references,
    "tokens13a": [Tokenizer13a()(p) for p in predictions],
    "bleu": sacrebleu.corpus_bleu(predictions, padded).score,
    "bleuShort": sacrebleu.corpus_bleu(predictions[:2], [padded[0][:2]]).score,
    "bleuNone": sacrebleu.corpus_bleu(["x y"], [["a b"]]).score,
    "bleuSentences": [sacrebleu.corpus_bleu([p], [[r[0]]]).score for p, r in zip(predictions, references)],
    "chrf": sacrebleu.corpus_chrf(predictions, padded).score,
    "chrfSentences": [sacrebleu.sentence_chrf(p, r).score for p, r in zip(predictions, references)],
    "rouge": [[row[k].fmeasure for k in ("rouge1", "rouge2", "rougeL")] for row in rouge],
    "captions": captions,
    "guesses": guesses,
    "captionTokens": [gold[i][0] for i in range(len(captions))],
    "cider": float(mean),
    "ciderEach": [float(x) for x in each],
}
path = pathlib.Path(__file__).parent / "fixtures" / "metrics-text.json"
path.write_text(json.dumps(out, separators=(",", ":"), ensure_ascii=False) + "\n")
print(path, path.stat().st_size, "bytes")
