/**
 * @file What a study is: a question, records, grids that `sightline ablate` could run as well, and how their rows become
 * a section of docs/results.md. One study a file; `studies.ts` lists them.
 *
 * A part is one grid in `runs/results/STUDY/PART/`, its config beside it in `PART.json`. Parts run in order, so that a
 * later one may start from weights that an earlier one has learned.
 */
import type { experiments } from '../../src/lib';

export interface StudyData {
  /** For the section: `scene world, qa, 4,000 records of seed 1, pictures of 64 pixels`. */
  description: string;
  /** Makes the folder of records where it is not there; `null` where what it is made of is absent. */
  prepare(context: DataContext): Promise<string | null>;
}

/** For records that earlier parts have a hand in. */
export interface DataContext {
  /** As a grid's, as an absolute path. */
  weights: PartContext['weights'];
}

export interface PartContext {
  seeds: number[];
  /** A file of the part's records, as its config names it. */
  file(name: string): string;
  /** `{ train, validation, test }` of the part's records, for `base.data`. */
  files: { train: string; validation: string; test: string };
  /**
   * The learned weights of an earlier part, as a config names them: of its cell with this seed and these settings; its
   * first cell by default. Throws an `InputError` where that cell has not finished.
   */
  weights(part: string, of?: { seed?: number; settings?: Record<string, unknown> }): string;
}

export interface StudyPart {
  /** Name of its folder, and of its line in a table. */
  name: string;
  data: StudyData;
  /** The grid; its relative paths start at `runs/results/STUDY`. Seeds are the study's where it names none. */
  grid(context: PartContext): experiments.AblationConfigInput;
}

/** A part whose cells have run, or those of them that have. */
export interface FinishedPart {
  part: StudyPart;
  /** Where relative paths of the config start: `runs/results/STUDY`. */
  folder: string;
  /** Folder of the grid. */
  out: string;
  plan: experiments.AblationPlan;
  ledger: ReadonlyMap<string, experiments.LedgerLine>;
  summary: experiments.AblationSummary;
}

export interface Study {
  /** On the command line, and in the markers of its section. */
  name: string;
  title: string;
  /** In a sentence or two. */
  question: string;
  /** Seeds 1 … n unless the command line says otherwise. */
  seeds: number;
  /** Its body compares single trainings: more seeds are refused. */
  oneSeed?: boolean;
  parts: readonly StudyPart[];
  /** The section between its question and the facts of the run: tables and what they say. */
  body(parts: readonly FinishedPart[]): Promise<string> | string;
}
