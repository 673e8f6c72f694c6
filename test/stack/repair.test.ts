import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as v from 'valibot';
import { findSecret } from '../../src/cli/find-secret.ts';
import { inspectSecret } from '../../src/cli/inspection.ts';
import { repair as repairOn } from '../../src/cli/repair/repair.ts';
import { askForValues } from '../../src/cli/repair/supply.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { production } from '../../src/local/stack/environments.ts';
import { runKeyturn } from '../cli/run-keyturn.ts';
import { damageTo, type Damage } from './damage.ts';
import { leaksIn } from './leaks.ts';
import { accepted, startRig, works, type Rig, type Values } from './support.ts';

let rig: Rig;
let damage: Damage;

beforeAll(async () => {
  rig = await startRig({ grace: '1h' });
  damage = damageTo(rig);
  // Each state is made within the grace of the rotation before it.
  await rig.rotate();
});
afterAll(() => rig.stop());

const report = v.object({
  outcome: v.string(),
  code: v.optional(v.string()),
  done: v.array(v.object({ way: v.string(), keys: v.array(v.string()) })),
  inspection: v.object({ wayOut: v.object({ way: v.string(), finding: v.string() }) }),
});

/** The command in its own process; what it did, and that it showed no value. */
async function repair(...args: string[]) {
  const values = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'].flatMap((label) =>
    secretsIn(damage.at(label)?.secretString),
  );
  const ran = await runKeyturn(rig.stack, 'repair', production.secretName, '--json', ...args);
  expect(leaksIn(`${ran.stdout}${ran.stderr}`, values)).toEqual([]);
  const { outcome, code, done, inspection } = v.parse(report, JSON.parse(ran.stdout));
  return { ...ran, outcome, code, ways: done.map(({ way }) => way), wayOut: inspection.wayOut };
}

/** All that may stand in a value, even where that is no JSON. */
const secretsIn = (text = ''): readonly string[] =>
  [...text.matchAll(/"([A-Z_]+)": ?"([^"]{16,})"/g)].flatMap(([, key, value]) =>
    value && key !== 'TWILIO_ACCOUNT_SID' ? [value] : [],
  );

/** What AWSCURRENT says works everywhere, no rotation is stuck, and the next one succeeds. */
async function expectWorking({ forgotten }: State): Promise<void> {
  expect(await accepted(rig.stack, await rig.read())).toEqual(works);
  // The service may leave the label on a version that it made current.
  const pending = damage.at('AWSPENDING')?.versionId;
  expect([undefined, damage.at('AWSCURRENT')?.versionId]).toContain(pending);
  await damage.endLeases();
  if (forgotten) await damage.runBooked('retire');
  rig.lines.length = 0;
  const { outcome } = await rig.rotate();
  expect(outcome, rig.codes().join()).toBe('RotationSucceeded');
  expect(await accepted(rig.stack, await rig.read())).toEqual(works);
}

const tokenOf = ({ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: token }: Values) => ({
  TWILIO_ACCOUNT_SID,
  token,
});

interface State {
  readonly what: string;
  readonly make: (damage: Damage) => Promise<unknown>;
  readonly ways: readonly string[];
  /** Which token is which at Twilio only the version from before that tells, until its grace ends. */
  readonly forgotten?: true;
}

/** Each leaves the secret as the rotation before it left it: within its grace. */
const states: readonly State[] = [
  { what: 'nothing wrong, within a grace', make: async () => undefined, ways: [] },
  {
    what: 'a rotation that stuck before it stored a value',
    make: ({ rotationUpTo }) => rotationUpTo(),
    ways: ['take-back'],
  },
  {
    what: 'a rotation that stuck with its value stored',
    make: ({ rotationUpTo }) => rotationUpTo('createSecret'),
    ways: ['take-back'],
  },
  {
    what: 'a rotation that stuck with its credentials installed',
    make: ({ rotationUpTo }) => rotationUpTo('testSecret'),
    ways: ['take-back'],
  },
  {
    what: 'a database that was switched, and AWSCURRENT not moved',
    async make({ rotationUpTo, setPassword, valuesAt }) {
      await rotationUpTo('testSecret');
      await setPassword(valuesAt('AWSPENDING').DB_PASSWORD);
    },
    ways: ['take-back'],
  },
  {
    what: 'AWSCURRENT moved, and the end of the grace not booked',
    async make({ rotationUpTo, setPassword, valuesAt, moveLabel, at }) {
      const token = await rotationUpTo('testSecret');
      await setPassword(valuesAt('AWSPENDING').DB_PASSWORD);
      await moveLabel('AWSCURRENT', { from: at('AWSCURRENT')?.versionId ?? '', to: token });
      await moveLabel('AWSPENDING', { from: token });
    },
    ways: [],
  },
  {
    what: 'a rotation that a value put by hand abandoned',
    async make({ rotationUpTo, store, at }) {
      await rotationUpTo('testSecret');
      await store(at('AWSCURRENT')?.secretString ?? '');
    },
    ways: ['pay'],
  },
  {
    what: 'a rollback that switched the database back, and died',
    async make({ setPassword, valuesAt, moveLabel, at }) {
      await setPassword(valuesAt('AWSPREVIOUS').DB_PASSWORD);
      await moveLabel('KEYTURN_UNDONE', { to: at('AWSCURRENT')?.versionId ?? '' });
    },
    ways: ['heal'],
  },
  {
    what: 'AWSCURRENT moved back by hand, and the database not switched',
    async make({ moveLabel, at }) {
      const [from, to] = ['AWSCURRENT', 'AWSPREVIOUS'].map((label) => at(label)?.versionId);
      await moveLabel('AWSCURRENT', { from: from ?? '', to: to ?? '' });
    },
    // The service left AWSPENDING on the version that a rotation had made current: no rotation stuck.
    ways: ['roll-back', 'pay'],
  },
  {
    what: 'a secondary token that was made at Twilio, and never stored',
    async make({ rotationUpTo, makeSecondary, promote, valuesAt }) {
      await promote(tokenOf(valuesAt('AWSCURRENT')));
      await rotationUpTo();
      await makeSecondary(tokenOf(valuesAt('AWSCURRENT')));
    },
    ways: ['take-back'],
  },
  {
    what: 'the pending token promoted by hand in the console of Twilio',
    async make({ rotationUpTo, promote, valuesAt }) {
      await rotationUpTo('testSecret');
      await promote(tokenOf(valuesAt('AWSPENDING')));
    },
    ways: ['finish'],
  },
  {
    what: 'the published token deleted by hand in the console of Twilio',
    make: ({ deleteSecondary, valuesAt }) => deleteSecondary(tokenOf(valuesAt('AWSPREVIOUS'))),
    ways: ['roll-back'],
  },
  {
    what: 'a password changed by hand',
    make: ({ setPassword }) => setPassword('drifted-by-hand-000000000000'),
    ways: ['reset'],
  },
  {
    what: 'a password changed by hand beside a rotation that stuck',
    async make({ rotationUpTo, setPassword }) {
      await rotationUpTo('testSecret');
      await setPassword('drifted-by-hand-000000000001');
    },
    ways: ['reset', 'take-back'],
  },
  {
    what: 'something stored by hand that is no JSON',
    make: ({ store }) => store('DB_PASSWORD=oops'),
    ways: ['put-back'],
    forgotten: true,
  },
  {
    what: 'a value stored by hand without one of the rotated keys',
    async make({ store, valuesAt }) {
      const { DB_PASSWORD: _, ...rest } = valuesAt('AWSCURRENT');
      await store(JSON.stringify(rest));
    },
    ways: ['put-back'],
  },
  {
    what: 'a value stored by hand with a token that Twilio refuses',
    make: ({ store, valuesAt }) =>
      store(JSON.stringify({ ...valuesAt('AWSCURRENT'), TWILIO_AUTH_TOKEN: '0'.repeat(32) })),
    ways: ['roll-back'],
    forgotten: true,
  },
];

describe('a stuck rotation, a password that drifted, and more (F-1, F-18)', () => {
  test.each(states)('repairs $what', async (state) => {
    const { make, ways } = state;
    await make(damage);

    const { exitCode, outcome, ways: done, stderr } = await repair('--yes');

    expect({ exitCode, outcome, done }, stderr).toEqual({
      exitCode: 0,
      outcome: 'works',
      done: ways,
    });
    await expectWorking(state);
  });
});

/** In the console of Twilio both tokens are replaced by another one. */
async function replaceTokens(): Promise<string> {
  const { deleteSecondary, makeSecondary, promote, valuesAt } = damage;
  const old = tokenOf(valuesAt('AWSPREVIOUS'));
  await deleteSecondary(old);
  const { secondary_auth_token: token } = await makeSecondary(old);
  await promote(old);
  return token;
}

describe('a token that nobody knows but its owner', () => {
  beforeAll(() => {
    const { endpoint, region, credentials } = rig.stack.clientConfig;
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', region);
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    return () => vi.unstubAllEnvs();
  });

  test('is asked for on the terminal, proven and published; one that is refused is not', async () => {
    const token = await replaceTokens();
    const before = await rig.read();
    const person = personTyping({ TWILIO_AUTH_TOKEN: '0'.repeat(32) });
    const options = { secret: production.secretName, json: false, yes: true, dryRun: false };

    const typeWrongly = async () => {
      await expect(repairOn(options, person.terminal)).rejects.toMatchObject({
        code: 'NOT_REPAIRED',
      });
      expect(await rig.read()).toEqual(before);
    };
    await typeWrongly();
    await typeWrongly();

    const owner = personTyping({ TWILIO_AUTH_TOKEN: token });
    await repairOn(options, owner.terminal);
    expect(await rig.read()).toEqual({ ...before, TWILIO_AUTH_TOKEN: token });
    expect(await accepted(rig.stack, await rig.read())).toEqual(works);
    expect(leaksIn(owner.screen.join(''), [token, before.DB_PASSWORD])).toEqual([]);
  });

  test('of two only the one that works is published, and the other stays as it was', async () => {
    const good = await rig.read();
    const before = { ...good, TWILIO_AUTH_TOKEN: '1'.repeat(32) };
    await damage.store(JSON.stringify(before));
    const typed = { SECRET_KEY: 'n'.repeat(64), TWILIO_AUTH_TOKEN: '0'.repeat(32) };
    const person = personTyping(typed);
    const secret = await findSecret(production.secretName);
    const inspection = await inspectSecret(secret);

    const supplied = await askForValues(
      { secret, inspection, keys: ['SECRET_KEY', 'TWILIO_AUTH_TOKEN'] },
      person.terminal,
    );

    expect(supplied).toEqual({ published: ['SECRET_KEY'] });
    expect(await rig.read()).toEqual({ ...before, SECRET_KEY: typed.SECRET_KEY });
    expect(person.screen.join('')).toContain('Not accepted, and not published: TWILIO_AUTH_TOKEN.');
    await damage.store(JSON.stringify(good));
  });

  test('is asked for alone: a list of earlier keys stays a list', async () => {
    const { SECRET_KEY, ...rest } = await rig.read();
    const lacking = JSON.stringify({ ...rest, SECRET_KEY_FALLBACKS: ['an-earlier-key-of-before'] });
    await damage.store(lacking);
    await damage.store(lacking);
    const person = personTyping({ SECRET_KEY });

    await repairOn(
      { secret: production.secretName, json: false, yes: true, dryRun: false },
      person.terminal,
    );

    expect(person.asked).toEqual(['SECRET_KEY']);
    expect(await rig.read()).toEqual({ ...JSON.parse(lacking), SECRET_KEY });
  });
});

function personTyping(answers: Readonly<Record<string, string>>) {
  const screen: string[] = [];
  const asked: string[] = [];
  const terminal: Terminal = {
    interactive: true,
    tell: (text) => void screen.push(text),
    answer: async (text) => void screen.push(text),
    ask: async () => '',
    confirm: async () => true,
    askHidden: async (questions) => {
      asked.push(...questions.map(({ key }) => key));
      return new Map(questions.map(({ key }) => [key, answers[key] ?? '']));
    },
  };
  return { screen, asked, terminal };
}
