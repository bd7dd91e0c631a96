/** @file Whether the process that marked a file or folder as its own still lives. */

/** Whether there is a process of that id, another user's included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
