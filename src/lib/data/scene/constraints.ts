/**
 * @file Partial scenes. A constraint allows some values of some facts; several questions can share a scene where
 * their constraints have values in common; `completeScene` draws what is left open.
 */
import { Generator } from '../../random';
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
 * A random scene within the constraint: two objects never share kind or colour. Whether there is one does not
 * depend on the draw: the large object is chosen among those that leave room for the small one.
 * @returns null where there is none.
 */
export function completeScene(constraint: Constraint, pairs: Pairs, generator: Generator): SceneFacts | null {
  const companions = seenPairs(allowed(constraint, 'companionKind'), allowed(constraint, 'companionColour'));
  const mayBeAlone = allowed(constraint, 'companionKind').includes('none');
  const main = pickMain(constraint, pairs, mayBeAlone ? null : companions, generator);
  if (!main) return null;
  const companion = pickCompanion(companions, main, mayBeAlone, generator);
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

/** Whether any scene meets the constraint. */
export function isPossible(constraint: Constraint, pairs: Pairs): boolean {
  return completeScene(constraint, pairs, new Generator(0)) !== null;
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

interface Thing<K = Kind> {
  kind: K;
  colour: Colour;
}

/** Kind and colour of objects that training may show. */
function seenPairs(kinds: readonly (Kind | 'none')[], colours: readonly Colour[]): Thing[] {
  return kinds.flatMap((kind) =>
    kind === 'none'
      ? []
      : colours.filter((colour) => !isHeldOut(kind, colour)).map((colour) => ({ kind, colour })),
  );
}

const differ = (a: Thing, b: Thing): boolean => a.kind !== b.kind && a.colour !== b.colour;

/** The large object; where it must have company, one that goes with some of `companions`. */
function pickMain(
  constraint: Constraint,
  pairs: Pairs,
  companions: Thing[] | null,
  generator: Generator,
): Thing | null {
  const possible = allowed(constraint, 'mainKind')
    .flatMap((kind) => allowed(constraint, 'mainColour').map((colour) => ({ kind, colour })))
    .filter((main) => companions === null || companions.some((companion) => differ(main, companion)));
  const heldOut = possible.filter(({ kind, colour }) => isHeldOut(kind, colour));
  const seen = possible.filter(({ kind, colour }) => !isHeldOut(kind, colour));
  const candidates = pairs === 'held-out' && heldOut.length > 0 ? heldOut : seen;
  return candidates.length === 0 ? null : generator.choice(candidates);
}

function pickCompanion(
  companions: Thing[],
  main: Thing,
  mayBeAlone: boolean,
  generator: Generator,
): Thing<Kind | 'none'> {
  const possible = companions.filter((companion) => differ(main, companion));
  if (possible.length === 0 || (mayBeAlone && generator.uniform() < ALONE)) {
    return { kind: 'none', colour: generator.choice(DOMAINS.companionColour) };
  }
  return generator.choice(possible);
}
