"""Loads a tokenizer folder that this kit saved, with Python, and compares its encodings.

    python tests/parity/tokenizers_check.py FOLDER ROWS.json

ROWS.json: [{ "text", "ids", "decoded" }], as the kit encodes them. Needs `tokenizers`; compares with `transformers`
too where it is installed. Exit 1 on a difference.
"""

import json
import sys
from pathlib import Path

import tokenizers

folder, rows = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))


def compare(name, encode, decode):
    for row in rows:
        ids = encode(row["text"])
        if ids != row["ids"]:
            sys.exit(f"{name}: {row['text']!r}: expected {row['ids']}, found {ids}")
        # `tokenizers` alone knows nothing of clean_up_tokenization_spaces, which puts "isn ' t" right.
        text = decode(row["ids"]) if decode else row["decoded"]
        if text != row["decoded"]:
            sys.exit(f"{name}: {row['ids']}: expected {row['decoded']!r}, found {text!r}")
    return name


plain = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
agreed = [compare(f"tokenizers {tokenizers.__version__}", lambda t: plain.encode(t).ids, None)]
try:
    import transformers
except ImportError:
    pass
else:
    auto = transformers.AutoTokenizer.from_pretrained(folder)
    agreed.append(compare(f"transformers {transformers.__version__}", lambda t: auto(t)["input_ids"], lambda i: auto.decode(i, skip_special_tokens=True)))
print(f"agrees on {len(rows)} strings: {', '.join(agreed)}")
