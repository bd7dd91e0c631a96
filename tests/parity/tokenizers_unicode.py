"""Prints the character classes of the reference tokenizers, for src/lib/text/tokenizer/unicode-ranges.ts.

    pip install tokenizers==0.23.3
    python tests/parity/tokenizers_unicode.py

The reference has its own, older tables of Unicode categories, so they are read off its behaviour.
"""

from tokenizers import normalizers, pre_tokenizers

CHARACTERS = [cp for cp in range(0x110000) if not 0xD800 <= cp < 0xE000]


def normalizer(**on):
    flags = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**{**flags, **on})


def ranges(name, members):
    out = []
    for cp in members:
        if out and out[-1][1] == cp - 1:
            out[-1][1] = cp
        else:
            out.append([cp, cp])
    print(name, " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in out), sep="\n", end="\n\n")


clean = normalizer(clean_text=True)
strip = normalizer(strip_accents=True)
chinese = normalizer(handle_chinese_chars=True)
bert = pre_tokenizers.BertPreTokenizer()

ranges("REMOVED", [cp for cp in CHARACTERS if clean.normalize_str("a" + chr(cp) + "b") == "ab"])
ranges("MARKS", [cp for cp in CHARACTERS if strip.normalize_str("a" + chr(cp) + "b") == "ab"])
ranges("PUNCTUATION", [cp for cp in CHARACTERS if len(bert.pre_tokenize_str("a" + chr(cp) + "b")) == 3])
ranges("IDEOGRAPHS", [cp for cp in CHARACTERS if chinese.normalize_str(chr(cp)) == f" {chr(cp)} "])
ranges("WHITESPACE", [cp for cp in CHARACTERS if len(bert.pre_tokenize_str("a" + chr(cp) + "b")) == 2])
