/** @file How an estimate with its interval stands in a table: `70.6 [65.9, 75.5]`. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** As percentages, or, of what is no share, as it is. */
export function estimateText({ value, low, high }: Estimate, { share = true } = {}): string {
  const shown = (one: number) => shareText(one, { share });
  return `${shown(value)} [${shown(low)}, ${shown(high)}]`;
}

export function shareText(value: number, { share = true } = {}): string {
  return share ? (100 * value).toFixed(1) : value.toFixed(2);
}
