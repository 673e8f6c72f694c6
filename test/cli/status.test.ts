import {
  CancelRotateSecretCommand,
  DeleteSecretCommand,
  RestoreSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { development, production } from '../../src/local/stack/environments.ts';
import { startStatusRig, type StatusRig } from './status-rig.ts';

let rig: StatusRig;
beforeAll(async () => {
  rig = await startStatusRig();
});
afterAll(() => rig.stop());

const { secretName } = production;

/** In the order of their titles: each leaves the secret as the next finds it. */
describe('one secret', () => {
  test('that nothing rotates yet', async () => {
    const { exitCode, stdout } = await rig.status(secretName);

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${secretName} needs attention:`);
    expect(stdout).toContain('No function rotates it. Deploy Keyturn for it first');
    expect(rig.inspections()).toHaveLength(0);
  });

  test('that is fresh works, and was never rotated', async () => {
    await rig.rotate(production, { RotateImmediately: false });

    const { exitCode, stdout } = await rig.status(secretName);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${secretName} works; never rotated yet, next by 2`);
    expect(await rig.document()).toMatchObject({
      exitCode: 0,
      name: secretName,
      region: 'us-east-1',
      functionArn: production.rotateArn,
      state: 'works',
      findings: [],
      rotation: { enabled: true, schedule: 'rate(30 days)', window: '4h' },
      versions: [{ labels: ['AWSCURRENT'] }],
    });
  });

  test('that was rotated, within the grace: what of which version is accepted, and how long', async () => {
    await rig.rotate();

    const { exitCode, stdout } = await rig.status(secretName);
    const { versions, keys, state, rotation } = await rig.document();

    expect({ exitCode, state }).toEqual({ exitCode: 0, state: 'works' });
    expect(stdout).toMatch(/^reminder-app\/production works; rotated \d+ seconds? ago, next by 2/);
    expect(stdout).toContain('rate(30 days), window 4h');
    expect(Date.parse(rotation.nextRotationAt)).toBeGreaterThan(Date.now());
    const [{ versionId: current }, { versionId: previous }] = versions;
    expect(stdout).toContain(`│ ${current.slice(0, 8)} │ AWSCURRENT `);
    const verdicts = keys.map(({ key, credentials }: Verdicts) => [
      key,
      ...credentials.map(({ versionId, verdict }) => [versionId, verdict]),
    ]);
    expect(verdicts).toEqual([
      ['SECRET_KEY', [current, 'accepted'], [previous, 'accepted']],
      ['DB_PASSWORD', [current, 'accepted'], [previous, 'rejected']],
      ['TWILIO_AUTH_TOKEN', [current, 'accepted'], [previous, 'accepted']],
    ]);
    expect(stdout).toMatch(/│ TWILIO_AUTH_TOKEN +│ current +│ accepted +│ +│/);
    expect(stdout).toMatch(/│ twilio-auth-token +│ previous +│ accepted +│ in \d+ minutes +│/);
  });

  test('has tables of 80 columns at most, and no colours where nobody looks', async () => {
    const { stdout } = await rig.status(secretName);

    const inTables = stdout.split('\n').filter((line) => /^[┌├│└]/.test(line));
    expect(Math.max(...inTables.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test('whose rotation is under way works', async () => {
    rig.begin(token);

    const { exitCode, state, findings } = await rig.document();

    expect({ exitCode, state }).toEqual({ exitCode: 0, state: 'works' });
    expect(findings).toEqual([
      {
        finding: 'rotation-under-way',
        level: 'note',
        message: 'A rotation is under way: AWSPENDING is on bbbbbbbb.',
      },
    ]);
  });

  test('whose rotation was cancelled half-way needs a repair', async () => {
    await rig.client.send(new CancelRotateSecretCommand({ SecretId: secretName }));

    const { exitCode, stdout } = await rig.status(secretName);

    expect(exitCode).toBe(1);
    expect(stdout).toContain('! AWSPENDING is on bbbbbbbb, and rotation is off.');
    expect(stdout).toContain('Rotation is switched off.');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`Run keyturn repair ${secretName}.`);
    await rig.takeOff('AWSPENDING', token);
    await rig.rotate();
  });

  test('whose database password somebody changed', async () => {
    const { DB_PASSWORD = '' } = valuesOf('AWSCURRENT');
    await rig.stack.postgres.setPassword(production.dbUser, 'somebody-changed-it');

    const { exitCode, stdout } = await rig.status(secretName);
    const { findings } = await rig.document();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('! The credential of DB_PASSWORD that is published under AWSCURRENT');
    expect(findings).toEqual([
      expect.objectContaining({ finding: 'current-rejected', key: 'DB_PASSWORD' }),
    ]);
    await rig.stack.postgres.setPassword(production.dbUser, DB_PASSWORD);
    expect(await rig.document()).toMatchObject({ exitCode: 0, state: 'works' });
  });

  test('whose Twilio token is dead', async () => {
    await promoteAnother(2);

    const { exitCode, state, findings } = await rig.document();

    expect({ exitCode, state }).toEqual({ exitCode: 1, state: 'attention' });
    expect(findings[0]).toMatchObject({
      finding: 'current-rejected',
      level: 'attention',
      key: 'TWILIO_AUTH_TOKEN',
    });
  });

  test('that is scheduled for deletion, until it is restored', async () => {
    await rig.client.send(new DeleteSecretCommand({ SecretId: secretName }));

    const { exitCode, stdout } = await rig.status(secretName);
    const [listed] = await secretsIn(await rig.status('--json'));

    expect(exitCode).toBe(1);
    expect(stdout).toContain('It is scheduled for deletion');
    expect(listed?.findings).toEqual([expect.objectContaining({ finding: 'being-deleted' })]);
    await rig.client.send(new RestoreSecretCommand({ SecretId: secretName }));
  });

  test('beside others: a row each, and what of which needs attention', async () => {
    await rig.rotate(development);

    const { exitCode, stdout } = await rig.status();

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /│ reminder-app\/development +│ works +│ \d+ seconds? ago +│ in \d+ days/,
    );
    expect(stdout).toMatch(/│ reminder-app\/production +│ attention +│/);
    expect(stdout).toContain('reminder-app/production needs attention:');
    expect(stdout).not.toContain('│ Ends');
    const verbose = await rig.status('--verbose');
    expect(verbose.stdout.match(/│ Ends /g)).toHaveLength(2);
  });

  test('beside one that is not there: the others are shown', async () => {
    const { exitCode, stdout } = await rig.status('shop/nowhere', development.secretName);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/│ shop\/nowhere +│ not asked +│ - +│ - /);
    expect(stdout).toMatch(/│ reminder-app\/development +│ works /);
    expect(stdout).toContain('[SECRET_NOT_FOUND]');
  });

  test('whose database does not answer', async () => {
    await rig.stack.postgres.stop();

    const { exitCode, stdout } = await rig.status(development.secretName);

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${development.secretName} needs attention:`);
    expect(stdout).toMatch(/│ rds-master-password +│ previous +│ cannot be asked +│/);
    expect(stdout).toContain('[UNREACHABLE]');
  });
});

test.each([
  ['a name of other characters', ['a b'], 'neither the name nor the ARN'],
  ['too long an interval', ['--watch=3601'], 'from 1 to 3600'],
  ['none at all', ['--watch=0'], 'from 1 to 3600'],
])('%s is wrong usage', async (_what, args, message) => {
  const { exitCode, stdout, stderr } = await rig.status(...args);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('--help shows how to call it', async () => {
  const { exitCode, stdout } = await rig.status('--help');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('keyturn status reminder-app/production --watch');
});

const token = 'b'.repeat(32);

interface Verdicts {
  readonly key: string;
  readonly credentials: readonly { readonly versionId: string; readonly verdict: string }[];
}

const valuesOf = (label: string): Record<string, string> =>
  JSON.parse(rig.stack.secretsManager.inspect(secretName, label)?.secretString ?? '{}');

interface Listed {
  readonly findings: readonly object[];
}

async function secretsIn({ stdout }: { stdout: string }): Promise<readonly Listed[]> {
  const { secrets } = JSON.parse(stdout);
  return secrets;
}

/** Somebody makes another token the primary one, so many times. */
async function promoteAnother(times: number): Promise<void> {
  const sid = valuesOf('AWSCURRENT').TWILIO_ACCOUNT_SID ?? '';
  const { twilio, twilioUrl } = rig.stack;
  const call = async (path: string) => {
    const authorization = `Basic ${btoa(`${sid}:${twilio.primaryOf(sid)}`)}`;
    const answer = await fetch(`${twilioUrl}/v1/AuthTokens/${path}`, {
      method: 'POST',
      headers: { authorization },
    });
    expect([200, 201]).toContain(answer.status);
  };
  for (let time = 0; time < times; time += 1) {
    if (twilio.secondaryOf(sid) === undefined) await call('Secondary');
    await call('Promote');
  }
}
