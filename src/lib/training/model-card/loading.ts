/** @file How an export is loaded in Python: code to copy, for each class and for a head that no class has. */
import type { LoadablePart } from '../export-huggingface';
import type { PromptIds } from '../export-text';

export interface LoadingFacts {
  task: string;
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
export function loadingSection({ task, parts, headBeside, pooling, prompt }: LoadingFacts): string {
  const whole = parts.find(({ folder }) => folder === '');
  if (whole) {
    const code = headBeside
      ? headCode(task, pooling, whole.architecture)
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
            `network = ${autoClassOf(architecture)}.from_pretrained("${folder}"${architecture === 'ViTModel' ? ', add_pooling_layer=False' : ''})`,
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

/** The state or the states that the head reads, in Python. */
function readStates(task: string, pooling: 'mean' | 'network', architecture: string): string[] {
  const mean = (mask: string) => `(states * ${mask}.unsqueeze(-1)).sum(1) / ${mask}.sum(1, keepdim=True)`;
  if (task === 'ner') return ['read = states'];
  const pooled =
    pooling === 'mean'
      ? [`read = ${mean('inputs["attention_mask"]')}`]
      : architecture === 'BertModel'
        ? ['read = output.pooler_output']
        : ['last = inputs["attention_mask"].sum(1) - 1', 'read = states[torch.arange(len(last)), last]'];
  if (task !== 'relation') return pooled;
  return [
    ...pooled,
    '# head, tail: 1 for the pieces of the two spans, 0 elsewhere, shaped as input_ids',
    `read = torch.cat([read, ${mean('head')}, ${mean('tail')}], 1)`,
  ];
}

function headCode(task: string, pooling: 'mean' | 'network', architecture: string): string[] {
  const network = architecture === 'BartModel' ? 'network.get_encoder()' : 'network';
  const last =
    task === 'regression'
      ? 'print(logits[:, 0].tolist())'
      : 'print([network.config.id2label[row] for row in logits.argmax(-1).flatten().tolist()])';
  return [
    'import torch',
    'from safetensors.torch import load_file',
    'from transformers import AutoModel, AutoTokenizer',
    'tokenizer = AutoTokenizer.from_pretrained(".")',
    'network = AutoModel.from_pretrained(".").eval()',
    'weights = load_file("head.safetensors")',
    'inputs = tokenizer(["…"], return_tensors="pt", padding=True)',
    'with torch.no_grad():',
    `    output = ${network}(**inputs)`,
    'states = output.last_hidden_state',
    ...readStates(task, pooling, architecture),
    'logits = read @ weights["classifier.weight"].T + weights["classifier.bias"]',
    last,
  ];
}
