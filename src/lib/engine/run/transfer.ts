/** @file Copies tensors from a GPU to the host: by a session that does nothing else, since reading them directly aborts the process. */
import * as ort from 'onnxruntime-node';
import type { ElementType } from '../graph/element-types';
import { Graph } from '../graph/graph';
import { whileHeld } from './gpu-tensors';

const sessions = new Map<string, Promise<ort.InferenceSession>>();

function identitySession(type: ElementType, shape: readonly number[]): Promise<ort.InferenceSession> {
  const key = `${type}[${shape}]`;
  let session = sessions.get(key);
  if (!session) {
    const graph = new Graph();
    const value = graph.input('value', type, shape);
    const { bytes } = graph.finish([{ name: 'copy', value }]);
    session = ort.InferenceSession.create(bytes, {
      executionProviders: ['webgpu'],
      preferredOutputLocation: 'cpu',
      logSeverityLevel: 4,
    });
    sessions.set(key, session);
  }
  return session;
}

/** The same tensor in host memory. It may be freed meanwhile: that waits until it is read. */
export function downloadTensor(tensor: ort.Tensor): Promise<ort.Tensor> {
  return whileHeld(tensor, async () => {
    const session = await identitySession(tensor.type as ElementType, tensor.dims);
    const { copy } = await session.run({ value: tensor });
    return copy as ort.Tensor;
  });
}
