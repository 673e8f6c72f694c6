import { defineRotator } from '../kind.ts';
import { withLateVerbs, type Shape } from '../late-verbs.ts';
import { options, type Options } from './options.ts';

/**
 * An API key of a Twilio account or subaccount: its SID and its secret, which change together. An
 * account holds many keys, so a new one works beside the old until that is deleted. Source of the
 * rules: https://www.twilio.com/docs/iam/api-keys/key-resource-v1.
 */
export const twilioApiKey = defineRotator({
  name: 'twilio-api-key',
  options,
  grants: () => [],
  follows: ({ authTokenKey }) => [authTokenKey],
  bind: ({ key, options: chosen, systems }) =>
    withLateVerbs(shapeOf(key, chosen), async () =>
      (await import('./verbs.ts')).verbsOf(key, chosen, systems),
    ),
});

function shapeOf(key: string, { sidKey, accountSidKey, authTokenKey, grace }: Options): Shape {
  return {
    kind: 'twilio-api-key',
    key,
    changes: [key, sidKey],
    reads: [accountSidKey, authTokenKey],
    optional: [],
    shown: [sidKey, accountSidKey],
    graceMs: grace,
    madeByProvider: true,
    switchBudgetMs: 0,
  };
}
