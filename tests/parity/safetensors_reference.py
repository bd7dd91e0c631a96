"""Makes tests/parity/fixtures/safetensors.json with the reference implementation, from Python.

    pip install safetensors==0.8.0 numpy==2.4.6 ml_dtypes==0.6.0
    python tests/parity/safetensors_reference.py

Files as the reference writes them (base64), its verdict on damaged files, and numpy's roundings to 16 bits.
"""

import base64
import json
import random
import struct
from pathlib import Path

import ml_dtypes
import numpy as np
import safetensors

OUT = Path(__file__).parent / "fixtures" / "safetensors.json"
rng = np.random.default_rng(7)
random.seed(7)

DTYPES = {
    "BOOL": ("bool", 1), "U8": ("uint8", 1), "I8": ("int8", 1), "I16": ("int16", 2), "U16": ("uint16", 2),
    "F16": ("float16", 2), "BF16": ("bfloat16", 2), "I32": ("int32", 4), "U32": ("uint32", 4),
    "F32": ("float32", 4), "F64": ("float64", 8), "I64": ("int64", 8), "U64": ("uint64", 8),
}


def tensor(dtype, shape):
    size = int(np.prod(shape, dtype=np.int64)) * DTYPES[dtype][1]
    data = rng.integers(0, 2 if dtype == "BOOL" else 256, size, dtype=np.uint8).tobytes()
    return {"dtype": dtype, "shape": list(shape), "data": data}


def serialize(tensors, metadata=None):
    given = {
        name: safetensors.TensorSpec(
            dtype=DTYPES[t["dtype"]][0], shape=t["shape"],
            data_ptr=np.frombuffer(t["data"], np.uint8).ctypes.data if t["data"] else 0, data_len=len(t["data"]))
        for name, t in tensors.items()
    }
    return safetensors.serialize(given, metadata)


def case(name, tensors, metadata=None):
    return {
        "name": name,
        "metadata": metadata or {},
        "tensors": [{"name": n, **t, "data": base64.b64encode(t["data"]).decode()} for n, t in tensors.items()],
        "file": base64.b64encode(serialize(tensors, metadata)).decode(),
    }


def gpt2_like(heads, width, layers=1):
    t = {"wte": tensor("F32", (5, width)), "wpe": tensor("F32", (3, width))}
    for i in range(layers):
        t[f"h.{i}.attn.bias"] = tensor("BOOL", (1, 1, 4, 4))
        t[f"h.{i}.attn.c_attn.weight"] = tensor("F16", (width, 3 * heads))
        t[f"h.{i}.ln_1.weight"] = tensor("F32", (width,))
    return t


cases = [
    case("empty", {}),
    case("every dtype", {f"t_{d.lower()}": tensor(d, (2, 3)) for d in DTYPES}, {"format": "pt"}),
    case("gpt2-like, 12 heads", gpt2_like(12, 12)),
    case("gpt2-like, 6 heads", gpt2_like(6, 6, 2)),
    case("scalar and zero-sized", {"scalar": tensor("F64", ()), "none": tensor("F32", (0,)), "empty": tensor("I8", (2, 0, 3)), "x": tensor("U8", (3,))}),
    case("forced alignment", {"a": tensor("U8", (1,)), "b": tensor("F32", (1,)), "c": tensor("I16", (1,))}, {"key": 'q"\\ \n\u007f é'}),
    case("names", {n: tensor("U8", (i + 1,)) for i, n in enumerate(
        ["__proto__", "constructor", "10", "9", "a b", 'q"uote', "tab\t", "ctl\u0001", "é", "\uffee", "\U0001f600", "\u2028", ""])}),
]


def verdict(data):
    try:
        safetensors.deserialize(data)
        return "ok"
    except safetensors.SafetensorError as error:
        return str(error).removeprefix("Error while deserializing: ").removeprefix("Error while deserializing header: ")


def raw(header, body=b"", length=None):
    text = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def one(**changes):
    info = {"dtype": "I32", "shape": [2, 2], "data_offsets": [0, 16]}
    info.update(changes)
    return json.dumps({"test": info})


body = bytes(range(16))
good = raw(one(), body)
bad = {
    "valid": good,
    "no bytes": b"",
    "three bytes": b"abc",
    "two bytes missing": good[:-2],
    "polyglot tail": good + b"PK\x03\x04 something else",
    "header too small": b"\x10\x00\x00",
    "header too large": struct.pack("<Q", 100_000_001) + b"{}",
    "header length past 2^63": struct.pack("<Q", 2**64 - 1) + b"{}",
    "header length past the file": struct.pack("<Q", 60) + b"{}",
    "header not utf-8": raw(b'{"a\xff": 1}'),
    "header with a byte order mark": raw(b"\xef\xbb\xbf{}"),
    "header not json": raw("{"),
    "header empty": raw(""),
    "header an array": raw("[]"),
    "trailing spaces": raw(one() + "      ", body),
    "trailing zero bytes": raw(one().encode() + b"\0\0", body),
    "leading spaces": raw("  \n\t" + one(), body),
    "zero-sized": raw(one(shape=[2, 0], data_offsets=[0, 0])),
    "zero-sized, offsets not at the end": raw('{"a":{"dtype":"U8","shape":[0],"data_offsets":[3,3]}}'),
    "scalar": raw(one(shape=[], data_offsets=[0, 4]), body[:4]),
    "shape too small": raw(one(shape=[2, 1]), body),
    "shape too large": raw(one(shape=[2, 3]), body),
    "product overflows": raw(one(shape=[2**32, 2**32]), body),
    "product past 2^53": raw(one(shape=[2**30, 2**30]), body),
    "bits overflow": raw(one(shape=[2**59], data_offsets=[0, 16]), body),
    "axis overflows": raw(one(shape=[2**64]), body),
    "axis negative": raw(one(shape=[-2, -2]), body),
    "axis fractional": raw(one(shape=[2.0, 2]), body),
    "axis exponent": raw(one().replace("[2, 2]", "[2e0, 2]"), body),
    "axis a string": raw(one(shape=["2", 2]), body),
    "axis minus zero": raw(one(shape=[0]).replace("[0]", "[-0]").replace("[0, 16]", "[0, 0]")),
    "shape missing": raw('{"test":{"dtype":"I32","data_offsets":[0,16]}}', body),
    "dtype missing": raw('{"test":{"shape":[4],"data_offsets":[0,16]}}', body),
    "dtype unknown": raw(one(dtype="F31"), body),
    "dtype lower case": raw(one(dtype="i32"), body),
    "dtype a number": raw(one(dtype=3), body),
    "offsets missing": raw('{"test":{"dtype":"I32","shape":[4]}}', body),
    "offsets of three": raw(one(data_offsets=[0, 16, 16]), body),
    "offsets of one": raw(one(data_offsets=[0]), body),
    "offsets reversed": raw(one(data_offsets=[16, 0]), body),
    "offsets not at zero": raw(one(data_offsets=[4, 20]), body + b"1234"),
    "offsets past the file": raw(one(shape=[8], data_offsets=[0, 32]), body),
    "offsets past 2^53": raw(one(data_offsets=[2**60, 2**60 + 16]), body),
    "offsets past 2^64": raw(one(data_offsets=[0, 2**64]), body),
    "tensor null": raw('{"test":null}'),
    "tensor a number": raw('{"test":1}'),
    "unknown field": raw(one(extra={"deep": [1, {"x": None}]}), body),
    "field twice": raw('{"test":{"dtype":"I32","dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}', body),
    "hole": raw('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}', b"12345"),
    "overlap": raw('{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[3],"data_offsets":[2,5]}}', b"12345"),
    "same range twice": raw('{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}', b"123"),
    "out of order": raw('{"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}', b"12345"),
    "metadata": raw('{"__metadata__":{"a":"b"}}'),
    "metadata null": raw('{"__metadata__":null}'),
    "metadata not strings": raw('{"__metadata__":{"a":1}}'),
    "metadata nested": raw('{"__metadata__":{"a":{"b":"c"}}}'),
    "metadata a string": raw('{"__metadata__":"a"}'),
    "half a byte": raw('{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,0]}}'),
    "two halves of a byte": raw('{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}', b"x"),
    "six bits by four": raw('{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}', b"xyz"),
    "eight-bit float": raw('{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}', b"wxyz"),
    "complex": raw('{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}', b"12345678"),
    "trailing comma": raw(one()[:-1] + ",}", body),
    "comment": raw("/**/" + one(), body),
    "lone surrogate in a name": raw('{"\\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
    "escaped name": raw('{"\\u0061\\ud83d\\ude00":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
    "control character in a name": raw(b'{"a\x01":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
    "nested 200 deep": raw(one(extra=0).replace('"extra": 0', '"extra": ' + "[" * 200 + "]" * 200), body),
    "two documents": raw(one() + "{}", body),
    "single quotes": raw(one().replace('"', "'"), body),
    "infinity": raw(one().replace("[2, 2]", "[Infinity]"), body),
    "leading zero": raw(one().replace("[2, 2]", "[02, 2]"), body),
}

# Single- and double-byte damage to one file: recipes small enough to keep, with the reference's verdict.
base = serialize({"weight": tensor("F32", (3,)), "bias": tensor("I16", (2,)), "__proto__": tensor("BOOL", (1,))}, {"format": "pt"})
header_end = 8 + struct.unpack("<Q", base[:8])[0]
recipes = []
interesting = b'{}[]",:\\ 0123456789-eE.\x00\xffIUFB'
for _ in range(2500):
    edits = [(random.randrange(header_end), random.choice(interesting) if random.random() < 0.7 else random.randrange(256))
             for _ in range(random.choice([1, 1, 2]))]
    data = bytearray(base)
    for at, value in edits:
        data[at] = value
    recipes.append([x for e in edits for x in e] + [1 if verdict(bytes(data)) == "ok" else 0])


def rounding():
    special = [0, 1, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFC12345, 0x7F7FFFFF, 0x33000000,
               0x33000001, 0x33800000, 0x33C00000, 0x387FC000, 0x387FE000, 0x387FFFFF, 0x38800000, 0x477FE000,
               0x477FEFFF, 0x477FF000, 0x477FFFFF, 0x47800000, 0x3F801000, 0x3F803000, 0x3F808000, 0x3F818000, 0x7F7F8000]
    bits = np.concatenate([np.array(special, np.uint32), rng.integers(0, 2**32, 400, dtype=np.uint32),
                           rng.integers(0x33000000, 0x38800000, 300, dtype=np.uint32),
                           (rng.integers(0x38800000 >> 12, 0x47800000 >> 12, 300, dtype=np.uint32) << 12)])
    with np.errstate(all="ignore"):
        x = bits.view(np.float32)
        f16 = x.astype(np.float16).view(np.uint16)
        bf16 = x.astype(ml_dtypes.bfloat16).view(np.uint16)
    return {"float32Bits": bits.tolist(), "float16": f16.tolist(), "bfloat16": bf16.tolist()}


result = {
    "madeWith": {"safetensors": safetensors.__version__, "numpy": np.__version__, "ml_dtypes": ml_dtypes.__version__},
    "cases": cases,
    "damaged": [{"name": n, "file": base64.b64encode(b).decode(), "verdict": verdict(b)} for n, b in bad.items()],
    "mutations": {"base": base64.b64encode(base).decode(), "recipes": recipes},
    "rounding": rounding(),
}
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps(result, ensure_ascii=True, separators=(",", ":")) + "\n")
print(OUT.name, OUT.stat().st_size, "bytes")
for entry in result["damaged"]:
    print(f"{entry['name']:40} {entry['verdict'][:90]}")
