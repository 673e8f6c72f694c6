import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DoctorRig, startDoctorRig } from './doctor-rig.ts';

let rig: DoctorRig;
beforeAll(async () => {
  rig = await startDoctorRig();
  await rig.rotate();
});
afterAll(() => rig.stop());

test('a stored password that the database does not take, where the one before works', async () => {
  const good = await rig.read();
  await rig.put(JSON.stringify({ ...good, DB_PASSWORD: 'never-set-anywhere-5R' }));

  const { fails, of } = await rig.doctor();
  await rig.put(JSON.stringify(good));

  expect(fails).toEqual(['DATABASE_PASSWORD_REJECTED']);
  expect(of('DATABASE_PASSWORD_REJECTED')).toMatchObject({
    key: 'DB_PASSWORD',
    message: expect.stringContaining('the one under AWSPREVIOUS works'),
    fix: expect.stringContaining('keyturn repair'),
  });
});

test('a Twilio token that was ended after a rotation, whose label is right', async () => {
  await rig.rotate();
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = await rig.read();
  const authorization = `Basic ${Buffer.from(`${String(sid)}:${String(token)}`).toString('base64')}`;
  const { status } = await fetch(`${rig.stack.twilioUrl}/v1/AuthTokens/Secondary`, {
    method: 'DELETE',
    headers: { authorization },
  });
  expect(status).toBe(204);

  const { fails, of } = await rig.doctor();

  expect(fails).toEqual(['TWILIO_CREDENTIAL_REJECTED']);
  expect(of('TWILIO_CREDENTIAL_REJECTED')).toMatchObject({
    key: 'TWILIO_AUTH_TOKEN',
    message: expect.stringContaining('the one under AWSPREVIOUS works'),
  });
});
