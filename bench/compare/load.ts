import * as v from 'valibot';
import { whereaboutsOf } from '../../src/local/consumers/surroundings.ts';
import { production } from '../../src/local/stack/environments.ts';
import type { Stack } from '../../src/local/stack/stack.ts';
import type { Strategy, UseName } from '../../src/local/strategies/strategy.ts';
import { startChild } from '../child.ts';
import { type Assignment, type Question, receiver, tallies } from './assignment.ts';
import { type Repeated, repeated } from './repeated.ts';
import type { Tally } from './tally.ts';

/** What became of one use of a credential, by both kinds of users. */
export interface Used {
  readonly use: UseName;
  /** By whoever takes what is published at that moment, and knows nothing else. */
  readonly bare: Tally;
  /** By keyturn/app. */
  readonly application: Tally;
}

/** Everybody who uses what a strategy rotates, all the time. */
export interface Load extends AsyncDisposable {
  counts(): Promise<readonly Used[]>;
}

export async function startLoad(stack: Stack, strategy: Strategy): Promise<Load> {
  const uses = strategy.uses.filter((use) => use !== 'webhooks');
  const assigned: Assignment = { ...whereaboutsOf(stack), uses };
  const child = await startChild('compare/load-process.ts', { args: [JSON.stringify(assigned)] });
  const ask = (asked: Question) => child.ask(asked);
  const { url } = v.parse(receiver, await ask({ ask: 'receiver' }));
  const isTold = strategy.uses.includes('webhooks');
  const webhooks = isTold ? sendWebhooks(stack, url) : undefined;

  return {
    async counts() {
      const inProcess = v.parse(tallies, await ask({ ask: 'tallies' }));
      return webhooks ? [...inProcess, talliesOf(webhooks)] : inProcess;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([webhooks?.bare.stop(), webhooks?.application.stop()]);
      await child[Symbol.asyncDispose]();
    },
  };
}

const published = v.pipe(v.string(), v.parseJson(), v.object({ TWILIO_ACCOUNT_SID: v.string() }));

/** Twilio makes these calls: a message was answered, and the application is told. */
function sendWebhooks({ twilio, secretsManager }: Stack, url: string) {
  const { secretString } = secretsManager.inspect(production.secretName) ?? {};
  const { TWILIO_ACCOUNT_SID: accountSid } = v.parse(published, secretString);
  const message = { From: '+15005550011', Body: 'STOP' };
  const sendTo = (path: string) =>
    repeated(async () => {
      const { status } = await twilio.webhooks.send(accountSid, url + path, message);
      if (status !== 200) throw new Error(`The webhook was answered with ${status}.`);
    });
  return { bare: sendTo('/bare'), application: sendTo('/application') };
}

const talliesOf = ({ bare, application }: { bare: Repeated; application: Repeated }): Used => ({
  use: 'webhooks',
  bare: bare.tally,
  application: application.tally,
});
