"""Makes tests/parity/fixtures/tokenizers.json with the reference implementation, from Python.

    pip install tokenizers==0.23.3
    python tests/parity/tokenizers_reference.py

Vocabularies that its trainers make from small texts, and how it encodes a set of awkward strings.
"""

import hashlib
import json
import random
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = Path(__file__).parent / "fixtures" / "tokenizers.json"
random.seed(3)

SYLLABLES = "ka lo mi ta re sun bel or ix and qua ter pho ny ing ed un der shi ver al ba tross".split()
WORDS = ["".join(random.choices(SYLLABLES, k=random.randint(1, 4))) for _ in range(150)]
LINES = [
    "The red square is left of the blue circle; the green one isn't.",
    "Is there a triangle? Yes: three of them, 12 cm apart (or 13).",
    "Die rote Fläche liegt über dem grünen Kreis, größer als ÄÖÜß.",
    "Où est l'élève? À côté du garçon — près d'ici.",
    "红色的方块在蓝色的圆左边。三角形有三个。",
    "Красный квадрат слева от синего круга.",
    "def area(r):\n    return 3.14159 * r ** 2  # circle",
    "I'll say we've done what they'd asked, don't you think it's fine? He'S NOT.",
    "emoji: 🙂🙃 👩‍👩‍👧 👍🏽 ☂️",
]
CORPUS = LINES * 3 + [" ".join(random.choices(WORDS, weights=[1 / (i + 1) for i in range(150)], k=12)) for _ in range(250)]


def bert(vocab, lowercase):
    t = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    return t


def finish_bert(t):
    ids = {token: t.token_to_id(token) for token in ("[CLS]", "[SEP]")}
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=list(ids.items()))
    return t


SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def train_bert(texts, lowercase, size, minimum):
    t = bert({"[UNK]": 0}, lowercase)
    t.train_from_iterator(texts, trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=minimum, special_tokens=SPECIAL, show_progress=False))
    return finish_bert(t)


def train_gpt2(texts, size, minimum):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=size, min_frequency=minimum, special_tokens=["<|endoftext|>", "<|pad|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return t


def vocabulary(t):
    vocab = t.get_vocab()
    return [token for token, _ in sorted(vocab.items(), key=lambda item: item[1])]


# WordPiece in the reference gives ids to `##x` in the order of a hash map, so pairs that occur equally often are
# merged in an order of chance. Words with large random counts have hardly any such pairs; that what is kept here
# depends on none is shown by renaming the letters, which changes every hash and every order, and nothing else.
LETTERS = "abcdefgh"
COUNTED = [["".join(random.choices(LETTERS, k=random.randint(2, 7))), random.randint(1, 3000)] for _ in range(150)]


def without_ties(size, minimum):
    results = set()
    for seed in range(8):
        renamed = "".join(random.Random(seed).sample(LETTERS, len(LETTERS)))
        there, back = str.maketrans(LETTERS, renamed), str.maketrans(renamed, LETTERS)
        texts = [f"{word.translate(there)} " * count for word, count in COUNTED]
        tokens = vocabulary(train_bert(texts, True, size, minimum))
        results.add(tuple(sorted(t if t in SPECIAL else t.translate(back) for t in tokens)))
    assert len(results) == 1, f"ties at size {size}, minimum {minimum}"
    return list(results.pop())


POOLS = [
    "The Red SQUARE isn't left of the blue circle ".split(" "),
    WORDS,
    ["🙂", "👩‍👩‍👧", "👍🏽", "☂️", "🇩🇪", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "\U0001fae8"],
    ["红色", "三", "角形", "々", "〇", "\u3400", "\U00020000", "\U0002a6df", "\U0002b740", "\U0002b820", "\U0002ceb0", "豈", "한국어", "カタカナ", "ｶﾞ", "ｆｕｌｌ"],
    ["é", "e\u0301", "a\u0323\u0302", "a\u0302\u0323", "Å", "\u212b", "ñ", "n\u0303", "o\u0308\u0304", "\u0344", "가", "\u1100\u1161", "नि", "ำ", "İ", "ı", "ß", "ẞ", "ﬁ", "Ǆ", "\u0899", "\u1734", "\U00011446"],
    ["ΣΑΣ", "ΟΔΟΣ", "Σ", "ΑΣ.", "Красный", "שָׁלוֹם", "العربيةُ", "١٢٣", "Ⅻ", "½", "²"],
    ["\0", "\x01", "\x7f", "\x85", "\xa0", "\xad", "\u200b", "\u200d", "\u2028", "\u3000", "\u180e", "\ufeff", "\ufffd", "\ue000", "\U000f0000", "\t", "\n", "\r\n", "\x0b", "\x0c", "\u0890", "\u1680"],
    ["!", "...", "--", "—", "«»", "‘’", "“", "_", "$", "^", "`", "~", "|", "·", "¿", "。", "，", "\u061d", "\u2e5b", "\u166d", "§", "°", "€"],
    ["it's", "we'll", "THEY'RE", "don't", "'d", "'S", "o'clock", "x'tx"],
    ["[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[mask]", "<|endoftext|>", "<|pad|>", "<|endoftext", "##ing", "##", "[", "]"],
    ["http://a.b/c?d=e&f", "user@example.org", "3.14159", "1,000", "0x1F", "C++", "a" * 100, "b" * 101, "ab" * 80, "\U0001f642" * 40, "é" * 60],
]
SEPARATORS = ["", " ", " ", " ", "  ", "\n", "\t", "   "]


def strings(count):
    out = ["", " ", "\n", "   \n\t ", "\0", "a", "A", "[MASK]", " [MASK] ", "x" * 1000, "\u0301", "\ufeff", "🙂"]
    out += LINES
    while len(out) < count:
        pools = random.choices(POOLS, k=random.randint(1, 6))
        text = ""
        for pool in pools:
            for _ in range(random.randint(1, 3)):
                text += random.choice(pool) + random.choice(SEPARATORS)
        if len(text) < 250:
            out.append(text)
    return out


def units(text):
    """Position in UTF-16 units of each code point, and of the end."""
    at, out = 0, []
    for c in text:
        out.append(at)
        at += 2 if ord(c) > 0xFFFF else 1
    return out + [at]


def places(encoding, text):
    u = units(text)
    return [[u[a], u[b]] for a, b in encoding.offsets]


def digest(value):
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode()).hexdigest()[:12]


def encodings(t, texts):
    rows = []
    for text in texts:
        e = t.encode(text, add_special_tokens=False)
        rows.append({
            "ids": e.ids,
            "words": digest([-1 if w is None else w for w in e.word_ids]),
            "offsets": digest(places(e, text)),
            "decoded": digest(t.decode(e.ids, skip_special_tokens=False)),
            "skipped": digest(t.decode(e.ids, skip_special_tokens=True)),
        })
    return rows


def packed(rows):
    return {key: [row[key] for row in rows] for key in rows[0]}


TEXTS = strings(200)
uncased = train_bert(CORPUS, True, 420, 2)
cased = train_bert(CORPUS, False, 420, 2)
gpt2 = train_gpt2(CORPUS, 500, 2)

pairs = [(TEXTS[i], TEXTS[-1 - i]) for i in range(0, 60, 3)]
split_words = [t.split() for t in TEXTS[10:60:2]]


def pair_case(t, a, b, length):
    t.enable_truncation(length, strategy="longest_first")
    e = t.encode(a, b)
    t.no_truncation()
    return {"first": a, "second": b, "maxLength": length, "ids": e.ids, "types": e.type_ids, "sequences": [-1 if s is None else s for s in e.sequence_ids]}


def model_of(t):
    data = json.loads(t.to_str())
    return data


fixture = {
    "madeWith": {"tokenizers": tokenizers.__version__},
    "corpus": CORPUS,
    "texts": TEXTS,
    "uncased": {"json": model_of(uncased), "encodings": packed(encodings(uncased, TEXTS))},
    "cased": {"json": model_of(cased), "encodings": packed(encodings(cased, TEXTS))},
    "gpt2": {"json": model_of(gpt2), "encodings": packed(encodings(gpt2, TEXTS))},
    "pairs": [pair_case(uncased, a, b, length) for (a, b), length in zip(pairs, [512, 12, 7, 5, 20] * 9)],
    "split": [{"words": w, "ids": (e := uncased.encode(w, is_pretokenized=True)).ids,
               "wordIds": [-1 if x is None else x for x in e.word_ids]} for w in split_words],
    "training": {
        "counted": {"words": COUNTED, "runs": [
            {"size": size, "minimum": minimum, "tokens": without_ties(size, minimum)}
            for size, minimum in [(21, 0), (30, 0), (60, 0), (150, 0), (500, 2500)]]},
        "gpt2": [{"size": size, "minimum": minimum, "merges": json.loads(train_gpt2(CORPUS, size, minimum).to_str())["model"]["merges"]}
                 for size, minimum in [(300, 0), (700, 2)]],
        "aaa": [{"texts": texts, "merges": json.loads(train_gpt2(texts, 400, 0).to_str())["model"]["merges"]} for texts in [
            ["aaaa aaaaa aaaaaaa", "aa aaa"], ["abababab babab abcabcabc", "bcbcbc cabcab aabbaabb"],
            ["".join(random.choices("ab", k=60)) for _ in range(20)]]],
        "wordPieceLength": {key: sum(len(x) for x in packed(encodings(t, CORPUS))["ids"]) for key, t in (("uncased", uncased), ("cased", cased))},
    },
}
# The vocabularies of a few hundred tokens are kept whole; the corpus is needed to train on.
OUT.write_text(json.dumps(fixture, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
print(OUT.name, OUT.stat().st_size, "bytes", {k: len(json.dumps(v)) for k, v in fixture.items()})
print([(r["size"], len(r["tokens"])) for r in fixture["training"]["counted"]["runs"]])
