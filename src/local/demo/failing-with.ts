import { setTimeout } from 'node:timers/promises';

/** How long Ctrl-C may take from the child that it ends to us, in ms: it goes to both at once. */
const sameMoment = 200;

/**
 * A signal that aborts as the given one does, and when a child has died, with what is known of that.
 * A child that died of what interrupts us, too, is no failure.
 */
export function failingWith(died: Promise<Error>, interrupted: AbortSignal): AbortSignal {
  const failure = new AbortController();
  void abortWhen(died, failure);
  return AbortSignal.any([interrupted, failure.signal]);
}

async function abortWhen(died: Promise<Error>, failure: AbortController): Promise<void> {
  const error = await died;
  await setTimeout(sameMoment);
  failure.abort(error);
}
