import { inspect } from 'node:util';
import { RotationError } from '../../../src/rotation/errors.ts';
import type { Leak } from './leak.ts';

interface Thrown extends Omit<Leak, 'leak'> {
  readonly thrown: (value: string) => unknown;
}

const objects: readonly Thrown[] = [
  { name: 'a cause, four deep', thrown: (value) => nested(value, 4) },
  {
    name: 'causes that go round in a circle',
    thrown: (value) => {
      const [one, other] = [new Error('one'), new Error(value)];
      return Object.assign(one, { cause: Object.assign(other, { cause: one }) });
    },
  },
  { name: 'a cause that is no error', thrown: (value) => new Error('x', { cause: { value } }) },
  {
    name: 'AggregateError.errors',
    thrown: (value) => new AggregateError([new Error('x'), new Error(value)], 'all failed'),
  },
  { name: 'an error of ours as the cause', thrown: (value) => ours('ours', new Error(value)) },
  { name: 'the message of an error of ours', thrown: (value) => ours(`refused ${value}`) },
  {
    name: 'the key of an error of ours',
    thrown: (key) => new RotationError('UNREACHABLE', 'x', { key }),
  },
  {
    name: 'the code of an error of ours',
    thrown: (code) => Object.assign(ours('x'), { code }),
  },
  {
    name: 'what hangs on an error of ours',
    thrown: (value) => Object.assign(ours('x'), { value }),
  },
  {
    name: 'toJSON',
    thrown: (value) => Object.assign(new Error('x'), { toJSON: () => ({ value }) }),
  },
  {
    name: 'the custom inspect',
    thrown: (value) => Object.assign(new Error('x'), { [inspect.custom]: () => `<${value}>` }),
  },
  {
    name: 'toString',
    thrown: (value) => Object.assign(new Error('x'), { toString: () => `<${value}>` }),
  },
  { name: 'a getter', thrown: (value) => withGetter('config', () => value) },
  { name: 'a message that is a getter', thrown: (value) => withGetter('message', () => value) },
  ...['message', 'name', 'stack', 'cause', 'code'].map((name) => ({
    name: `a getter of ${name} that throws`,
    thrown: (value: string) =>
      withGetter(name, () => {
        throw new Error(value);
      }),
  })),
  {
    name: 'a symbol',
    thrown: (value) => Object.assign(new Error('x'), { [Symbol('request')]: { value } }),
  },
  {
    name: 'a symbol’s own name',
    thrown: (value) => Object.assign(new Error('x'), { [Symbol(value)]: 1 }),
  },
  {
    name: 'a property that is not enumerable',
    thrown: (value) => Object.defineProperty(new Error('x'), 'request', { value }),
  },
  { name: 'a property’s name', thrown: (value) => Object.assign(new Error('x'), { [value]: 1 }) },
  { name: 'the name', thrown: (name) => Object.assign(new Error('x'), { name }) },
  { name: 'the code', thrown: (code) => Object.assign(new Error('x'), { code }) },
  {
    name: 'a number',
    thrown: (value) => Object.assign(new Error('x'), { code: Number(value) }),
    value: '20003',
  },
  { name: 'a stack behind a clean message', thrown: (value) => stacked('x', `Error: ${value}`) },
  {
    name: 'a stack whose places are made up',
    thrown: (value) => stacked('x', `Error: x\n    at call (${value}.js:1:1)`),
    value: 'Kt7-secret_value.9aB',
  },
  {
    name: 'a message that looks like places',
    thrown: (value) => new Error(`x\n    at call (${value}.js:1:1)`),
    value: 'Kt7-secret_value.9aB',
  },
  {
    name: 'a message that is no text',
    thrown: (message) => Object.assign(new Error(), { message: { message } }),
  },
  { name: 'a text', thrown: (value) => `cannot take ${value}` },
  { name: 'an object', thrown: (value) => ({ statusCode: 500, body: { value } }) },
  { name: 'a function', thrown: (value) => Object.assign(() => undefined, { value }) },
  { name: 'a Buffer', thrown: (value) => Buffer.from(value) },
  { name: 'an object with a Proxy around it', thrown: (value) => new Proxy(new Error(value), {}) },
  {
    name: 'a Proxy that throws at whoever looks',
    thrown: (value) => {
      const look = () => {
        throw new Error(value);
      };
      return new Proxy(new Error(value), { get: look, getPrototypeOf: look, ownKeys: look });
    },
  },
  ...Object.entries({
    Map: (value: string) => new Map([['token', value]]),
    Set: (value: string) => new Set([value]),
    Buffer: (value: string) => Buffer.from(value),
    URL: (value: string) => new URL(`https://app:${encodeURIComponent(value)}@x.invalid/`),
    Headers: (value: string) => new Headers({ authorization: value }),
    URLSearchParams: (value: string) => new URLSearchParams({ value }),
    'list of lists': (value: string) => [[[value]]],
  }).map(([kind, config]) => ({
    name: `a ${kind} among the properties`,
    thrown: (value: string) => Object.assign(new Error('x'), { config: config(value) }),
  })),
];

/** What is thrown and keeps a value where only some printers look. */
export const leaksOfObjects: readonly Leak[] = objects.map(({ thrown, ...leak }) => ({
  ...leak,
  leak: (value) => {
    throw thrown(value);
  },
}));

const ours = (message: string, cause?: Error) =>
  new RotationError('PROVIDER_REFUSED', message, { cause });

const nested = (value: string, depth: number): Error =>
  depth === 0 ? new Error(value) : new Error('x', { cause: nested(value, depth - 1) });

const withGetter = (name: string, get: () => unknown) =>
  Object.defineProperty(new Error('x'), name, { get, enumerable: true, configurable: true });

const stacked = (message: string, stack: string) => Object.assign(new Error(message), { stack });
