/** @file Part of `npm run build`: lets the package resolve itself, see parts/kernel-spec.ts. */
import { linkSelf } from './parts/kernel-spec';

linkSelf();
