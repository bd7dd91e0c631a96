/** @file All that the doctor finds, and what follows from it: what is missing, and how to get it. */
import { existsSync } from 'node:fs';
import { engine, places } from '../../lib';
import { type DataState, listData } from './data';
import {
  type Adapters,
  describeMachine,
  type InstalledPackage,
  listAdapters,
  listPackages,
  type Machine,
} from './machine';
import { inspectNotebooks, type NotebookState } from './notebooks';
import { type Trial, tryTraining } from './trial';

export interface Missing {
  kind: 'node' | 'package' | 'device' | 'notebooks' | 'data' | 'bench';
  what: string;
  /** What it is good for. */
  use: string;
  how: string;
}

export interface DoctorReport {
  /** Whether a training step ran on the chosen device, and its loss fell. */
  canTrain: boolean;
  /** What `auto` (or the device asked for) came to, and why. */
  device: engine.DeviceChoice;
  training: Trial;
  devices: engine.DeviceProbe[];
  /** ONNX Runtime's providers in the installed package. */
  providers: string[];
  adapters: Adapters;
  machine: Machine;
  packages: InstalledPackage[];
  notebooks: NotebookState;
  data: { real: DataState[]; made: string[] };
  missing: Missing[];
}

export async function examine(request: engine.UseOptions): Promise<DoctorReport> {
  const devices: engine.DeviceProbe[] = [];
  for (const device of engine.DEVICES) {
    if (device !== 'auto') devices.push(await engine.probeDevice(device));
  }
  const device = await engine.use(request);
  const training = await tryTraining();
  const found = {
    canTrain: training.works,
    device,
    training,
    devices,
    providers: engine.providers(),
    adapters: await listAdapters(),
    machine: describeMachine(),
    packages: listPackages(),
    notebooks: await inspectNotebooks(),
    data: listData(),
  };
  return { ...found, missing: whatIsMissing(found) };
}

const GPU_USE: Partial<Record<engine.Device, string>> = {
  webgpu: 'training on a GPU of any maker',
  cuda: 'training on an NVIDIA GPU through CUDA',
  tensorflow: 'running the kit eagerly on TensorFlow',
};

function whatIsMissing(found: Omit<DoctorReport, 'missing'>): Missing[] {
  const missing: Missing[] = [];
  const { machine, notebooks, packages, data } = found;
  if (!machine.nodeSupported) {
    missing.push({
      kind: 'node',
      what: `Node ${machine.nodeWanted} (this is ${machine.node})`,
      use: 'everything',
      how: 'install it from nodejs.org or by a version manager',
    });
  }
  for (const { name, version, optional } of packages) {
    if (version || optional) continue;
    missing.push({ kind: 'package', what: `the npm package ${name}`, use: 'everything', how: 'npm ci' });
  }
  for (const { device, works, reason } of found.devices) {
    const use = GPU_USE[device];
    if (use && !works) missing.push({ kind: 'device', what: `the device ${device}`, use, how: reason });
  }
  for (const [what, { works, reason }] of Object.entries(notebooks)) {
    if (works) continue;
    const name = { jupyter: 'Jupyter', kernel: 'the notebook kernel', library: 'the kit within notebooks' }[
      what
    ];
    missing.push({
      kind: 'notebooks',
      what: name as string,
      use: 'notebooks',
      how: `${reason}: npm run lab sets it up`,
    });
  }
  const absent = data.real.filter(({ path }) => path === null).map(({ name }) => name);
  if (absent.length > 0) {
    missing.push({
      kind: 'data',
      what: `the real data ${absent.join(', ')}`,
      use: 'results on real pictures and sentences (the scene world needs none)',
      how: 'put the published folders into ../shared/data, or name their folder by SIGHTLINE_SHARED_DATA',
    });
  }
  if (!existsSync(places.projectFolder('.venv-peers'))) {
    missing.push({ kind: 'bench', what: 'PyTorch', use: 'npm run bench', how: 'npm run setup:peers' });
  }
  return missing;
}
