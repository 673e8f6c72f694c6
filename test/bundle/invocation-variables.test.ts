import { expect, it } from 'vitest';
import { functionVariables } from '../../src/local/invoke/function-variables.ts';
import { readableLine } from '../../src/local/invoke/readable-line.ts';

it('lets the caller’s environment win, where it sets what a function reads', async () => {
  const variables = await functionVariables('RotationFunction', {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    KEYTURN_DB_VERIFY: 'describe',
  });

  expect(variables).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    KEYTURN_DB_VERIFY: 'describe',
    KEYTURN_SECRET: 'reminder-app/development',
  });
});

it('counts an empty variable as unset: AWS itself must never be called', async () => {
  const variables = await functionVariables('ReconcileFunction', { AWS_ENDPOINT_URL: '' });

  expect(variables['AWS_ENDPOINT_URL']).toMatch(/^http:/);
});

it.each(['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'PGPASSWORD', 'NODE_OPTIONS'])(
  'keeps %s from the functions',
  async (name) => {
    const variables = await functionVariables('RotationFunction', { [name]: 'mine' });

    expect(variables).not.toHaveProperty(name);
  },
);

it.each([
  [
    '{"level":"INFO","message":"createSecret done","step":"createSecret"}',
    'INFO  createSecret done',
  ],
  ['{"level":"ERROR","message":"It failed.","code":"THROTTLED"}', 'ERROR It failed. THROTTLED'],
  [
    '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"Keyturn","Dimensions":[["Secret"]],"Metrics":' +
      '[{"Name":"ReconcileBooked","Unit":"Count"},{"Name":"SwitchGap","Unit":"Milliseconds"}]}]},' +
      '"Secret":"shop","ReconcileBooked":[1,1],"SwitchGap":345}',
    'METRIC ReconcileBooked 1 and 1, SwitchGap 345 Milliseconds',
  ],
  ['(node:1) a warning', '(node:1) a warning'],
  ['{"level":', '{"level":'],
])('prints %s as a person reads it', (line, readable) => {
  expect(readableLine(line)).toBe(readable);
});
