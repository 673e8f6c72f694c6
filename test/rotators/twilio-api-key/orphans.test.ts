import { describe, expect, test } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import { RotationError } from '../../../src/rotation/errors.ts';
import { expectTold } from '../../support/expect-told.ts';
import { Gate } from '../../support/gate.ts';
import { sidOf, sidsOf, startTwilio, type Started } from './support.ts';

const minute = 60_000;

const throttled = async () => {
  throw new RotationError('THROTTLED', 'Too many requests. It is tried again by itself.');
};

/** The name that the rotator gives to keys of this secret, as Twilio has it. */
async function ownName(twilio: Started, made: { secret?: string } = {}): Promise<string> {
  const sid = sidOf(await twilio.made({ version: made }));
  return twilio.twilio.keysOf(twilio.sid).find((key) => key.sid === sid)?.friendlyName ?? '';
}

/** A key of that name, so many minutes old. */
function addOld(twilio: Started, friendlyName: string, minutes = 21) {
  const created = new Date(Date.now() - minutes * minute);
  return twilio.twilio.addKey(twilio.sid, { type: 'standard', friendlyName, created });
}

describe('the name of a new key', () => {
  test('is no longer than Twilio takes, and tells the secret and the version by hashes', async () => {
    const twilio = await startTwilio();

    const name = await ownName(twilio);

    expect(name).toMatch(/^keyturn [0-9a-f]{12} [0-9a-f]{12}$/);
    expect(name).toBe(await ownName(twilio));
    expect(name).not.toBe(await ownName(twilio, { secret: 'arn:of:another' }));
  });
});

describe('a key that is in the way of no rotation, and belongs to nobody', () => {
  test('is deleted before a new one is made', async () => {
    const twilio = await startTwilio();
    const orphan = addOld(twilio, await ownName(twilio));

    const { result } = await twilio.create();

    expect(sidsOf(twilio)).not.toContain(orphan.sid);
    expect(await twilio.works(twilio.current)).toBe(true);
    expect(await twilio.works(result ?? {})).toBe(true);
  });

  test('is deleted whatever version it was made for', async () => {
    const twilio = await startTwilio();
    const ours = (await ownName(twilio)).replace(/[0-9a-f]{12}$/, '000000000000');
    const orphan = addOld(twilio, ours);

    await twilio.made();

    expect(sidsOf(twilio)).not.toContain(orphan.sid);
  });

  test('is found on whatever page of the list it stands', async () => {
    const twilio = await startTwilio();
    const orphan = addOld(twilio, await ownName(twilio));
    for (let n = 0; n < 2_010; n++) addOld(twilio, 'of an application');

    await twilio.made();

    expect(sidsOf(twilio)).not.toContain(orphan.sid);
    expect(sidsOf(twilio)).toHaveLength(2_013);
    const pages = twilio.twilio.calls.filter((call) => call.route === '/v1/Keys');
    expect(pages.filter(({ method }) => method === 'GET')).toHaveLength(4);
  });
});

describe('a key is left alone', () => {
  test('when an invocation that runs beside this one may yet store it', async () => {
    const twilio = await startTwilio();
    const young = addOld(twilio, await ownName(twilio), 19);

    await twilio.made();

    expect(sidsOf(twilio)).toContain(young.sid);
  });

  test.each([
    ['of an application', () => 'reminder-app'],
    ['without a name', () => ''],
    ['of another secret', (own: string) => own.replace(/[0-9a-f]{12}/, '000000000000')],
    ['whose name only begins alike', (own: string) => own.replace('keyturn ', 'keyturn-')],
    ['whose name holds ours', (own: string) => `copy of ${own}`],
  ])('when it is one %s', async (_, nameOf) => {
    const twilio = await startTwilio();
    const other = addOld(twilio, nameOf(await ownName(twilio)));

    await twilio.made();

    expect(sidsOf(twilio)).toContain(other.sid);
  });

  test.each(['as it is', 'in capitals'])(
    'when a labelled version holds its SID (%s)',
    async (written) => {
      const twilio = await startTwilio();
      const held = addOld(twilio, await ownName(twilio));
      const sid = written === 'as it is' ? held.sid : held.sid.toUpperCase().replace(/^../, 'SK');
      const labelled = async () => [{}, { TWILIO_API_KEY_SID: null }, { TWILIO_API_KEY_SID: sid }];

      await twilio.made({ version: { labelled } });

      expect(sidsOf(twilio)).toContain(held.sid);
    },
  );

  test('when it is the one in use, whatever the labels say', async () => {
    const twilio = await startTwilio();
    const current = twilio.credential(addOld(twilio, await ownName(twilio)));

    await twilio.made({ current });

    expect(await twilio.works(current)).toBe(true);
  });

  test('when it belongs to another key of the same secret', async () => {
    const [one, other] = ['ONE', 'OTHER'];
    const twilio = await startTwilio({ key: one });
    const name = await ownName(twilio);
    const second = await startTwilio({ key: other });
    const foreign = addOld(second, name);
    const own = addOld(second, await ownName(second));

    await second.made();

    expect(sidsOf(second)).toContain(foreign.sid);
    expect(sidsOf(second)).not.toContain(own.sid);
  });
});

test('the labelled versions are read only where there is something to delete', async () => {
  const twilio = await startTwilio();
  let asked = 0;
  const labelled = async () => {
    asked += 1;
    return [];
  };
  const name = await ownName(twilio);
  addOld(twilio, 'of an application');
  addOld(twilio, name, 5);

  await twilio.made({ version: { labelled } });
  expect(asked).toBe(0);

  addOld(twilio, name);
  await twilio.made({ version: { labelled } });
  expect(asked).toBe(1);
});

test('nothing is deleted or made where the labelled versions cannot be read', async () => {
  const twilio = await startTwilio();
  const orphan = addOld(twilio, await ownName(twilio));
  const before = sidsOf(twilio);

  const { error } = await twilio.create({ version: { labelled: throttled } });

  expectTold(error, { code: 'THROTTLED' });
  expect(sidsOf(twilio)).toEqual(before);
  expect(before).toContain(orphan.sid);
});

test('two that create at once both have a key that works, and end none', async () => {
  const twilio = await startTwilio();

  const made = await Promise.all([twilio.made(), twilio.made()]);

  expect(new Set(made.map(sidOf)).size).toBe(2);
  for (const credential of [...made, twilio.current]) {
    expect(await twilio.works(credential)).toBe(true);
  }
});

test('a key whose making was not answered is deleted once nobody can store it any more', async () => {
  const clock = new DrivenClock();
  const twilio = await startTwilio({ clock });
  const gate = new Gate({ at: 2, fault: 'answer-lost' });
  const { error } = await twilio.create({ gate });
  const [, orphan] = sidsOf(twilio);

  const soon = await twilio.made();
  await clock.advance(21 * minute);
  const later = await twilio.made({
    current: soon,
    version: { labelled: async () => [soon, twilio.current] },
  });

  expectTold(error, { code: 'UNREACHABLE' });
  expect(orphan).toBeDefined();
  expect(sidsOf(twilio)).toEqual([sidOf(twilio.current), sidOf(soon), sidOf(later)]);
});

test('an auth token that is refused in the middle makes nothing', async () => {
  const twilio = await startTwilio();
  const current = { ...twilio.current, TWILIO_AUTH_TOKEN: '0'.repeat(32) };

  const { error } = await twilio.create({ current });

  expect(expectTold(error, { code: 'CURRENT_REJECTED' }).key).toBe('TWILIO_AUTH_TOKEN');
  expect(sidsOf(twilio)).toEqual([sidOf(twilio.current)]);
});
