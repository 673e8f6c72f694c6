import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import session from 'express-session';
import { expect, onTestFinished, test } from 'vitest';
import { signingKeys } from '../../src/app/signing-keys.ts';
import { minute, sample, ttl, world } from './support.ts';

test('express-session knows its sessions through a rotation, and signs new ones with the new key', async () => {
  const there = await world({
    document: { ...sample, SECRET_KEY: 'k1', SECRET_KEY_FALLBACKS: [] },
  });
  const { driven, put } = there;
  await driven.advance(60 * minute);
  const secrets = await there.secrets().ready();
  const url = await serve(signingKeys('SECRET_KEY', { secrets }));
  const first = await visit(url);

  await put({ ...sample, SECRET_KEY: 'k2', SECRET_KEY_FALLBACKS: ['k1'] }, 'AWSCURRENT');
  await secrets.refresh();
  expect((await visit(url, first.cookie)).visits).toBe(2);

  await driven.advance(ttl);
  expect((await visit(url, first.cookie)).visits).toBe(3);
  const second = await visit(url);

  // The old key is gone from the secret, as after two more rotations.
  await put({ ...sample, SECRET_KEY: 'k2', SECRET_KEY_FALLBACKS: [] }, 'AWSCURRENT');
  await secrets.refresh();
  expect((await visit(url, second.cookie)).visits).toBe(2);
  expect((await visit(url, first.cookie)).visits).toBe(1);
});

/** Counts the visits of a session. */
async function serve(secret: string[]): Promise<string> {
  const app = express();
  const counted = new Map<string, number>();
  app.use(session({ secret, resave: false, saveUninitialized: true }));
  app.get('/', (request, response) => {
    const visits = (counted.get(request.sessionID) ?? 0) + 1;
    counted.set(request.sessionID, visits);
    response.json(visits);
  });
  const server = createServer((request, response) => void app(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

async function visit(url: string, cookie = '') {
  const answer = await fetch(url, { headers: { cookie } });
  const [set = ''] = answer.headers.getSetCookie();
  return { visits: Number(await answer.text()), cookie: set.split(';')[0] ?? '' };
}
