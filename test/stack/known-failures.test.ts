import { afterAll, beforeAll, expect, test } from 'vitest';
import { production } from '../../src/local/stack/environments.ts';
import { refusedRotation } from './refused-rotation.ts';
import { accepted, startRig, works, type Rig } from './support.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ grace: '1h' });
});
afterAll(() => rig.stop());

/** What RDS answers to a password that its engine does not take. */
const refusesPasswords = (body: string) =>
  body.includes('ModifyDBInstance')
    ? new Response(
        '<ErrorResponse><Error><Code>InvalidParameterValue</Code></Error></ErrorResponse>',
        {
          status: 400,
          headers: { 'content-type': 'text/xml' },
        },
      )
    : undefined;

const pending = () => rig.stack.secretsManager.inspect(production.secretName, 'AWSPENDING');

test('a password that RDS refuses is given up, and the next rotation has another one (F-1, F-3)', async () => {
  const before = await rig.read();
  const rotation = await refusedRotation(rig, { grace: '1h', refuse: refusesPasswords });
  expect(rotation.code).toBe('PROVIDER_REFUSED');
  expect(rotation.pending.DB_PASSWORD).toMatch(/^.{20,}$/);
  expect(pending()).toBeUndefined();
  expect(await rig.read()).toEqual(before);
  expect(await accepted(rig.stack, before)).toEqual(works);

  expect((await rig.rotate()).outcome).toBe('RotationSucceeded');
  const after = await rig.read();
  expect(after.DB_PASSWORD).not.toBe(before.DB_PASSWORD);
  expect(after.DB_PASSWORD).not.toBe(rotation.pending.DB_PASSWORD);
  expect(await accepted(rig.stack, after)).toEqual(works);
});
