/**
 * @file A small server that answers as the Hugging Face hub does (model info with its commit, the tree of files with
 * their checksums, files by `resolve` with ranges, LFS files by redirection), for folders on this machine. It can be
 * told to cut connections or to send other bytes, and keeps what it was asked.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';

export interface HubServer {
  url: string;
  /** `GET path`, with the range where one was asked for. */
  asked: string[];
  authorization: (string | undefined)[];
  /** Bytes of a file that are sent before the connection is cut, for each of the next requests. */
  cuts: Map<string, number[]>;
  /** Sent instead of a file. */
  instead: Map<string, Buffer>;
  /** Answer ranges by the whole file, as some mirrors do. */
  ignoresRanges: boolean;
  /** Status of every answer, where it is not 200. */
  broken: number | null;
  close(): Promise<void>;
}

const sha1 = (bytes: Buffer) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The commit that stands for a model's files. */
export const commitOf = (name: string) => createHash('sha1').update(name).digest('hex');

/** Serves `models`: name → folder. `main` and `v1` are the only commit. */
export async function serveHub(models: Readonly<Record<string, string>>): Promise<HubServer> {
  const hub: HubServer = {
    url: '',
    asked: [],
    authorization: [],
    cuts: new Map(),
    instead: new Map(),
    ignoresRanges: false,
    broken: null,
    close: () => new Promise((done) => server.close(() => done())),
  };
  const server: Server = createServer((request, response) => {
    answer(hub, models, request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.keepAliveTimeout = 1;
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return hub;
}

function filesOf(folder: string, recursive: boolean): string[] {
  return readdirSync(folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function answer(
  hub: HubServer,
  models: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const { pathname } = new URL(request.url ?? '/', hub.url);
  const range = request.headers.range;
  hub.asked.push(`${pathname}${range ? ` ${range}` : ''}`);
  hub.authorization.push(request.headers.authorization);
  const fail = (status: number, code: string) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-error-code': code });
    response.end(JSON.stringify({ error: code }));
  };
  if (hub.broken !== null) return fail(hub.broken, 'broken');
  const name = Object.keys(models).find((one) =>
    [`/api/models/${one}/`, `/${one}/resolve/`, `/lfs/${one}/`].some((start) => pathname.startsWith(start)),
  );
  if (name === undefined) return fail(401, 'RepoNotFound');
  const folder = models[name] as string;
  const commit = commitOf(name);
  const json = (value: unknown) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const rest = decodeURIComponent(pathname.slice(pathname.indexOf(`/${name}/`) + name.length + 2)).split('/');
  const revision = pathname.startsWith('/lfs/') ? commit : rest[1];
  if (!['main', 'v1', commit].includes(revision ?? '')) return fail(404, 'RevisionNotFound');
  if (pathname.startsWith('/api/')) {
    if (rest[0] === 'revision')
      return json({ _id: '1', id: name, sha: commit, lastModified: '2026-01-01T00:00:00.000Z' });
    return json(
      filesOf(folder, new URL(request.url ?? '/', hub.url).searchParams.has('recursive')).map((path) => {
        const bytes = readFileSync(join(folder, path));
        const isLfs = path.endsWith('.safetensors');
        return {
          type: 'file',
          path,
          size: bytes.length,
          // git's hash of the pointer, of which nothing here depends
          oid: isLfs ? sha1(Buffer.from(`pointer to ${sha256(bytes)}`)) : sha1(bytes),
          ...(isLfs ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } } : {}),
        };
      }),
    );
  }
  const path = rest.slice(pathname.startsWith('/lfs/') ? 0 : 2).join('/');
  if (!filesOf(folder, true).includes(path)) return fail(404, 'EntryNotFound');
  const bytes = hub.instead.get(path) ?? readFileSync(join(folder, path));
  if (path.endsWith('.safetensors') && !pathname.startsWith('/lfs/')) {
    response.writeHead(302, {
      location: `${hub.url}/lfs/${name}/${path}`,
      'x-repo-commit': commit,
      'x-linked-etag': `"${sha256(bytes)}"`,
      'x-linked-size': String(bytes.length),
    });
    return response.end();
  }
  const start = hub.ignoresRanges ? 0 : Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  const part = bytes.subarray(start);
  response.writeHead(range && !hub.ignoresRanges ? 206 : 200, {
    'content-length': String(part.length),
    'x-repo-commit': commit,
    etag: `"${sha1(bytes)}"`,
    ...(range && !hub.ignoresRanges
      ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }
      : {}),
  });
  const cut = hub.cuts.get(path)?.shift();
  if (cut === undefined) return response.end(part);
  return response.write(part.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
}
