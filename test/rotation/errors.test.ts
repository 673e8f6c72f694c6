import { expect, test } from 'vitest';
import { codeOf, RotationError } from '../../src/rotation/errors.ts';

test.each([
  { thrown: new RotationError('THROTTLED', 'Too many calls.'), code: 'THROTTLED' },
  { thrown: new TypeError('Something else.'), code: 'UNEXPECTED' },
  { thrown: undefined, code: 'UNEXPECTED' },
])('the code of what was thrown: $code', ({ thrown, code }) => {
  expect(codeOf(thrown)).toBe(code);
});
