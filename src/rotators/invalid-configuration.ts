import { RotationError } from '../rotation/errors.ts';

export const invalidConfiguration = (problem: string, key?: string) =>
  new RotationError('CONFIG_INVALID', `rotation.config.ts cannot be used: ${problem}`, { key });
