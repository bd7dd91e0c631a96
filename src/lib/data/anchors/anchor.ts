/** @file A number that the data must give, whatever the model: counted from the files and compared with what is known. */

export interface Anchor {
  /** What is counted, in words. */
  name: string;
  /** The known value; null where the number is only reported. */
  expected: number | null;
  found: number;
  /** Largest allowed difference: half a unit of the last published digit, unless said otherwise. */
  tolerance: number;
  unit: '%' | '';
}

/** Data that is not there, and so was not checked. */
export interface Skipped {
  name: string;
  reason: string;
}

export interface AnchorReport {
  anchors: Anchor[];
  skipped: Skipped[];
}

/** Whether the number is as known; null where nothing is known to compare with. */
export function holds(anchor: Anchor): boolean | null {
  if (anchor.expected === null) return null;
  return Math.abs(anchor.found - anchor.expected) <= anchor.tolerance;
}

/** A percentage known to two decimals. */
export function percentage(name: string, expected: number | null, share: number, tolerance = 0.005): Anchor {
  // A little beyond half a digit, for values that end in exactly five.
  return { name, expected, found: 100 * share, tolerance: tolerance + 1e-9, unit: '%' };
}

/** A count, exactly. */
export function exactly(name: string, expected: number, found: number): Anchor {
  return { name, expected, found, tolerance: 0, unit: '' };
}
