import assert from 'node:assert/strict';
import createSecret from '../../events/create-secret.json' with { type: 'json' };
import { development } from '../../src/local/stack/environments.ts';
import { login } from '../local/postgres/login.ts';
import type { RunningStack } from './running-stack.ts';

/** How a person runs a sample event, and arms the next rotation: commands that throw on failure. */
export interface ByHand {
  /** By the name of its file in events/. Answers what was printed. */
  readonly invoke: (event: string) => Promise<string>;
  readonly begin: (...options: readonly string[]) => Promise<unknown>;
}

const token = createSecret.ClientRequestToken;
const rotated = ['SECRET_KEY', 'DB_PASSWORD', 'TWILIO_AUTH_TOKEN'];

/** Everything that docs/invoking.md has one type, with what must hold after each command. */
export async function everythingByHand(stack: RunningStack, hand: ByHand): Promise<void> {
  await rotation(stack, hand);
  await hand.begin();
  await rotation(stack, hand);
  assert.match(await hand.invoke('reconcile'), /reconcile: /);
  await rollback(stack, hand);
  await testOnly(stack, hand);
}

/** A whole rotation, step by step, of a secret for which one is armed. */
async function rotation(stack: RunningStack, { invoke }: ByHand): Promise<void> {
  const before = await stack.published();

  await invoke('create-secret');
  assert.equal((await stack.labels()).AWSPENDING, token);
  assert.deepEqual(await stack.published(), before);

  for (const step of ['set-secret', 'test-secret']) {
    await invoke(step);
    assert.notEqual((await stack.labels()).AWSCURRENT, token);
    assert.equal(await loginWith(stack, before), development.dbUser);
  }

  await invoke('finish-secret');
  const after = await stack.published();
  assert.equal((await stack.labels()).AWSCURRENT, token);
  for (const key of rotated) assert.notEqual(after[key], before[key], `${key} is new`);
  assert.equal(await loginWith(stack, after), development.dbUser);
  assert.equal(await loginWith(stack, before), '28P01');
}

async function rollback(stack: RunningStack, { invoke }: ByHand): Promise<void> {
  const undone = await stack.published();
  const { AWSPREVIOUS: former } = await stack.labels();

  await invoke('rollback');
  assert.equal((await stack.labels()).AWSCURRENT, former);
  assert.equal(await loginWith(stack, await stack.published()), development.dbUser);
  assert.equal(await loginWith(stack, undone), '28P01');
}

async function testOnly(stack: RunningStack, { invoke, begin }: ByHand): Promise<void> {
  const before = await stack.published();
  const { AWSCURRENT: current } = await stack.labels();
  await begin('--test-only');
  const { AWSPENDING: passing } = await stack.labels();
  assert.notEqual(passing, current);

  assert.match(await invoke('test-only'), /testSecret done/);
  assert.equal((await stack.labels()).AWSCURRENT, current);
  assert.deepEqual(await stack.published(), before);

  await begin();
  assert.equal((await stack.labels()).AWSPENDING, token);
}

const loginWith = ({ database }: RunningStack, values: Readonly<Record<string, unknown>>) =>
  login(database, development.dbUser, String(values['DB_PASSWORD']));
