import * as v from 'valibot';
import { RotationError } from '../../../src/rotation/errors.ts';
import type { Call, Credential, Rotator } from '../../../src/rotation/rotator.ts';
import { textOf } from '../../../src/rotators/credential-text.ts';
import { duration } from '../../../src/rotators/duration.ts';
import { defineRotator } from '../../../src/rotators/kind.ts';

/**
 * A service that holds any number of keys. A key makes another with POST /keys, shows itself with
 * GET /keys/self, and is ended by another one with DELETE /keys/{key}.
 */
export const exampleApiKey = defineRotator({
  name: 'example-api-key',
  options: v.strictObject({ url: v.string(), grace: v.optional(duration, '1h') }),
  grants: () => [],
  bind: ({ key, options: { url, grace } }): Rotator => {
    const keyOf = (credential: Credential) => textOf(credential, key);
    const ask = (call: Call, method: string, path: string, as: Credential) =>
      request({ method, url: `${url}${path}`, token: keyOf(as), signal: call.signal });
    const probe = async (call: Call & { readonly credential: Credential }) =>
      (await ask(call, 'GET', '/keys/self', call.credential)).status === 200
        ? 'accepted'
        : 'rejected';

    return {
      kind: 'example-api-key',
      key,
      changes: [key],
      reads: [],
      optional: [],
      graceMs: grace,
      madeByProvider: true,
      switchBudgetMs: 0,
      probe,

      async check(call) {
        if ((await probe({ ...call, credential: call.current })) === 'rejected') throw dead();
      },

      async create(call) {
        const { status, text } = await ask(call, 'POST', '/keys', call.current);
        if (status !== 201) throw dead();
        return { [key]: text };
      },

      async install(call) {
        if ((await probe({ ...call, credential: call.next })) === 'rejected') throw dead();
      },

      async revoke(call) {
        // A version from before this key was configured has none to revoke, nor has one with something
        // in it that no header carries.
        const victim = call.victim[key];
        if (typeof victim !== 'string' || !/^[!-~]+$/.test(victim)) return;
        if (victim === keyOf(call.keep)) return;
        if ((await probe({ ...call, credential: call.victim })) === 'rejected') return;
        const path = `/keys/${encodeURIComponent(victim)}`;
        const { status } = await ask(call, 'DELETE', path, call.keep);
        if (status === 401) throw dead();
      },
    };
  },
});

interface KeyRequest {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Only what the service itself answers is a verdict; everything else is thrown. */
async function request({ method, url, token, signal }: KeyRequest) {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, { method, headers, signal });
    if (response.status >= 500) throw unreachable();
    return { status: response.status, text: await response.text() };
  } catch {
    throw unreachable();
  }
}

const dead = () =>
  new RotationError(
    'CURRENT_REJECTED',
    'The service refuses the key in use. Put one that works into the secret, and rotate again.',
  );

const unreachable = () =>
  new RotationError(
    'UNREACHABLE',
    'The service gave no answer. It is tried again by itself; if it keeps failing, look at the route.',
  );
