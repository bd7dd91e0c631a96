"""What transformers writes with classifier-free guidance: a tiny random GPT-2, greedy, `guidance_scale` against a negative
prompt (`UnbatchedClassifierFreeGuidanceLogitsProcessor`), and its logits of the first token.

Writes tests/parity/fixtures/guidance.json. Needs torch and transformers.
"""

import json
from pathlib import Path

import torch
from transformers import GPT2LMHeadModel
from transformers.generation.logits_process import UnbatchedClassifierFreeGuidanceLogitsProcessor

HERE = Path(__file__).parent
FOLDER = HERE / "fixtures" / "text-checkpoints" / "gpt2"

model = GPT2LMHeadModel.from_pretrained(FOLDER).eval()
PROMPTS = [[5, 9, 31, 7], [44, 2, 100, 17, 3, 60]]
NEGATIVE = [[8], [12, 90, 33]]
cases = []
for prompt, negative in zip(PROMPTS, NEGATIVE):
    for scale in [1.0, 1.5, 3.0]:
        with torch.no_grad():
            ids = torch.tensor([prompt])
            written = model.generate(
                ids,
                guidance_scale=scale,
                negative_prompt_ids=torch.tensor([negative]),
                max_new_tokens=12,
                do_sample=False,
                eos_token_id=None,
                pad_token_id=0,
            )[0, len(prompt) :].tolist()
            processor = UnbatchedClassifierFreeGuidanceLogitsProcessor(
                scale, model, unconditional_ids=torch.tensor([negative])
            )
            logits = processor(ids, model(ids).logits[:, -1])[0]
        cases.append(
            {
                "prompt": prompt,
                "negative": negative,
                "scale": scale,
                "written": written,
                "logProbabilities": [round(v, 5) for v in torch.log_softmax(logits, -1).tolist()],
            }
        )
(HERE / "fixtures" / "guidance.json").write_text(json.dumps({"cases": cases}) + "\n")
