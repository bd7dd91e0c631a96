/** @file What the kinds of generation share: a prompt, what the answer must hold, and the record of both. */
import type { SceneTask, SceneText } from '../scene-text';

/** A text with what the written answer is held to, if anything. */
export interface GenerationText extends SceneText {
  kind?: string;
  constraints?: Record<string, unknown>;
}

/** A task of generation, less what is the same for all of them. */
export type GenerationTask = Omit<SceneTask, 'unknown' | 'fields'> & Required<Pick<SceneTask, 'write'>>;

/** The scene task whose records have the fields of `generation`. */
export function generationTask(kind: string, task: GenerationTask): SceneTask {
  return {
    ...task,
    unknown: null,
    write: (...words): GenerationText => ({ ...task.write(...words), kind }),
    fields(text, label) {
      const { constraints, kind: written } = text as GenerationText;
      return {
        prompt: text.text,
        target: label,
        ...(constraints ? { constraints } : {}),
        kind: written,
        choices: text.answers.map((answer) => answer.label),
      };
    },
  };
}
