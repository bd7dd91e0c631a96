/**
 * @file Named entities from BIO tags, with the semantics of seqeval's default mode (that of conlleval): an
 * entity begins at B, or at a tag that cannot continue what came before: after O, after a finished entity, or
 * where the type changes; it runs until the next beginning or O. So a stray I-PER opens an entity. BIOES tags
 * are read too. Left out: seqeval's strict mode.
 */
import { InputError } from '../../errors';

/** One entity: its type and its tokens [start, end). */
export interface Entity {
  type: string;
  start: number;
  end: number;
}

/** Prefix and type of a tag; a bare `B` has type `_` as in seqeval. Throws on a prefix other than B I O E S. */
export function splitTag(tag: string): { prefix: string; type: string } {
  const prefix = tag.charAt(0);
  if (prefix === 'O') return { prefix, type: '' };
  const rest = tag.slice(1);
  if (!'BIES'.includes(prefix) || prefix === '' || (rest !== '' && !rest.startsWith('-'))) {
    throw new InputError(
      `entity tag "${tag}" is not O, B-TYPE or I-TYPE (nor E- or S-); check the field "tags"`,
    );
  }
  return { prefix, type: rest.slice(1) || '_' };
}

/** The entities of one sentence's tags, in order. */
export function entitiesOf(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  let open: Entity | null = null;
  let previous = { prefix: 'O', type: '' };
  tags.forEach((tag, i) => {
    const current = splitTag(tag);
    const outside = current.prefix === 'O';
    const begins =
      !outside &&
      ('BS'.includes(current.prefix) || 'OES'.includes(previous.prefix) || current.type !== previous.type);
    if (open && (outside || begins)) {
      entities.push(open);
      open = null;
    }
    if (begins) open = { type: current.type, start: i, end: i + 1 };
    else if (open) (open as Entity).end = i + 1;
    previous = current;
  });
  if (open) entities.push(open);
  return entities;
}
