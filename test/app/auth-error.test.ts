import * as fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { isAuthError } from '../../src/app/auth-error.ts';
import { errorOf } from './refusing-databases.ts';

const restException = (statusCode: number, code: number) =>
  new twilio.RestException({ statusCode, body: { code, message: 'Authenticate' } });

const refusal = () => Object.assign(new Error('refused'), { code: '28P01' });
const wrapped = (cause: unknown) => new Error('the request failed', { cause });

describe('behaviour 8: what real clients throw', () => {
  test.each([
    { client: 'pg', error: () => errorOf.pg('28P01') },
    { client: 'pg, of a login that is not there', error: () => errorOf.pg('28000') },
    { client: 'postgres', error: () => errorOf.postgres('28P01') },
    { client: 'mysql2', error: () => errorOf.mysql2(1045, '28000') },
    { client: 'mariadb', error: () => errorOf.mariadb(1045, '28000') },
    { client: 'twilio', error: () => restException(401, 20003) },
    { client: 'twilio, of another code', error: () => restException(401, 70051) },
    { client: 'an HTTP client', error: () => Object.assign(new Error('x'), { statusCode: 401 }) },
  ])('is a refusal: $client', async ({ error }) => {
    const thrown: unknown = await error();
    expect(thrown).toBeInstanceOf(Error);
    expect(isAuthError(thrown)).toBe(true);
    expect(isAuthError(wrapped(wrapped(thrown)))).toBe(true);
  });

  test.each([
    { client: 'pg, shutting down', error: () => errorOf.pg('57P01') },
    { client: 'pg, with too many connections', error: () => errorOf.pg('53300') },
    { client: 'postgres, starting up', error: () => errorOf.postgres('57P03') },
    { client: 'mysql2, with too many connections', error: () => errorOf.mysql2(1040, '08004') },
    { client: 'mariadb, of an unknown database', error: () => errorOf.mariadb(1049, '42000') },
    { client: 'twilio, of a number', error: () => restException(400, 21211) },
    { client: 'twilio, forbidden', error: () => restException(403, 20403) },
    { client: 'a network', error: () => Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) },
  ])('is none: $client', async ({ error }) => {
    const thrown: unknown = await error();
    expect(thrown).toBeInstanceOf(Error);
    expect(isAuthError(thrown)).toBe(false);
  });
});

describe('where it is hidden', () => {
  const inherited = () => {
    const error = refusal();
    return { error: Object.setPrototypeOf({ message: 'mine' }, error), expected: true };
  };
  const without = Object.assign(Object.create(null), { code: '28P01' });

  test.each<{ where: string; error: unknown; expected?: boolean }>([
    { where: 'one of several', error: new AggregateError([new Error('x'), refusal()]) },
    { where: 'behind one of several', error: new AggregateError([wrapped(refusal())]) },
    { where: 'several behind one', error: wrapped(new AggregateError([refusal()])) },
    { where: 'ten causes deep', error: Array.from({ length: 10 }).reduce(wrapped, refusal()) },
    { where: 'inherited', ...inherited() },
    { where: 'an object without a prototype', error: without },
  ])('finds it: $where', ({ error }) => {
    expect(isAuthError(error)).toBe(true);
  });
});

const fail = () => {
  throw new Error('do not look');
};

describe('never throws', () => {
  test.each([undefined, null, '', '28P01', 401, 1045n, Symbol('x'), () => 401, [], [refusal]])(
    'at %s, which is none',
    (thrown) => {
      expect(isAuthError(thrown)).toBe(false);
    },
  );

  test('at rings of causes and of several', () => {
    const ring = new Error('ring');
    ring.cause = wrapped(ring);
    const several = new AggregateError([ring]);
    several.errors.push(several, ring, wrapped(several));
    expect(isAuthError(ring)).toBe(false);
    expect(isAuthError(several)).toBe(false);
    several.errors.push(refusal());
    expect(isAuthError(several)).toBe(true);
  });

  test('at causes without an end', () => {
    const endless = (): object => ({
      get cause() {
        return endless();
      },
      get errors() {
        return [endless(), endless()];
      },
    });
    expect(isAuthError(endless())).toBe(false);
  });

  test('at what throws where it is read', () => {
    const gone = Proxy.revocable([], {});
    gone.revoke();
    const shy = Object.defineProperties(new Error('x'), {
      code: { get: fail },
      status: { get: fail },
      cause: { get: () => refusal() },
    });
    expect(isAuthError(shy)).toBe(true);
    expect(isAuthError(new Proxy({}, { get: fail, getPrototypeOf: fail }))).toBe(false);
    expect(isAuthError(gone.proxy)).toBe(false);
    expect(isAuthError({ errors: gone.proxy, cause: refusal() })).toBe(true);
  });

  test('at anything', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => {
        expect(typeof isAuthError(thrown)).toBe('boolean');
        expect(isAuthError(wrapped(thrown))).toBe(isAuthError(thrown));
      }),
    );
  });
});
