import { once } from 'node:events';
import { createServer } from 'node:http';
import cookieSession from 'cookie-session';
import express from 'express';
import Keygrip from 'keygrip';
import { describe, expect, onTestFinished, test } from 'vitest';
import { signingKeys } from '../../src/app/signing-keys.ts';
import { validateTwilioWebhook } from '../../src/app/validate-twilio-webhook.ts';
import { minute, sample, ttl, world } from './support.ts';

const hour = 60 * minute;
const listing = (SECRET_KEY: string, ...SECRET_KEY_FALLBACKS: string[]) => ({
  ...sample,
  SECRET_KEY,
  SECRET_KEY_FALLBACKS,
});

async function app(document: object = listing('k1')) {
  const there = await world({ document });
  // The secret is no new one.
  await there.driven.advance(48 * hour);
  const secrets = await there.secrets().ready();
  const keys = signingKeys('SECRET_KEY', { secrets });
  return { ...there, app: secrets, keys, sign: new Keygrip(keys) };
}

describe('behaviour 9: signs with current, verifies with the others as well', () => {
  test('a new key verifies at once, and signs once it has settled', async () => {
    const { app: these, keys, sign, put, driven } = await app();
    const old = sign.sign('session');
    await put(listing('k2', 'k1'), 'AWSCURRENT');
    await these.refresh();

    expect([...keys]).toEqual(['k1', 'k2']);
    expect(sign.sign('session')).toBe(old);
    expect(sign.verify('session', new Keygrip(['k2']).sign('session'))).toBe(true);

    await driven.advance(ttl);
    expect([...keys]).toEqual(['k2', 'k1']);
    expect(sign.sign('session')).not.toBe(old);
    expect(sign.verify('session', old)).toBe(true);
  });

  test('settles as long as it is told', async () => {
    const { app: these, put, driven } = await app();
    const keys = signingKeys('SECRET_KEY', { secrets: these, settleMs: minute });
    expect(keys[0]).toBe('k1');
    await put(listing('k2', 'k1'), 'AWSCURRENT');
    await these.refresh();
    expect(keys[0]).toBe('k1');
    await driven.advance(minute);
    expect(keys[0]).toBe('k2');
  });

  test.each([
    { what: 'at once, where the version is old', age: 48 * hour, first: 'k2' },
    { what: 'after it settled, soon after a rotation', age: minute, first: 'k1' },
    { what: 'after it settled, soon after a slow rotation', age: hour, first: 'k1' },
  ])('an instance that starts signs with the new key $what', async ({ age, first }) => {
    const { put, driven, secrets } = await app();
    await put(listing('k2', 'k1'), 'AWSCURRENT');
    await driven.advance(age);

    const keys = signingKeys('SECRET_KEY', { secrets: await secrets().ready() });

    expect(keys[0]).toBe(first);
    expect([...keys].toSorted()).toEqual(['k1', 'k2']);
    await driven.advance(ttl);
    expect(keys[0]).toBe('k2');
  });

  test('an only key signs, however new it is', async () => {
    const { secrets } = await world({ document: listing('k1') });
    expect(signingKeys('SECRET_KEY', { secrets: await secrets().ready() })[0]).toBe('k1');
  });

  test('what was taken off the fallbacks verifies no more', async () => {
    const { app: these, sign, keys, put } = await app();
    const stolen = sign.sign('session');
    await put(listing('k2'), 'AWSCURRENT');
    await these.refresh();

    expect([...keys]).toEqual(['k2']);
    expect(sign.verify('session', stolen)).toBe(false);
  });

  test('without a list the previous version’s key verifies', async () => {
    const { app: these, keys, put, driven } = await app(sample);
    await put({ ...sample, SECRET_KEY: 'k2' }, 'AWSCURRENT');
    await these.refresh();
    expect([...keys]).toEqual(['k2', sample.SECRET_KEY]);
    await driven.advance(3 * ttl);
    expect([...keys]).toEqual(['k2', sample.SECRET_KEY]);
  });

  test('without a list an instance that starts finds the previous one', async () => {
    const { put, secrets, driven } = await app(sample);
    await put({ ...sample, SECRET_KEY: 'k2' }, 'AWSCURRENT');
    const keys = signingKeys('SECRET_KEY', { secrets: await secrets().ready() });
    expect(keys[0]).toBe('k2');
    await driven.advance(1);
    expect([...keys]).toEqual(['k2', sample.SECRET_KEY]);
  });

  test('a pending one’s key verifies where that is known, until another version is current', async () => {
    const { app: these, keys, put } = await app();
    await put(listing('pending'), 'AWSPENDING');
    // Whoever looks for a pending version makes it known.
    await validateTwilioWebhook(
      { url: 'https://app.example/', signature: 'x' },
      { secrets: these },
    );
    expect([...keys]).toEqual(['k1', 'pending']);

    await put(listing('k2', 'k1'), 'AWSCURRENT');
    await these.refresh();
    expect([...keys]).toEqual(['k1', 'k2']);
  });

  test('an empty key in the list is none: anybody can sign with it', async () => {
    const { keys, sign } = await app(listing('k1', '', 'k0'));
    expect([...keys]).toEqual(['k1', 'k0']);
    expect(sign.verify('session', new Keygrip(['']).sign('session'))).toBe(false);
  });

  test.each([['a text'], [{ k0: 1 }], [7], [null]])('a list that is none: %j', async (list) => {
    const { keys } = await app({ ...sample, SECRET_KEY: 'k1', SECRET_KEY_FALLBACKS: list });
    expect([...keys]).toEqual(['k1']);
  });

  test('entries of the list that are no texts are left out', async () => {
    const { keys } = await app({
      ...sample,
      SECRET_KEY: 'k1',
      SECRET_KEY_FALLBACKS: [1, 'k0', {}],
    });
    expect([...keys]).toEqual(['k1', 'k0']);
  });

  test('throws before ready, and where there is no key', async () => {
    const { secrets, app: these } = await app();
    expect(() => signingKeys('SECRET_KEY', { secrets: secrets() })[0]).toThrow('ready()');
    expect(() => signingKeys('OTHER', { secrets: these })[0]).toThrow('no value for OTHER');
  });
});

describe('it is an array to whoever reads it', () => {
  test('by every way there is', async () => {
    const { keys } = await app(listing('k1', 'k0'));
    expect(Array.isArray(keys)).toBe(true);
    expect([...keys]).toEqual(['k1', 'k0']);
    expect(keys.length).toBe(2);
    expect(keys.includes('k0')).toBe(true);
    expect(keys.map((key) => key.length)).toEqual([2, 2]);
    expect(keys.indexOf('k0')).toBe(1);
    expect(0 in keys && 1 in keys && !(2 in keys)).toBe(true);
    expect(Object.keys(keys)).toEqual(['0', '1']);
    expect(keys.slice()).toEqual(['k1', 'k0']);
    expect(['x', ...keys]).toEqual(['x', 'k1', 'k0']);
    expect(['x'].concat(keys)).toEqual(['x', 'k1', 'k0']);
    expect(Array.from(keys.entries())).toEqual([
      [0, 'k1'],
      [1, 'k0'],
    ]);
  });

  test.each<[string, (keys: string[]) => unknown]>([
    ['push', (keys) => keys.push('mine')],
    ['unshift', (keys) => keys.unshift('mine')],
    ['pop', (keys) => keys.pop()],
    ['copyWithin', (keys) => keys.copyWithin(0, 1)],
    ['splice', (keys) => keys.splice(0, 1, 'mine')],
    ['an assignment', (keys) => (keys[0] = 'mine')],
    ['an assignment of its length', (keys) => (keys.length = 0)],
    ['freeze', (keys) => Object.freeze(keys)],
    ['a definition', (keys) => Object.defineProperty(keys, 0, { value: 'mine' })],
    ['another prototype', (keys) => Object.setPrototypeOf(keys, null)],
  ])('it is not changed by %s', async (_, change) => {
    const { keys, app: these, put } = await app(listing('k2', 'k1'));
    expect(() => change(keys)).toThrow(TypeError);
    expect(Reflect.deleteProperty(keys, '0')).toBe(false);
    expect([...keys]).toEqual(['k2', 'k1']);
    await put(listing('k3', 'k2', 'k1'), 'AWSCURRENT');
    await these.refresh();
    expect([...keys]).toHaveLength(3);
  });
});

test('a session of cookie-session outlives rotations, without a restart', async () => {
  const { app: these, keys, put, driven } = await app();
  const web = express();
  web.use(cookieSession({ keys }));
  web.get('/', (request, response) => {
    // Its type depends on which middleware's types are installed.
    const session: unknown = request.session;
    const kept = Object(session);
    const visits = Number(Reflect.get(kept, 'visits') ?? 0) + 1;
    Reflect.set(kept, 'visits', visits);
    response.json(visits);
  });
  const server = createServer(web).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const jar = new Map<string, string>();

  async function visit(): Promise<unknown> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return response.json();
  }

  expect(await visit()).toBe(1);
  for (const [round, next] of [listing('k2', 'k1'), listing('k3', 'k2', 'k1')].entries()) {
    await put(next, 'AWSCURRENT');
    await these.refresh();
    expect(await visit()).toBe(2 + 2 * round);
    await driven.advance(ttl);
    expect(await visit()).toBe(3 + 2 * round);
  }
  await put(listing('k4'), 'AWSCURRENT');
  await these.refresh();
  expect(await visit()).toBe(1);
});
