/**
 * @file A decoding rule: logits of the next token and the ids so far in, changed logits out. Rules are composed in
 * a list, and the list has an order, because they do not commute: a penalty changes which tokens are likely, and a
 * cut keeps the likely ones. The order is that of Hugging Face's `generate`: what changes the model's opinion, then
 * what forbids, then the temperature, then the cuts.
 *
 *     logits' = rule_n(… rule_1(logits, ids) …, ids);   p = softmax(logits')
 *
 * A forbidden token has the logit −∞. Where no token is left the list says which rules left none.
 * Source: transformers 5, `GenerationMixin._get_logits_processor`. Left out: state kept between tokens; a rule
 * looks at the ids, so that beams may be reordered under it.
 */
import { InputError } from '../../errors';

/** Logits or log-probabilities [V] of the next token. */
export type Logits = Float32Array | Float64Array;

/** The ids of one row so far. */
export interface RuleContext {
  readonly prompt: readonly number[];
  readonly written: readonly number[];
  /** Tokens that may still be written, this one included; no bound where it is left out. */
  readonly left?: number;
}

/** The kinds of rules, in the order in which they are applied. */
export const RULE_ORDER = [
  'repetition-penalty',
  'frequency-penalty',
  'no-repeat-ngram',
  'forbidden',
  'minimum-length',
  'grammar',
  'forced',
  'custom',
  'temperature',
  'top-k',
  'top-p',
  'min-p',
  'typical',
  'epsilon-cutoff',
  'eta-cutoff',
] as const;
export type RuleKind = (typeof RULE_ORDER)[number];

/** Several rules of these kinds may stand in one list. */
const MANY: ReadonlySet<RuleKind> = new Set(['forbidden', 'grammar', 'forced', 'custom']);

export interface LogitsRule {
  readonly kind: RuleKind;
  /** The rule and its setting, as messages name it: `top-p 0.9`. */
  readonly description: string;
  /** New logits [V] of the same type, or the same array where nothing changes. Never writes into `logits`. */
  apply(logits: Logits, context: RuleContext): Logits;
  /** Whether the text is whole and nothing may follow it; the row then ends without a stop id. */
  isComplete?(context: RuleContext): boolean;
}

/** Throws a `RangeError` that states the order where `rules` are not in it, or where one stands twice. */
export function checkRuleOrder(rules: readonly LogitsRule[]): void {
  for (const [i, rule] of rules.entries()) {
    const place = RULE_ORDER.indexOf(rule.kind);
    if (place < 0)
      throw new RangeError(`rule ${i}: kind ${JSON.stringify(rule.kind)}; there are: ${order()}`);
    const before = rules[i - 1];
    if (!before) continue;
    const difference = place - RULE_ORDER.indexOf(before.kind);
    if (difference === 0 && !MANY.has(rule.kind)) {
      throw new RangeError(`rules: "${before.description}" and "${rule.description}": take one of them away`);
    }
    if (difference < 0) {
      throw new RangeError(
        `rules: "${rule.description}" comes after "${before.description}"; the order is ${order()} (sortRules puts them in it)`,
      );
    }
  }
}

/** The rules in their order; those of one kind stay as they were. */
export function sortRules(rules: readonly LogitsRule[]): LogitsRule[] {
  return [...rules].sort((a, b) => RULE_ORDER.indexOf(a.kind) - RULE_ORDER.indexOf(b.kind));
}

/** What is left of the logits, and which rule left nothing, if one did. */
export interface Applied {
  logits: Logits;
  /** Says which rules left no token; `null` where one is left. */
  emptied: string | null;
}

/** Rules in a checked order, applied one after the other. */
export class RuleList {
  readonly rules: readonly LogitsRule[];

  /** Throws a `RangeError` where the rules are not in `RULE_ORDER`. */
  constructor(rules: readonly LogitsRule[]) {
    checkRuleOrder(rules);
    this.rules = rules;
  }

  /** `top-k 5 → top-p 0.9` */
  get description(): string {
    return this.rules.map((rule) => rule.description).join(' → ') || 'no rules';
  }

  /**
   * Logits [V] after every rule. Throws a `RangeError` where a logit is not a number or +∞, and an `InputError` that
   * names the rules where they leave no token.
   */
  apply(logits: Logits, context: RuleContext): Logits {
    const { logits: left, emptied } = this.attempt(logits, context);
    if (emptied !== null) throw new InputError(emptied);
    return left;
  }

  /** `apply`, for a search that can do without a row: it is told where no token is left. */
  attempt(logits: Logits, context: RuleContext): Applied {
    let left = count(logits, 'the network');
    let current = logits;
    const cutters: string[] = [];
    if (left === 0) {
      return { logits, emptied: 'the network gives every token the logit -Infinity: look at its weights' };
    }
    for (const rule of this.rules) {
      const changed = rule.apply(current, context);
      if (changed === current) continue;
      if (changed.length !== logits.length) {
        throw new RangeError(`${rule.description}: ${changed.length} logits for ${logits.length}`);
      }
      const kept = count(changed, rule.description);
      if (kept < left) cutters.push(rule.description);
      if (kept === 0) return { logits: changed, emptied: nothingLeft(cutters, context.written.length) };
      left = kept;
      current = changed;
    }
    return { logits: current, emptied: null };
  }

  /** Whether one of the rules says that the text is whole. */
  isComplete(context: RuleContext): boolean {
    return this.rules.some((rule) => rule.isComplete?.(context) ?? false);
  }
}

function order(): string {
  return RULE_ORDER.join(', ');
}

function nothingLeft(cutters: readonly string[], written: number): string {
  const last = cutters.at(-1) as string;
  const others = cutters.slice(0, -1).map((name) => `"${name}"`);
  const after = others.length > 0 ? `, after what ${others.join(' and ')} had forbidden` : '';
  return (
    `no token is left for place ${written} of what is written: "${last}" forbids the last of them${after}. ` +
    `${others.length > 0 ? 'These rules contradict each other: take one away' : 'Take the rule away'}, or loosen it`
  );
}

/** How many tokens are possible. Throws where a logit is NaN or +∞. */
function count(logits: Logits, source: string): number {
  let possible = 0;
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id] as number;
    if (value > Number.NEGATIVE_INFINITY && value < Number.POSITIVE_INFINITY) possible++;
    else if (value !== Number.NEGATIVE_INFINITY) {
      throw new RangeError(
        `the logit of token ${id} is ${value} after ${source}: ` +
          (source === 'the network'
            ? 'its weights or its input hold numbers that are not finite (a diverged training?)'
            : 'the rule is at fault, or its setting is too extreme'),
      );
    }
  }
  return possible;
}
