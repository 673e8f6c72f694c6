import { expect, test } from 'vitest';
import { isSameSecret } from '../../../src/rotators/database/secret-id.ts';

const arnOf = (rest: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${rest}`;

test.each([
  ['a name and itself', 'db', 'db', true],
  ['two names', 'db', 'db-admins', false],
  ['an ARN and itself', arnOf('db-AbCdE1'), arnOf('db-AbCdE1'), true],
  ['two ARNs of one name', arnOf('db-AbCdE1'), arnOf('db-AbCdE2'), false],
  ['ARNs of two regions', arnOf('db-AbCdE1'), arnOf('db-AbCdE1').replace('eu', 'us'), false],
  // What looks like the end of an ARN may be a part of another secret's name.
  ['an ARN without its end, and one that goes on', arnOf('db'), arnOf('db-admins'), false],
  ['an ARN without its end, and a whole one', arnOf('db'), arnOf('db-AbCdE1'), false],
  ['a name and its ARN', 'db', arnOf('db-AbCdE1'), true],
  ['a name and its ARN without the end', 'shop/db', arnOf('shop/db'), true],
  ['a name with a hyphen and its ARN', 'db-admins', arnOf('db-admins-AbCdE1'), true],
  ['a name and the ARN of a longer one', 'db', arnOf('db-admins-AbCdE1'), false],
  ['a name and what must be the ARN of a shorter one', 'db-admins', arnOf('db-admins'), false],
  ['a name and the ARN of another', 'db', arnOf('other-AbCdE1'), false],
  ['a name and an ARN that ends in it', 'db', arnOf('shop/db-AbCdE1'), false],
  ['nothing and an ARN', '', arnOf('-AbCdE1'), false],
])('%s: %s, %s', (_, one, other, same) => {
  expect(isSameSecret(one, other)).toBe(same);
  expect(isSameSecret(other, one)).toBe(same);
});
