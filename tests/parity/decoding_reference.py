"""What Python `transformers` computes when it decodes: its `LogitsProcessor` classes on random logits, and `generate` of
the tiny GPT-2 in `fixtures/text-checkpoints/gpt2`, for `tests/decoding/parity.test.ts`.

    python tests/parity/decoding_reference.py [output folder]

transformers 5 writes `decoding.json`. Contrastive and group beam search left it for the hub; with transformers < 4.53
(the file was made with 4.51.3) this script writes them, and only them, to `decoding-moved.json`.
"""
import json
import pathlib
import sys

# Scripts beside this one must not stand in for modules of Python itself.
HERE = pathlib.Path(__file__).parent.resolve()
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != HERE]

import torch
import transformers
from transformers import GPT2LMHeadModel
from transformers.generation import logits_process as processors

FIXTURES = HERE / "fixtures"
VOCABULARY, ROWS, PROMPT, LENGTH = 24, 4, 4, 11


def random_rows():
    torch.manual_seed(7)
    logits = (3 * torch.randn(ROWS, VOCABULARY)).mul(1e4).round().div(1e4)
    ids = torch.randint(0, 6, (ROWS, LENGTH))  # few ids, so that n-grams come again
    ids[0, -3:] = torch.tensor([20, 21, 22])
    return logits, ids


def rule_cases(ids):
    p = processors
    yield "repetitionPenalty", {"penalty": 1.3}, p.RepetitionPenaltyLogitsProcessor(1.3)
    yield "repetitionPenalty", {"penalty": 0.7}, p.RepetitionPenaltyLogitsProcessor(0.7)
    written = p.RepetitionPenaltyLogitsProcessor(1.3, prompt_ignore_length=PROMPT)
    yield "repetitionPenalty", {"penalty": 1.3, "includePrompt": False}, written
    for size in (1, 2, 3):
        yield "noRepeatNgram", {"size": size}, p.NoRepeatNGramLogitsProcessor(size)
    words = [[3], [21, 22, 5], [20, 21, 22, 9], [4, 4, 1], [ids[1, -1].item(), 7]]
    yield "forbiddenWords", {"words": words}, p.NoBadWordsLogitsProcessor(words)
    for tokens in (LENGTH - PROMPT, LENGTH - PROMPT + 1):
        rule = p.MinNewTokensLengthLogitsProcessor(PROMPT, tokens, [2, 9])
        yield "minimumLength", {"tokens": tokens, "stopIds": [2, 9]}, rule
    yield "forcedTokens", {"at": LENGTH - PROMPT, "ids": [8]}, p.ForcedEOSTokenLogitsProcessor(LENGTH + 1, 8)
    for value in (0.3, 2.5):
        yield "temperature", {"temperature": value}, p.TemperatureLogitsWarper(value)
    for k in (1, 5, 24, 100):
        yield "topK", {"k": k}, p.TopKLogitsWarper(k)
    for mass in (0.05, 0.5, 0.9, 0.999):
        yield "topP", {"p": mass, "keepAtLeast": 1}, p.TopPLogitsWarper(mass)
    yield "topP", {"p": 0.05, "keepAtLeast": 4}, p.TopPLogitsWarper(0.05, min_tokens_to_keep=4)
    for share in (0.0, 0.1, 1.0):
        yield "minP", {"share": share, "keepAtLeast": 1}, p.MinPLogitsWarper(share)
    yield "minP", {"share": 0.9, "keepAtLeast": 3}, p.MinPLogitsWarper(0.9, min_tokens_to_keep=3)
    for mass in (0.1, 0.5, 0.95):
        yield "typical", {"mass": mass, "keepAtLeast": 1}, p.TypicalLogitsWarper(mass)
    yield "typical", {"mass": 0.1, "keepAtLeast": 3}, p.TypicalLogitsWarper(0.1, min_tokens_to_keep=3)
    for epsilon in (0.001, 0.1):
        yield "epsilonCutoff", {"epsilon": epsilon, "keepAtLeast": 1}, p.EpsilonLogitsWarper(epsilon)
        yield "etaCutoff", {"epsilon": epsilon, "keepAtLeast": 1}, p.EtaLogitsWarper(epsilon)
    yield "epsilonCutoff", {"epsilon": 0.9, "keepAtLeast": 3}, p.EpsilonLogitsWarper(0.9, min_tokens_to_keep=3)


def numbers(rows):
    """−∞ as null."""
    return [[None if x == float("-inf") else round(x, 5) for x in row] for row in rows.tolist()]


def rules(model):
    logits, ids = random_rows()
    cases = [
        {"rule": name, "settings": settings, "logits": numbers(rule(ids, logits.clone()))}
        for name, settings, rule in rule_cases(ids)
    ]
    # All of them as `generate` puts them together.
    config = transformers.GenerationConfig(
        do_sample=True, temperature=1.7, top_k=12, top_p=0.9, min_p=0.02, typical_p=0.9, epsilon_cutoff=0.01,
        eta_cutoff=0.05, repetition_penalty=1.2, no_repeat_ngram_size=2, bad_words_ids=[[3], [21, 22, 5]],
    )
    config._eos_token_tensor = torch.tensor([2])
    together = model._get_logits_processor(config, input_ids_seq_length=PROMPT, encoder_input_ids=ids[:, :PROMPT])
    order = [type(rule).__name__ for rule in together]
    return {
        "prompt": PROMPT, "ids": ids.tolist(), "logits": numbers(logits), "cases": cases,
        "together": {"order": order, "logits": numbers(together(ids, logits.clone()))},
    }


def prompts():
    torch.manual_seed(11)
    return [torch.randint(0, 274, (length,)).tolist() for length in (3, 5, 8, 12)]


def run(model, ids, **settings):
    """What is written after each prompt, up to the stop id, and beam scores."""
    longest = max(map(len, ids))
    padded = torch.tensor([[0] * (longest - len(row)) + row for row in ids])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in ids])
    settings = {"eos_token_id": None, "pad_token_id": 274, "do_sample": False, **settings}
    out = model.generate(
        padded, attention_mask=mask, return_dict_in_generate=True, output_scores=True, **settings
    )
    stops = settings["eos_token_id"] or []
    written = []
    for row in out.sequences[:, longest:].tolist():
        ends = [i for i, one in enumerate(row) if one in stops or one == 274]
        written.append(row[: ends[0]] if ends else row)
    scores = getattr(out, "sequences_scores", None)
    return {"written": written, **({"scores": [round(x, 5) for x in scores.tolist()]} if scores is not None else {})}


def cases(model, all_settings):
    """Each prompt alone, and all of them in one batch, padded on the left."""
    found = []
    for settings in all_settings:
        alone = [run(model, [row], **settings) for row in prompts()]
        found.append({"settings": settings, "alone": alone, "batch": run(model, prompts(), **settings)})
    return found


def stop_ids(model):
    """Ids that the model writes early, so that texts end at different places."""
    written = [run(model, [row], max_new_tokens=20)["written"][0] for row in prompts()]
    return [written[0][3], written[2][6]]


def settings(stops):
    some = {"max_new_tokens": 14}
    yield some
    yield {**some, "eos_token_id": stops}
    yield {**some, "eos_token_id": stops, "min_new_tokens": 9}
    yield {**some, "repetition_penalty": 1.4, "no_repeat_ngram_size": 2, "bad_words_ids": [[stops[0]], [39, 22]]}
    for beams in (1, 2, 5):
        for early in (False, True, "never"):
            for penalty in (1.0, 0.0, 2.0, -1.0):
                if early is False or penalty in (1.0, -1.0):
                    yield {
                        **some, "num_beams": beams, "eos_token_id": stops[: 1 + beams % 2], "early_stopping": early,
                        "length_penalty": penalty, "num_return_sequences": 1 if beams == 1 else 2,
                    }
    yield {**some, "num_beams": 4}
    yield {**some, "num_beams": 4, "repetition_penalty": 1.4, "no_repeat_ngram_size": 2, "min_new_tokens": 5,
           "eos_token_id": stops}


def moved(stops):
    some = {"max_new_tokens": 14}
    for k, alpha in ((4, 0.6), (8, 0.3), (5, 0.9)):
        yield {**some, "penalty_alpha": alpha, "top_k": k}
    yield {**some, "penalty_alpha": 0.6, "top_k": 6, "eos_token_id": stops, "repetition_penalty": 1.2}
    for groups, diversity in ((2, 0.5), (4, 2.0)):
        beams = {**some, "num_beams": 4, "num_beam_groups": groups, "diversity_penalty": diversity}
        yield {**beams, "num_return_sequences": 4}
        yield {**beams, "eos_token_id": stops[:1], "early_stopping": True, "num_return_sequences": 2}


def main(folder):
    transformers.logging.set_verbosity_error()
    model = GPT2LMHeadModel.from_pretrained(FIXTURES / "text-checkpoints" / "gpt2", attn_implementation="eager").eval()
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    stops = stop_ids(model)
    fixture = {"versions": versions, "prompts": prompts()}
    has_moved = tuple(map(int, transformers.__version__.split(".")[:2])) < (4, 53)
    if has_moved:
        fixture |= {"cases": cases(model, moved(stops))}
    else:
        fixture |= {"rules": rules(model), "cases": cases(model, settings(stops))}
    path = folder / ("decoding-moved.json" if has_moved else "decoding.json")
    path.write_text(json.dumps(fixture, sort_keys=True) + "\n", encoding="utf-8")
    print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES)
