/**
 * @file A session whose outputs are written into buffers of ours. onnxruntime-node 1.30 writes into a buffer that it is
 * given, and then returns a fresh copy of it all the same: for a training step as much copying and garbage as there
 * is state, a third of the time of a small model's step. There is no option against it. But the copies are made in the order
 * of the graph's outputs, after everything has been computed, and an output that is no tensor cannot be copied: so
 * the first output is an empty sequence, at which the binding stops with a message that is known here. A later
 * version that returns no copies, or that can return sequences, is served as well.
 */
import type * as ort from 'onnxruntime-node';

/** The name of the sequence: `FinishOptions.leadingSequence`. */
export const LEADING_SEQUENCE = 'outputs_written';

const STOPPED = 'Non tensor type is temporarily not supported.';

/** Runs a session whose graph begins its outputs with `LEADING_SEQUENCE`. Every buffer holds its output afterwards. */
export async function runIntoBuffers(
  session: ort.InferenceSession,
  feeds: Record<string, ort.Tensor>,
  buffers: Record<string, ort.Tensor>,
): Promise<void> {
  try {
    await session.run(feeds, { [LEADING_SEQUENCE]: null, ...buffers });
  } catch (error) {
    if (error instanceof Error && error.message === STOPPED) return;
    throw error;
  }
}
