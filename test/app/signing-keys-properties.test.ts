import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { signingKeys } from '../../src/app/signing-keys.ts';
import { PatientClock } from './driven.ts';
import { SecretInMemory } from './in-memory.ts';
import { minute } from './support.ts';

const chances = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));

const rotation = fc.record({
  /** When its version is made. */
  at: fc.integer({ min: 1, max: 60 }).map((minutes) => minutes * minute),
  /** How much later it becomes current. */
  takes: fc.integer({ min: 0, max: 40 }).map((half) => (half * minute) / 2),
});

/** One rotation after the other, as Secrets Manager has it. */
const rotations = fc.array(rotation, { minLength: 1, maxLength: 3 }).map((all) => {
  let free = 0;
  return all.map(({ at, takes }) => {
    const made = free + at;
    free = made + takes;
    return { made, current: free };
  });
});

const starts = fc.array(fc.nat(150), { minLength: 2, maxLength: 4 });

test('instances never refuse each other’s signatures, whenever they start and read', async () => {
  await fc.assert(
    fc.asyncProperty(rotations, starts, chances, async (plan, minutes, stream) => {
      const driven = new PatientClock();
      const secret = new SecretInMemory();
      const begin = driven.now().getTime();
      const random = () => stream.next().value ?? 0;
      secret.label('AWSCURRENT', secret.add({ SECRET_KEY: 'k0', SECRET_KEY_FALLBACKS: [] }));
      for (const [round, { made, current }] of plan.entries()) {
        const SECRET_KEY_FALLBACKS = Array.from({ length: round + 1 }, (_, n) => `k${round - n}`);
        const document = { SECRET_KEY: `k${round + 1}`, SECRET_KEY_FALLBACKS };
        const number = secret.add(document, begin + made);
        driven.after(current, () => secret.label('AWSCURRENT', number));
      }
      const instances: string[][] = [];
      const closing: (() => void)[] = [];
      for (const start of minutes) {
        driven.after(start * minute, () => {
          const secrets = secret.application(driven, random);
          closing.push(() => secrets.close());
          void secrets.ready().then(() => instances.push(signingKeys('SECRET_KEY', { secrets })));
        });
      }

      for (let half = 0; half < 400; half += 1) {
        await driven.advance(minute / 2);
        const signing = instances.map((keys) => keys[0]);
        for (const keys of instances) expect([...keys]).toEqual(expect.arrayContaining(signing));
      }

      for (const close of closing) close();
      const last = `k${plan.length}`;
      expect(instances.map((keys) => keys[0])).toEqual(minutes.map(() => last));
    }),
    { numRuns: 25 },
  );
});
