/**
 * @file What a figure is before it is drawn: plotly traces and a plotly layout as plain JSON data. It can be
 * written to a file, compared in a test, sent to a notebook, or drawn without a browser (`render.ts`). The
 * types are our own and loose inside, so that the published declarations need no plotly types.
 */

/** Anything JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** One plotly trace; `type` as in plotly (`scatter`, `bar`, `heatmap`, …). */
export interface Trace {
  readonly type: string;
  readonly [key: string]: Json | undefined;
}

/** A plotly layout. */
export interface Layout {
  readonly [key: string]: Json | undefined;
}

/** A figure: `data` and `layout` for plotly, and one sentence that says what it shows (alternative text). */
export interface FigureSpecification {
  readonly data: readonly Trace[];
  readonly layout: Layout;
  readonly description: string;
  /** The size that suits it; width is for files, a notebook uses its own. */
  readonly size?: Partial<Size>;
}

/** The part that a run plays in a comparison; it decides the colour, the same in every figure. */
export type Role = 'text-only' | 'vision-guided' | 'control' | 'ceiling' | 'other';

/** Width and height in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
