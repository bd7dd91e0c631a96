/** @file Plain objects and arrays of tensors: flattened in a fixed order and put together again. */
import * as tf from '@tensorflow/tfjs-core';

/** Tensors, or plain objects and arrays of tensors. */
export type TensorTree = tf.Tensor | { [key: string]: TensorTree } | TensorTree[];

/** The tensors of a tree in order; `path` names each, as in `[0].ids`. Throws on anything but tensors, objects, arrays. */
export function flattenTree(tree: TensorTree, path = ''): { path: string; tensor: tf.Tensor }[] {
  if (tree instanceof tf.Tensor) return [{ path, tensor: tree }];
  if (Array.isArray(tree)) return tree.flatMap((item, i) => flattenTree(item, `${path}[${i}]`));
  if (tree !== null && typeof tree === 'object') {
    return Object.entries(tree).flatMap(([key, item]) => flattenTree(item, path ? `${path}.${key}` : key));
  }
  const shown = tree === null ? 'null' : typeof tree;
  throw new TypeError(
    `${path || 'the value'} is ${shown}; compiled functions take and return tensors, or objects and arrays of them`,
  );
}

/** A tree of the same form with other tensors, taken in the order of `flattenTree`. */
export function mapTree<T extends TensorTree>(
  tree: T,
  replace: (tensor: tf.Tensor, position: number) => tf.Tensor,
): T {
  let position = 0;
  const rebuild = (part: TensorTree): TensorTree => {
    if (part instanceof tf.Tensor) return replace(part, position++);
    if (Array.isArray(part)) return part.map(rebuild);
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, rebuild(item)]));
  };
  return rebuild(tree) as T;
}

/** The form of a tree without its tensors: equal for trees that `mapTree` can exchange. */
export function treeSignature(tree: TensorTree): string {
  return flattenTree(tree)
    .map(({ path, tensor }) => `${path}:${tensor.dtype}[${tensor.shape}]`)
    .join(';');
}
