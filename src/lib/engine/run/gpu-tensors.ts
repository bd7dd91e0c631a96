/**
 * @file Tensors that ONNX Runtime keeps on a GPU. Two things crash the process: freeing a tensor after the session
 * that made it was released, and freeing it while it is being read. So a session lives as long as its tensors, and
 * a tensor as long as its readers.
 */
import type * as ort from 'onnxruntime-node';

/** A session whose outputs stay on the GPU; released once it is asked to be and all that it made is freed. */
export class GpuSession {
  private living = 0;
  private releaseAsked = false;

  constructor(private readonly session: ort.InferenceSession) {}

  /** Notes that `tensor` came from this session. */
  adopt(tensor: ort.Tensor): void {
    if (tensor.location !== 'gpu-buffer' || makers.has(tensor)) return;
    makers.set(tensor, this);
    this.living += 1;
  }

  freed(): void {
    this.living -= 1;
    this.releaseIfIdle();
  }

  release(): void {
    this.releaseAsked = true;
    this.releaseIfIdle();
  }

  private releaseIfIdle(): void {
    if (this.releaseAsked && this.living === 0) void this.session.release();
  }
}

/** Which session made a tensor: also keeps that session from being collected while the tensor lives. */
const makers = new WeakMap<ort.Tensor, GpuSession>();
const readers = new Map<ort.Tensor, number>();
const freeWhenRead = new WeakSet<ort.Tensor>();

/** Frees a tensor's memory on the GPU, once nobody reads it any more. Tensors in host memory are left to the collector. */
export function freeTensor(tensor: ort.Tensor): void {
  if (tensor.location !== 'gpu-buffer') return;
  if (readers.has(tensor)) {
    freeWhenRead.add(tensor);
    return;
  }
  tensor.dispose();
  makers.get(tensor)?.freed();
  makers.delete(tensor);
}

/** Runs `read` with the tensor held: it is not freed before `read` ends. */
export async function whileHeld<R>(tensor: ort.Tensor, read: () => Promise<R>): Promise<R> {
  readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  try {
    return await read();
  } finally {
    const left = (readers.get(tensor) as number) - 1;
    if (left > 0) readers.set(tensor, left);
    else {
      readers.delete(tensor);
      if (freeWhenRead.delete(tensor)) freeTensor(tensor);
    }
  }
}
