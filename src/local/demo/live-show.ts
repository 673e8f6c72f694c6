import { styleText } from 'node:util';
import { Listr, type ListrTask } from 'listr2';
import type { RotationStep } from '../../rotation/run-step.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { RotationWatch } from './rotation-watch.ts';
import type { Show } from './show.ts';
import { summaryOf } from './summary.ts';

interface Act {
  readonly step: RotationStep;
  readonly meaning: string;
  /** The verb that settles a key in this step, and what it did. */
  readonly verbs: Readonly<Partial<Record<string, string>>>;
}

const acts: readonly Act[] = [
  {
    step: 'createSecret',
    meaning: 'new values are made and stored as pending',
    verbs: { create: 'new value made' },
  },
  {
    step: 'setSecret',
    meaning: 'they are installed beside the old, or their switch rehearsed',
    verbs: { install: 'installed or rehearsed' },
  },
  {
    step: 'testSecret',
    meaning: 'the real systems are asked',
    verbs: { probe: 'accepted', install: 'rehearsed again' },
  },
  {
    step: 'finishSecret',
    meaning: 'what holds one credential is switched, and AWSCURRENT moves',
    verbs: { probe: 'accepted', switch: 'switched and proven by a login' },
  },
];

/** A list that ticks off steps and keys on the terminal; plain lines where there is none. */
export const liveShow = (write: (text: string) => void): Show => ({
  async during(title, work) {
    await list([{ title, task: async () => void (await work) }]).run();
    return work;
  },
  async rotation(number, watch, { keys, grace }) {
    write(`\n${styleText('bold', `Rotation ${number}`)}\n`);
    const steps = acts.map((act) => taskOf(act, { keys, watch }));
    await list([...steps, grace ? endOfGrace(watch) : success(watch)]).run();
  },
  result(number, report, labels) {
    write(`\n${summaryOf(number, report, labels)}\n`);
  },
});

const list = (tasks: ListrTask[]) =>
  new Listr(tasks, {
    concurrent: false,
    registerSignalListeners: false,
    rendererOptions: { collapseSubtasks: false, collapseErrors: false },
  });

interface Watched extends Pick<Strategy, 'keys'> {
  readonly watch: RotationWatch;
}

const taskOf = ({ step, meaning, verbs }: Act, { keys, watch }: Watched): ListrTask => ({
  title: `${step}: ${meaning}`,
  task: (_context, task) =>
    task.newListr(
      [
        ...keys.map((key) => ({
          title: key,
          task: async (_nothing: unknown, line: { title: string | undefined }) => {
            await watch.until((sighting) => {
              if (sighting.kind !== 'key' || sighting.step !== step || sighting.key !== key) {
                return false;
              }
              const done = verbs[sighting.verb];
              if (done) line.title = `${key}: ${done}`;
              return done !== undefined;
            });
          },
        })),
        {
          title: 'at work',
          task: async (_nothing: unknown, line: { title: string | undefined }) => {
            await watch.until((sighting) => {
              if (sighting.kind !== 'step' || sighting.step !== step) return false;
              const gap =
                step === 'finishSecret' ? `, switch gap ${watch.seen.switchGapMs} ms` : '';
              line.title = `${sighting.ms} ms${gap}`;
              return true;
            });
          },
        },
      ],
      { concurrent: true },
    ),
});

const endOfGrace = (watch: RotationWatch): ListrTask => ({
  title: 'grace: the superseded credential works a while longer, then no more',
  task: async () => {
    await watch.until(({ kind }) => kind === 'retired');
  },
});

const success = (watch: RotationWatch): ListrTask => ({
  title: 'Secrets Manager calls the rotation a success',
  task: async () => {
    await watch.until(({ kind }) => kind === 'rotated');
  },
});
