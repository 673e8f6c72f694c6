import { describe, expect, test } from 'vitest';
import { start } from './support.ts';

describe('the protocol', () => {
  test('refuses a request without a signature', async () => {
    const { url } = await start();

    const response = await fetch(`${url}/schedules`);

    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ Message: 'Missing Authentication Token' });
  });

  test('refuses a path it does not know', async () => {
    const { post } = await start();

    const response = await post('/connections', '{}');

    expect(response.status).toBe(404);
  });
});
