/** @file How strongly an untrained vision network marks where a patch stands. */
import { z } from 'zod';

/**
 * Standard deviation of the position embeddings at the start. Patches come out of their convolution with a deviation of about 1 or 2,
 * and the usual 0.02 of published networks is a hundredth of that: places can hardly be told apart until a long training
 * has made them larger. Questions of the kind "what is left of …" are learned several times faster from 1 to 2.
 */
export const positionInitializerRange = z.number().positive();
