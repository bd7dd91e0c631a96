"""Greedy text of Python `transformers`, for `npm run bench -- decoding`. Speaks JSON lines as gpt2_training.py does.

    {"do": "load", "folder": FOLDER}                      a Hugging Face folder
    {"do": "generate", "prompts": [[...], ...], "tokens": n, "runs": r, "threads": t}
        → {"seconds": [...], "written": [[...], ...]}     prompts of one length; no token ends the text
"""

import time

import torch
from gpt2_training import serve
from transformers import AutoModelForCausalLM, __version__


class Session:
    def load(self, folder):
        self.model = AutoModelForCausalLM.from_pretrained(folder).eval()
        return {"version": torch.__version__, "transformers": __version__}

    def generate(self, prompts, tokens, runs, threads):
        torch.set_num_threads(threads)
        ids = torch.tensor(prompts)
        seconds = []
        for _ in range(runs):
            start = time.perf_counter()
            with torch.inference_mode():
                out = self.model.generate(
                    ids,
                    attention_mask=torch.ones_like(ids),
                    max_new_tokens=tokens,
                    do_sample=False,
                    use_cache=True,
                    eos_token_id=None,
                    pad_token_id=0,
                )
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "written": out[:, ids.shape[1] :].tolist()}


if __name__ == "__main__":
    serve(Session())
