/** @file Text only: what the text network said, unchanged. No parameters; the picture cannot matter. */
import type { Fusion, FusionWidths } from './types';

export function noFusion(widths: FusionWidths): Fusion {
  return {
    usesPicture: false,
    width: widths.text,
    specifications: () => [],
    forward: (_params, { textStates, textPooled }) => ({ states: textStates, pooled: textPooled }),
  };
}
