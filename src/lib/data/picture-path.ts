/**
 * @file Where a record's picture stands: a path relative to the folder of the record file that must not leave
 * it. `picturePath` judges the text of the path, `staysInside` follows symbolic links.
 */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/**
 * The absolute path of `image` in `folder`.
 * @returns the path, or in `wrong` why the text is refused and how to mend it.
 */
export function picturePath(folder: string, image: string): { path: string } | { wrong: string } {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(image)) {
    return { wrong: 'is an address; download the picture and give its path relative to the record file' };
  }
  if (image.includes('\u0000')) return { wrong: 'has a zero character; give a plain path' };
  if (isAbsolute(image) || /^[a-z]:[\\/]/i.test(image)) {
    return { wrong: 'is an absolute path; give it relative to the folder of the record file' };
  }
  if (image.includes('\\')) return { wrong: 'has a backslash; separate folders by /' };
  const path = resolve(folder, image);
  if (!inside(folder, path)) {
    return { wrong: 'leaves the folder of the record file; put the picture below that folder' };
  }
  return { path };
}

/** Whether `path`, its symbolic links followed, still stands below `folder`; true where it does not exist. */
export async function staysInside(folder: string, path: string): Promise<boolean> {
  const [base, real] = await Promise.all([realpath(folder), realpath(path).catch(() => null)]);
  return real === null || inside(base, real);
}

function inside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
