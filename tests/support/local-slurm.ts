/**
 * @file A real Slurm on this machine for a test: munged, slurmctld and slurmd of Debian's `slurm-wlm` and `munge`, with
 * their state in a temporary folder. They need root; where they are not installed there is no scheduler.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, hostname, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

const PROGRAMS = ['/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/sbin/munged', '/usr/bin/sbatch'];

/** Why there is none here, or `null`. */
export const noScheduler: string | null = PROGRAMS.every((path) => existsSync(path))
  ? process.getuid?.() === 0
    ? null
    : 'no scheduler: Slurm’s daemons need root'
  : 'no scheduler: slurm-wlm and munge are not installed';

export interface LocalSlurm {
  /** For the environment of what calls Slurm. */
  conf: string;
  stop(): Promise<void>;
}

/** Starts it and waits until its node is idle. */
export async function startLocalSlurm(port: number): Promise<LocalSlurm> {
  const folder = mkdtempSync(join(tmpdir(), 'slurm-'));
  const conf = join(folder, 'slurm.conf');
  const socket = join(folder, 'munge.socket');
  const host = hostname().split('.')[0];
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  const key = join(folder, 'munge.key');
  writeFileSync(key, Buffer.alloc(128, 7), { mode: 0o400 });
  writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldPort=${port}
SlurmdPort=${port + 1}
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=requeue_delay=1,batch_sched_delay=0,sched_interval=1
MinJobAge=300
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus().length} RealMemory=${Math.floor((0.9 * totalmem()) / 2 ** 20)} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
  );
  const environment = { ...process.env, SLURM_CONF: conf };
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...args: string[]) => {
    daemons.push(spawn(program, args, { env: environment, stdio: 'ignore' }));
  };
  const stop = async () => {
    for (const daemon of daemons.reverse()) {
      if (daemon.exitCode !== null) continue;
      const ended = new Promise((done) => daemon.once('exit', done));
      daemon.kill('SIGTERM');
      await Promise.race([ended, new Promise((next) => setTimeout(next, 5000))]);
      daemon.kill('SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const own = [`--key-file=${key}`, `--socket=${socket}`, `--pid-file=${folder}/munged.pid`];
  const rest = [`--seed-file=${folder}/munged.seed`, `--log-file=${folder}/munged.log`];
  start('/usr/sbin/munged', '--foreground', '--force', ...own, ...rest);
  await until(() => existsSync(socket), 'munged');
  start('/usr/sbin/slurmctld', '-D', '-c');
  start('/usr/sbin/slurmd', '-D', '-N', host as string);
  try {
    await until(() => {
      const nodes = execFileSync('sinfo', ['--noheader', '--format=%T'], { env: environment, stdio: 'pipe' });
      return nodes.toString().trim() === 'idle';
    }, 'slurmd');
  } catch (error) {
    await stop();
    throw error;
  }
  return { conf, stop };
}

async function until(ready: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    try {
      if (ready()) return;
    } catch {} // not listening yet
    await new Promise((next) => setTimeout(next, 250));
  }
  throw new Error(`${what} did not come up within half a minute`);
}
