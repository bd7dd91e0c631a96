/**
 * @file Partial scenes. A constraint allows some values of some facts; several questions can share a scene where
 * their constraints have values in common; `completeScene` draws what is left open.
 */
import type { Generator } from '../../random';
import { type Colour, DOMAINS, FACTS, isHeldOut, type Kind, type SceneFacts } from './attributes';

/** The values that are allowed, fact by fact; a fact that is not named is free. */
export type Constraint = { readonly [F in keyof SceneFacts]?: readonly SceneFacts[F][] };

/** Which pairs of kind and colour objects may have. */
export type Pairs =
  /** Never one that is held out: training and validation. */
  | 'seen'
  /** Any, and the large object one that is held out wherever the constraint allows it. */
  | 'held-out';

/** Both constraints at once, or null where they have no scene in common. */
export function meet(a: Constraint, b: Constraint): Constraint | null {
  const out: Record<string, readonly string[]> = { ...a };
  for (const fact of FACTS) {
    const right = b[fact] as readonly string[] | undefined;
    if (!right) continue;
    const left = out[fact];
    const common = left ? left.filter((value) => right.includes(value)) : right;
    if (common.length === 0) return null;
    out[fact] = common;
  }
  return out as Constraint;
}

/** One scene in eight has a single object; one in six an empty sky. */
const ALONE = 1 / 8;
const EMPTY_SKY = 1 / 6;

/**
 * A random scene within the constraint: two objects never share kind or colour.
 * @returns null where there is none.
 */
export function completeScene(constraint: Constraint, pairs: Pairs, generator: Generator): SceneFacts | null {
  const main = pickObject(
    allowed(constraint, 'mainKind'),
    allowed(constraint, 'mainColour'),
    pairs,
    generator,
  );
  if (!main) return null;
  const companion = pickCompanion(constraint, main, generator);
  if (!companion) return null;
  const free = <F extends keyof SceneFacts>(fact: F): SceneFacts[F] =>
    generator.choice(allowed(constraint, fact));
  const counts = allowed(constraint, 'flyerCount');
  const some = counts.filter((count) => count !== 'none');
  const empty = counts.includes('none') && (some.length === 0 || generator.uniform() < EMPTY_SKY);
  return {
    mainKind: main.kind,
    mainColour: main.colour,
    mainPattern: free('mainPattern'),
    companionKind: companion.kind,
    companionColour: companion.colour,
    side: free('side'),
    flyerKind: free('flyerKind'),
    flyerCount: empty ? 'none' : generator.choice(some),
    place: free('place'),
    time: free('time'),
    weather: free('weather'),
  };
}

/** Whether any scene meets the constraint (the draw does not matter: possibility does not depend on it). */
export function isPossible(constraint: Constraint, pairs: Pairs, generator: Generator): boolean {
  return completeScene(constraint, pairs, generator) !== null;
}

/** Whether the facts lie within the constraint. */
export function satisfies(facts: SceneFacts, constraint: Constraint): boolean {
  return FACTS.every(
    (fact) => (constraint[fact] as readonly string[] | undefined)?.includes(facts[fact]) ?? true,
  );
}

function allowed<F extends keyof SceneFacts>(constraint: Constraint, fact: F): readonly SceneFacts[F][] {
  return (constraint[fact] as readonly SceneFacts[F][] | undefined) ?? DOMAINS[fact];
}

interface Thing<K> {
  kind: K;
  colour: Colour;
}

function pickObject(
  kinds: readonly Kind[],
  colours: readonly Colour[],
  pairs: Pairs,
  generator: Generator,
): Thing<Kind> | null {
  const possible = kinds.flatMap((kind) => colours.map((colour) => ({ kind, colour })));
  const heldOut = possible.filter(({ kind, colour }) => isHeldOut(kind, colour));
  const seen = possible.filter(({ kind, colour }) => !isHeldOut(kind, colour));
  const choice = pairs === 'held-out' && heldOut.length > 0 ? heldOut : seen;
  return choice.length === 0 ? null : generator.choice(choice);
}

function pickCompanion(
  constraint: Constraint,
  main: Thing<Kind>,
  generator: Generator,
): Thing<Kind | 'none'> | null {
  const kinds = allowed(constraint, 'companionKind');
  const colours = allowed(constraint, 'companionColour').filter((colour) => colour !== main.colour);
  const others = kinds.filter((kind) => kind !== 'none' && kind !== main.kind) as Kind[];
  const thing = pickObject(others, colours, 'seen', generator);
  const alone = kinds.includes('none') && (thing === null || generator.uniform() < ALONE);
  if (alone) return { kind: 'none', colour: generator.choice(DOMAINS.companionColour) };
  return thing;
}
