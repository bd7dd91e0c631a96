/** @file How strongly an untrained vision network marks where a patch stands. */
import { z } from 'zod';

/**
 * Standard deviation of the position embeddings at the start. Patches leave their convolution about as strong as the pixels that
 * go in, and the usual 0.02 of published networks is a small part of that: places can hardly be told apart until training
 * has made them larger. What 2 in place of 0.12 does for questions about single cells of a grid is in docs/log.md.
 */
export const positionInitializerRange = z.number().positive();
