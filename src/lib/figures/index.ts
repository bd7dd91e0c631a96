/** @file Figures: plotly specifications in one style, drawn in notebooks and to files without a browser. */
import type { FigureSpecification, Role, Size } from './specification';

export type { FigureSpecification, Json, Layout, Role, Size, Trace } from './specification';

/** One run of training, as the learning curve wants it. */
export interface LearningRun {
  name: string;
  role?: Role;
  points: readonly { step: number; trainLoss?: number; validation?: number }[];
  /** Step of the weights that were kept (early stopping). */
  bestStep?: number;
}
export declare function learningCurve(options: {
  runs: readonly LearningRun[];
  title?: string;
  subtitle?: string;
  metric?: string;
  ceilings?: readonly { name: string; value: number }[];
}): FigureSpecification;

/** One bar of the comparison: a value with its 95 % interval. */
export interface ComparedSystem {
  name: string;
  role: Role;
  value: number;
  low?: number;
  high?: number;
}
export declare function comparison(options: {
  groups: readonly {
    name: string;
    systems: readonly ComparedSystem[];
    ceilings?: readonly { name: string; value: number }[];
  }[];
  title?: string;
  subtitle?: string;
  metric?: string;
  percent?: boolean;
}): FigureSpecification;
export declare function confusionMatrix(options: {
  labels: readonly string[];
  counts: readonly (readonly number[])[];
  title?: string;
}): FigureSpecification;
export declare function renderSvg(figure: FigureSpecification, size?: Partial<Size>): Promise<string>;
export declare function renderPng(
  figure: FigureSpecification,
  size?: Partial<Size> & { scale?: number },
): Promise<Buffer>;
/** Writes `path` with `.png`, `.svg` and `.json` side by side; answers the three paths. */
export declare function saveFigure(
  figure: FigureSpecification,
  path: string,
  size?: Partial<Size> & { scale?: number },
): Promise<{ png: string; svg: string; json: string }>;
/** Shows a figure in a tslab notebook: interactive where the front end can, a PNG everywhere. */
export declare function display(figure: FigureSpecification, size?: Partial<Size>): Promise<void>;
