/**
 * @file `npm run results [-- STUDY…]`: runs the studies behind docs/results.md and writes their sections. What has run
 * before is not run again; delete `runs/results/STUDY` to begin anew, `data/results` to make the records anew.
 */
import { Option } from 'commander';
import { addDeviceOptions, type DeviceOptions, wholeNumber } from '../src/commands/options';
import { scriptCommand } from './parts/script-command';
import { runMain, SetupError, say } from './parts/talk';
import { runStudy } from './results/run-study';
import { STUDIES } from './results/studies';
import type { Study } from './results/study';

interface Options extends DeviceOptions {
  seeds?: number;
  jobs?: number;
  only?: string[];
  allowMixed?: boolean;
  partial?: boolean;
  list?: boolean;
}

const WIDEST = Math.max(...STUDIES.map(({ name }) => name.length));

runMain(async () => {
  let code = 0;
  const command = scriptCommand(
    'npm run results --',
    'run studies (all of them by default) and write their sections of docs/results.md',
  )
    .argument('[study...]', STUDIES.map(({ name }) => name).join(', '))
    .option('--seeds <n>', "seeds 1 to n in place of a study's own number", wholeNumber)
    .option('--jobs <n>', 'trainings at once', wholeNumber)
    .addOption(
      new Option(
        '--only <part...>',
        'work on these parts of a study; the section has of the others what they have left',
      ),
    )
    .option('--allow-mixed', 'use results of another version of the code')
    .option('--partial', 'write a section also where it would have fewer parts than docs/results.md has now')
    .option('--list', 'name the studies and their parts, and run nothing')
    .addHelpText(
      'after',
      `\nStudies:\n${STUDIES.map(({ name, title }) => `  ${name.padEnd(WIDEST + 2)}${title}`).join('\n')}
\nOne task, text-only and guided, in minutes:\n  npm run results -- tasks --seeds 1 --only facts commonsense-words commonsense`,
    );
  addDeviceOptions(command).action(async (names: string[], options: Options) => {
    code = await results(names, options);
  });
  await command.parseAsync(process.argv);
  return code;
});

async function results(names: readonly string[], { list, ...options }: Options): Promise<number> {
  const studies = names.length === 0 ? STUDIES : names.map(studyOf);
  const known = [...new Set(studies.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const unknown = options.only?.find((one) => !known.includes(one));
  if (unknown !== undefined) {
    throw new SetupError(
      `--only: there is no part ${JSON.stringify(unknown)}; there are ${known.join(', ')}`,
      2,
    );
  }
  for (const { parts, name } of list ? studies : [])
    process.stdout.write(`${name}: ${parts.map((part) => part.name).join(', ')}\n`);
  if (list) return 0;
  if (options.seeds === 0) throw new SetupError('--seeds: give at least 1', 2);
  const single = studies.find(({ oneSeed }) => oneSeed);
  if (single && (options.seeds ?? 1) > 1) {
    throw new SetupError(`--seeds: ${single.name} compares single trainings; leave it out`, 2);
  }
  const troubles: string[] = [];
  for (const study of studies) troubles.push(...(await runStudy(study, options)));
  for (const trouble of troubles) say(trouble);
  return troubles.length > 0 ? 1 : 0;
}

function studyOf(name: string): Study {
  const found = STUDIES.find((study) => study.name === name);
  if (found) return found;
  throw new SetupError(
    `There is no study ${JSON.stringify(name)}; there are ${STUDIES.map((study) => study.name).join(', ')}.`,
    2,
  );
}
