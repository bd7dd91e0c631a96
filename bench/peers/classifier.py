"""A classifier of Python `transformers`, for `npm run bench -- onnx`. Speaks JSON lines as gpt2_training.py does.

    {"do": "load", "folder": FOLDER, "threads": t}
    {"do": "run", "ids": [...], "batch": b, "calls": n} → {"seconds": s, "logits": [...]}     seconds of all calls
"""

import time

import torch
from gpt2_training import serve
from transformers import AutoModelForSequenceClassification


class Session:
    def load(self, folder, threads):
        torch.set_num_threads(threads)
        self.model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        return {"version": torch.__version__}

    def run(self, ids, batch, calls):
        ids = torch.tensor(ids).reshape(batch, -1)
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
        with torch.inference_mode():
            start = time.perf_counter()
            for _ in range(calls):
                logits = self.model(**inputs).logits
            seconds = time.perf_counter() - start
        return {"seconds": seconds, "logits": logits.flatten().tolist()}


if __name__ == "__main__":
    serve(Session())
