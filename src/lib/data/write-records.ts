/** @file Record files written as they are read: one JSON object a line, UTF-8, a line feed after each. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { AnyRecord } from './records';

/** Write `records` to `path`, replacing what stood there. Fields keep their order, so equal records give equal bytes. */
export async function writeRecords(path: string, records: Iterable<AnyRecord>): Promise<void> {
  const stream = createWriteStream(path, { encoding: 'utf8' });
  const end = finished(stream);
  for (const record of records) {
    if (!stream.write(`${JSON.stringify(record)}\n`)) await Promise.race([once(stream, 'drain'), end]);
  }
  stream.end();
  await end;
}
