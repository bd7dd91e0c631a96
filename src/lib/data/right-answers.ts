/** @file Which answers of a record count as right, where a data set gives several. */

/** Its `references`, where it has any: they stand for the target, which is one of them or, in some data sets, none. */
export function rightAnswers(record: object, target: string): readonly string[] {
  const { references } = record as { references?: unknown };
  return Array.isArray(references) && references.length > 0 ? references.map(String) : [target];
}
