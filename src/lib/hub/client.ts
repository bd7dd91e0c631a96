/**
 * @file What is asked of the hub, through `@huggingface/hub`: which commit a revision is, which files it has, and a
 * file's bytes from any place on. Left out: the Xet protocol (the same files come over plain HTTP, where they can be
 * gone on with), tokens in Python's token file, and proxies, which Node's `fetch` takes from `NODE_USE_ENV_PROXY`.
 */
import type { HubApiError } from '@huggingface/hub';
import { InputError } from '../errors';
import { COMMIT } from './cache';
import type { ListedFile } from './download-file';

export interface HubOptions {
  /** Default: `HF_ENDPOINT`, else https://huggingface.co. */
  endpoint?: string;
  /** For gated and private models; default: `HF_TOKEN`. Sent to the endpoint only. */
  accessToken?: string;
  signal?: AbortSignal;
}

/** Thrown where the hub cannot be reached, or cannot answer now. */
export class Unreachable extends Error {}

export interface HubClient {
  readonly endpoint: string;
  /** The commit of a branch, a tag or a commit. */
  commitOf(revision: string): Promise<string>;
  /** The files of the top folder, or of all folders. */
  list(commit: string, options?: { recursive?: boolean }): Promise<Map<string, ListedFile>>;
  read(commit: string, file: ListedFile, start: number): Promise<AsyncIterable<Uint8Array>>;
}

const seconds = (name: string, usual: number) => 1000 * (Number(process.env[name]) || usual);

/** A client for one model. */
export async function hubClient(name: string, options: HubOptions): Promise<HubClient> {
  const { downloadFile, listFiles, modelInfo } = await import('@huggingface/hub');
  const endpoint = (options.endpoint ?? process.env.HF_ENDPOINT ?? 'https://huggingface.co').replace(
    /\/+$/,
    '',
  );
  if (!/^https?:\/\/[^/]+/.test(endpoint)) {
    throw new InputError(`HF_ENDPOINT: expected an address that begins with http, found ${endpoint}`);
  }
  const accessToken = options.accessToken ?? (process.env.HF_TOKEN || undefined);
  if (accessToken !== undefined && !accessToken.startsWith('hf_')) {
    throw new InputError("HF_TOKEN: expected an access token, which begins with 'hf_'");
  }
  const { signal } = options;
  const repo = { type: 'model', name } as const;

  const ask = async <T>(
    what: string,
    question: (fetch: typeof globalThis.fetch) => Promise<T>,
  ): Promise<T> => {
    const limit = AbortSignal.timeout(seconds('HF_HUB_ETAG_TIMEOUT', 10));
    const limited: typeof fetch = (input, init) =>
      fetch(input, { ...init, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    try {
      return await question(limited);
    } catch (error) {
      signal?.throwIfAborted();
      throw explain(error, what, endpoint);
    }
  };

  return {
    endpoint,
    commitOf: (revision) =>
      ask(`${name} at ${revision}`, async (fetch) => {
        const common = { name, hubUrl: endpoint, accessToken, fetch };
        const { sha } = await modelInfo({ ...common, revision, additionalFields: ['sha'] });
        if (!COMMIT.test(sha)) throw new Error(`${endpoint}: ${name}: expected a commit, found ${sha}`);
        return sha;
      }),
    list: (commit, { recursive = false } = {}) =>
      ask(`${name} at ${commit}`, async (fetch) => {
        const files = new Map<string, ListedFile>();
        for await (const entry of listFiles({
          repo,
          revision: commit,
          recursive,
          hubUrl: endpoint,
          accessToken,
          fetch,
        })) {
          if (entry.type !== 'file') continue;
          const { path, size } = entry.lfs ? { path: entry.path, size: entry.lfs.size } : entry;
          files.set(path, { path, size, hash: entry.lfs?.oid ?? entry.oid ?? '' });
        }
        return files;
      }),
    read: async (commit, { path, size, hash }, start) => {
      const url = `${endpoint}/${name}/resolve/${commit}/${encodeURIComponent(path)}`;
      const stall = new AbortController();
      const stopped = signal ? AbortSignal.any([signal, stall.signal]) : stall.signal;
      let refusal: Error | undefined;
      let skip = 0;
      const watched: typeof fetch = async (input, init) => {
        const response = await fetch(input, { ...init, signal: stopped });
        if (!response.ok) {
          refusal = Object.assign(new Error(`the hub answered ${response.status}`), {
            statusCode: response.status,
          });
          throw refusal;
        }
        // A server that does not know ranges sends everything again.
        if (start > 0 && response.status === 200) skip = start;
        return response;
      };
      const whole = await downloadFile({
        repo,
        path,
        revision: commit,
        hubUrl: endpoint,
        accessToken,
        xet: false,
        fetch: watched,
        downloadInfo: { url, size, etag: hash },
      });
      const part = start > 0 ? whole?.slice(start) : whole;
      const limit = seconds('HF_HUB_DOWNLOAD_TIMEOUT', 30);
      return (async function* () {
        const cut = () => stall.abort(new Error(`nothing came for ${limit / 1000} s`));
        let timer = setTimeout(cut, limit);
        try {
          for await (const bytes of part?.stream() ?? []) {
            clearTimeout(timer);
            timer = setTimeout(cut, limit);
            const dropped = Math.min(skip, bytes.length);
            skip -= dropped;
            if (dropped < bytes.length) yield bytes.subarray(dropped);
          }
        } catch (error) {
          throw refusal ?? error;
        } finally {
          clearTimeout(timer);
        }
      })();
    },
  };
}

/** Says what an answer of the hub, or none, means. */
function explain(error: unknown, what: string, endpoint: string): Error {
  const status = (error as Partial<HubApiError>).statusCode;
  if (status === 401 || status === 403 || status === 404) {
    const why =
      status === 404
        ? 'there is no such model or revision'
        : 'there is no such model, or it is gated: accept its terms on its page and set HF_TOKEN';
    return new InputError(`${what}: ${endpoint} answered ${status}: ${why}`, { cause: error });
  }
  if (status !== undefined && status < 500 && status !== 429) return error as Error;
  const { cause, name } = error as Error & { cause?: { code?: string } };
  if (status === undefined && cause === undefined && name !== 'TimeoutError') return error as Error;
  const said = status ?? cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : String(cause));
  return new Unreachable(`${endpoint} cannot be reached (${said})`, { cause: error });
}
