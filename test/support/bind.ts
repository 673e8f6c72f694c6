import type { Rotator } from '../../src/rotation/rotator.ts';
import { systemClock } from '../../src/handlers/system-clock.ts';
import type { RotatorKind, Systems } from '../../src/rotators/kind.ts';

const unused = async (): Promise<never> => {
  throw new Error('The rotator reached for a system that its test does not give it.');
};

/** A fresh rotator of this kind, as the configuration makes it for one invocation, unguarded. */
export function bind(kind: RotatorKind, { key, options = {}, systems = {} }: BindRequest): Rotator {
  const binding = kind.read(key, options);
  if (typeof binding === 'string') throw new Error(binding);
  return binding.bind({
    clock: systemClock,
    openRds: unused,
    openTwilioAccount: unused,
    openTwilioKeys: unused,
    postgres: { logIn: unused, open: unused },
    mysql: { logIn: unused, open: unused },
    readSecret: unused,
    ...systems,
  });
}

interface BindRequest {
  readonly key: string;
  readonly options?: object;
  readonly systems?: Partial<Systems>;
}
