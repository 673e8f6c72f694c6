import type { UseName } from '../strategies/strategy.ts';
import type { Consumer } from './consumer.ts';
import { logins } from './logins.ts';
import { sessions } from './sessions.ts';
import type { Surroundings } from './surroundings.ts';
import { keyCalls, tokenCalls } from './twilio-calls.ts';

/** Consumers by what they do. Webhooks are received, not made: see `webhookReceiver`. */
export const consumers: Readonly<
  Record<Exclude<UseName, 'webhooks'>, (surroundings: Surroundings) => Consumer>
> = { sessions, logins, 'token calls': tokenCalls, 'key calls': keyCalls };
