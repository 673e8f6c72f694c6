import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Scope } from '../support/faults/combinations.ts';
import { encounterOf } from '../support/faults/exploration.ts';
import { startGround, type Ground } from '../support/faults/ground.ts';
import { runMeeting } from '../support/faults/interleaving.ts';
import { damageOf, repairTitle } from '../support/faults/damage.ts';
import { runRepaired } from '../support/faults/repair-run.ts';
import { reportOf } from '../support/faults/report.ts';
import { scenarioNamed } from '../support/faults/scenarios.ts';
import { runVariant } from '../support/faults/rotation-run.ts';
import { allTasks, type Result } from '../support/faults/task.ts';
import { orderOf } from '../support/faults/turns.ts';
import { variantOf } from '../support/faults/variant.ts';
import { performAll } from '../support/faults/workers.ts';

const { values } = parseArgs({
  options: {
    /** Begins no part after so many minutes; which parts are tried then, the seed decides. */
    minutes: { type: 'string' },
    /** One run, by the name its failure was reported with; shows every call of it. */
    only: { type: 'string' },
    /** What the pairs of faults are sampled from. */
    seed: { type: 'string' },
    /** The rotators on real database servers, and API keys, instead of the Reminder App's. */
    servers: { type: 'boolean', default: false },
    /** Instead: after each fault nobody comes again but a repair. */
    repairs: { type: 'boolean', default: false },
    threads: { type: 'string' },
  },
});

// Servers whose data live as long as the run need no disk.
if (values.servers && existsSync('/dev/shm')) process.env['TMPDIR'] ??= '/dev/shm';

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function one(id: string): Promise<boolean> {
  const ground = await startGround();
  try {
    const [name = '', order] = id.split(': ');
    const { trail, violations } = await outcomeOf(ground, name, order);
    const found = violations.map((each) => `✗ ${each}`);
    say([...trail, ...(found.length > 0 ? found : ['✓ survived'])].join('\n'));
    return violations.length === 0;
  } finally {
    await ground.stop();
  }
}

function outcomeOf(ground: Ground, name: string, rest: string | undefined) {
  if (rest === undefined) return runVariant(ground, variantOf(name));
  if (name === repairTitle) return runRepaired(ground, damageOf(rest));
  return meeting(ground, name, rest);
}

function meeting(ground: Ground, title: string, order: string) {
  const { combination, name } = encounterOf(title);
  return runMeeting(ground, { combination, scenario: scenarioNamed(name), order: orderOf(order) });
}

async function all(scope: Scope, seed: number): Promise<boolean> {
  const started = performance.now();
  const results: Result[] = [];
  const minutes = Number(values.minutes ?? Infinity);
  const chosen = allTasks(scope, seed).filter(
    ({ kind }) => (kind === 'repairs') === values.repairs,
  );
  const tasks = values.minutes ? shuffled(chosen, seed) : chosen;
  await performAll(tasks, {
    withinMs: minutes * 60_000,
    // Beside real servers each thread needs a processor and more.
    threads: Number(values.threads ?? (values.servers ? 2 : 3)),
    onResult(result) {
      results.push(result);
      process.stderr.write(`${results.length} of ${tasks.length} parts\n`);
      // Seen at once: the whole takes minutes.
      if (!reportOf([result]).survived) say(reportOf([result]).text);
    },
  });
  const { text, survived } = reportOf(results);
  const seconds = Math.round((performance.now() - started) / 1000);
  say(`\n${text}\n${results.length} of ${tasks.length} parts, ${seconds} s`);
  return survived;
}

/** In an order of which each is as likely, by a hash of the seed and the place. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const rank = (index: number) => createHash('sha256').update(`${seed} ${index}`).digest('hex');
  const ranked = items.map((item, index) => ({ item, rank: rank(index) }));
  return ranked
    .toSorted((left, right) => (left.rank < right.rank ? -1 : 1))
    .map(({ item }) => item);
}

const survived = values.only
  ? await one(values.only)
  : await all(
      values.servers ? 'servers' : 'reminder-app',
      Number(values.seed ?? Math.floor(Math.random() * 1_000_000)),
    );
process.exitCode = survived ? 0 : 1;
