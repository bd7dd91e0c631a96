/**
 * @file Jupyter's wire protocol: a message is a list of frames,
 * `identities… <IDS|MSG> signature header parent metadata content`, signed by HMAC-SHA256 over the last four.
 * Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
import { createHmac, randomUUID } from 'node:crypto';

const DELIMITER = '<IDS|MSG>';

export interface Message {
  type: string;
  /** `msg_id` of the request that this answers; empty where there is none. */
  parent: string;
  content: Record<string, unknown>;
}

const sign = (key: string, frames: readonly (string | Buffer)[]): string => {
  const hmac = createHmac('sha256', key);
  for (const frame of frames) hmac.update(frame);
  return hmac.digest('hex');
};

/** The frames of a request, and the id by which its answers are known. */
export function encodeRequest(
  key: string,
  session: string,
  type: string,
  content: Record<string, unknown>,
): { id: string; frames: string[] } {
  const id = randomUUID();
  const header = {
    msg_id: id,
    session,
    username: 'sightline',
    date: new Date().toISOString(),
    msg_type: type,
    version: '5.3',
  };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return { id, frames: [DELIMITER, sign(key, parts), ...parts] };
}

/** Reads a message; throws where the frames are malformed or the signature is wrong. */
export function decode(key: string, frames: readonly Buffer[]): Message {
  const start = frames.findIndex((frame) => frame.toString('latin1') === DELIMITER);
  if (start < 0 || frames.length < start + 6) throw new Error('malformed message of the kernel');
  const parts = frames.slice(start + 2, start + 6);
  if (sign(key, parts) !== frames[start + 1]?.toString('latin1'))
    throw new Error('wrong signature of a message');
  const [header, parent, , content] = parts.map((part) => JSON.parse(part.toString('utf8'))) as [
    { msg_type: string },
    { msg_id?: string },
    unknown,
    Record<string, unknown>,
  ];
  return { type: header.msg_type, parent: parent.msg_id ?? '', content };
}
