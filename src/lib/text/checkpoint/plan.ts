/**
 * @file Which tensor of a file becomes which parameter: names are translated, heads that are there are found, and
 * everything that is missing, extra, or of another shape or kind is gathered, so that one error can tell it all.
 */
import type { SafeTensorInfo } from '../../export';
import type { ParameterSpecification } from '../../nn';
import type { TextConfig } from '../network';
import { headsOfArchitecture, parameterGroups, type TextHead } from './heads';
import { readNames } from './names';

export interface WeightPlan {
  /** Parameters to read, ours → the file's. */
  read: Map<string, string>;
  /** Second copies to compare with their parameter, ours → the file's. */
  compare: Map<string, string>;
  heads: TextHead[];
  /** Tensors of the file that are not read. */
  ignored: string[];
  faults: string[];
}

export interface PlanOptions {
  architecture?: unknown;
  requires?: readonly TextHead[];
  allowExtra?: boolean;
}

const FLOATING = new Set(['F32', 'F16', 'BF16', 'F64']);

/** Plans the reading of `tensors`, a file's header. */
export function planWeights(
  tensors: ReadonlyMap<string, SafeTensorInfo>,
  config: TextConfig,
  { architecture, requires = [], allowExtra = false }: PlanOptions = {},
): WeightPlan {
  const { stored, copies, buffers, clashes } = readNames(tensors.keys(), config);
  const groups = parameterGroups(config);
  const required = new Set<TextHead>([...headsOfArchitecture(architecture), ...requires]);
  const plan: WeightPlan = {
    read: new Map(),
    compare: new Map(),
    heads: [],
    ignored: [...buffers],
    faults: [],
  };

  const expected: ParameterSpecification[] = [...groups.body];
  for (const [head, parameters] of groups.heads) {
    const isThere = parameters.every(({ name }) => stored.has(name));
    if (isThere) plan.heads.push(head);
    if (required.has(head) || parameters.some(({ name }) => stored.has(name))) expected.push(...parameters);
  }
  for (const head of requires) {
    if (!groups.heads.has(head)) plan.faults.push(`missing: a ${config.modelType} has no ${head} head`);
  }
  for (const { name, shape } of expected) {
    const inFile = stored.get(name);
    if (inFile === undefined) plan.faults.push(`missing: ${name}, expected [${shape}]`);
    else if (check(name, shape, inFile)) plan.read.set(name, inFile);
    stored.delete(name);
  }
  for (const [name, inFile] of copies) {
    const shape = expected.find((one) => one.name === name)?.shape;
    // A copy of a head that is not there belongs to nothing: it is passed over with it.
    if (!shape) plan.ignored.push(inFile);
    else if (check(name, shape, inFile)) plan.compare.set(name, inFile);
  }
  for (const inFile of stored.values()) {
    if (allowExtra) plan.ignored.push(inFile);
    else plan.faults.push(`not expected: ${inFile}, found [${tensors.get(inFile)?.shape}]`);
  }
  for (const [name, first, second] of clashes) {
    plan.faults.push(`twice: ${name}, found as ${first} and as ${second}`);
  }
  plan.ignored.sort();
  return plan;

  function check(name: string, shape: readonly number[], inFile: string): boolean {
    const found = tensors.get(inFile) as SafeTensorInfo;
    const label = name === inFile ? name : `${name} (${inFile} in the file)`;
    if (found.shape.length !== shape.length || found.shape.some((axis, i) => axis !== shape[i])) {
      plan.faults.push(`wrong shape: ${label}, expected [${shape}], found [${found.shape}]`);
      return false;
    }
    if (!FLOATING.has(found.dtype)) {
      plan.faults.push(`wrong kind: ${label}, expected F32, F16, BF16 or F64, found ${found.dtype}`);
      return false;
    }
    return true;
  }
}
