/** @file Which blocks of a text are resampled together: neighbours depend on each other. */
import type { TokenStream } from '../../data';

/** Fewer clusters than this make no interval worth the name. */
const FEWEST_DOCUMENTS = 20;
const STRETCHES = 50;

/**
 * A name for each of `count` blocks of `length` tokens: the document in which the block begins, or, where there are
 * few documents, one of 50 stretches of neighbouring blocks (the block bootstrap: Künsch 1989).
 */
export function streamClusters(stream: TokenStream, count: number, length: number): string[] {
  const byDocument = stream.documentStarts.length >= FEWEST_DOCUMENTS;
  return Array.from({ length: count }, (_, block) =>
    byDocument
      ? `document ${stream.documentAt(block * length)}`
      : `stretch ${Math.floor((block * Math.min(STRETCHES, count)) / count)}`,
  );
}
