/**
 * @file A way of decoding by a short text, as an axis of an ablation names it: `none`, a rule of guidance (`cfg:1.5`), or
 * `beam:2`, plain beam search, which reads as many rows a token as a rule of two branches.
 */
import { InputError } from '../errors';
import { checkGuidance, type GuidanceConfig, parseGuidance } from './guidance';

export interface DecodingWay {
  /** Applied one around the other; none is plain decoding. */
  rules: readonly GuidanceConfig[];
  /** 1 is greedy. */
  beams: number;
}

const BEAM = /^beam:(\d+)$/;

/** Throws an `InputError` where the text names no way of decoding. */
export function parseDecoding(text: string): DecodingWay {
  const beams = BEAM.exec(text)?.[1];
  if (beams === undefined) {
    const rule = parseGuidance(text);
    return { rules: rule.rule === 'none' ? [] : [rule], beams: 1 };
  }
  if (Number(beams) < 2) throw new InputError(`guidance "${text}": expected 2 beams or more`);
  return { rules: [], beams: Number(beams) };
}

/** The shortest text that means the rule: its first setting, and those that are not as by default. */
function guidanceText(config: GuidanceConfig): string {
  const { rule, ...settings } = config;
  const defaults = checkGuidance({ rule }) as Record<string, unknown>;
  const [first, ...others] = Object.entries(settings).sort(([a], [b]) => order(a) - order(b));
  if (!first) return rule;
  const written = (value: unknown) => (value === null ? 'none' : String(value));
  const changed = others.filter(([name, value]) => value !== defaults[name]);
  return `${rule}:${[written(first[1]), ...changed.map(([name, value]) => `${name}=${written(value)}`)].join(',')}`;
}

/** The same way of decoding always has the same text. */
export function decodingText({ rules, beams }: DecodingWay): string {
  const guidance = rules.map(guidanceText).join(' + ');
  return beams > 1 ? [guidance, `beam:${beams}`].filter(Boolean).join(' + ') : guidance || 'none';
}

/** A rule's own setting comes first, as `parseGuidance` takes a number without a name for it. */
function order(setting: string): number {
  const place = ['scale', 'alpha', 'forgetting'].indexOf(setting);
  return place < 0 ? 1 : 0;
}
