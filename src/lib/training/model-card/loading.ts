/** @file How an export is loaded in Python: code to copy, for each class and for a head that no class has. */
import type { LoadablePart } from '../export-huggingface';
import type { PromptIds } from '../export-text';

export interface LoadingFacts {
  parts: readonly LoadablePart[];
  headBeside: boolean;
  pooling: 'mean' | 'network';
  /** Of models that write. */
  prompt: PromptIds | null;
}

const AUTO: Record<string, string> = {
  GPT2LMHeadModel: 'AutoModelForCausalLM',
  LlamaForCausalLM: 'AutoModelForCausalLM',
  BartForConditionalGeneration: 'AutoModelForSeq2SeqLM',
  BertForMaskedLM: 'AutoModelForMaskedLM',
  BertForPreTraining: 'AutoModelForPreTraining',
  BertForSequenceClassification: 'AutoModelForSequenceClassification',
  BertForTokenClassification: 'AutoModelForTokenClassification',
};

/** The `Auto…` class of Python `transformers` that makes this one. */
export const autoClassOf = (architecture: string): string => AUTO[architecture] ?? 'AutoModel';

/** Python code for the export in the folder `folder`, as Markdown. */
export function loadingSection({ parts, headBeside, pooling, prompt }: LoadingFacts): string {
  const whole = parts.find(({ folder }) => folder === '');
  if (whole) {
    const code = headBeside
      ? headCode(pooling)
      : prompt
        ? writingCode(whole.architecture, prompt)
        : plainCode(whole.architecture);
    const note = headBeside
      ? `No class of \`transformers\` has this model's head, so the folder loads as the bare network and the head stands beside it in \`head.safetensors\`. These lines are the whole model:\n\n`
      : '';
    return note + python(code);
  }
  return parts
    .map(({ folder, architecture }) =>
      architecture.startsWith('sightline-')
        ? `\`${folder}/\` is a network that \`transformers\` has no class for (\`${architecture}\`); its weights stand there by name. The kit runs it.`
        : `\`${folder}/\` loads alone:\n\n${python([
            `from transformers import ${autoClassOf(architecture)}`,
            `network = ${autoClassOf(architecture)}.from_pretrained("${folder}")`,
          ])}`,
    )
    .join('\n\n');
}

const python = (lines: readonly string[]): string => ['```python', ...lines, '```'].join('\n');

function plainCode(architecture: string): string[] {
  const kind = autoClassOf(architecture);
  return [
    'import torch',
    `from transformers import ${kind}, AutoTokenizer`,
    'tokenizer = AutoTokenizer.from_pretrained(".")',
    `model = ${kind}.from_pretrained(".").eval()`,
    'with torch.no_grad():',
    '    output = model(**tokenizer(["…"], return_tensors="pt", padding=True))',
  ];
}

function writingCode(architecture: string, { before, after }: PromptIds): string[] {
  const kind = autoClassOf(architecture);
  const apart = architecture.startsWith('Bart');
  return [
    'import torch',
    `from transformers import ${kind}, AutoTokenizer`,
    'tokenizer = AutoTokenizer.from_pretrained(".")',
    `model = ${kind}.from_pretrained(".").eval()`,
    'told = tokenizer("…", add_special_tokens=False)["input_ids"]',
    `ids = torch.tensor([${JSON.stringify(before)} + told + ${JSON.stringify(after)}])`,
    'with torch.no_grad():',
    '    written = model.generate(ids)[0]',
    `print(tokenizer.decode(written${apart ? '' : '[ids.shape[1]:]'}, skip_special_tokens=True).strip())`,
  ];
}

function headCode(pooling: 'mean' | 'network'): string[] {
  const pooled =
    pooling === 'mean'
      ? [
          'mask = inputs["attention_mask"].unsqueeze(-1)',
          'pooled = (output.last_hidden_state * mask).sum(1) / mask.sum(1)',
        ]
      : ['pooled = output.pooler_output  # of networks without one: the state of the last token'];
  return [
    'import torch',
    'from safetensors.torch import load_file',
    'from transformers import AutoModel, AutoTokenizer',
    'tokenizer = AutoTokenizer.from_pretrained(".")',
    'network = AutoModel.from_pretrained(".").eval()',
    'head = load_file("head.safetensors")',
    'inputs = tokenizer(["…"], return_tensors="pt", padding=True)',
    'with torch.no_grad():',
    '    output = network(**inputs)',
    ...pooled,
    'logits = pooled @ head["classifier.weight"].T + head["classifier.bias"]',
    'print([network.config.id2label[row] for row in logits.argmax(-1).tolist()])',
  ];
}
