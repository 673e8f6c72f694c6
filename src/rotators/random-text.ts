import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 64 characters, six bits each, that need no quoting in URLs, shells, SQL or JSON. */
const urlSafe = `${letters}0123456789-_`;

/** Random text from the CSPRNG; starts with a letter, so that no tool takes it for an option. */
export const randomText = (length: number): string =>
  pick(letters) + Array.from({ length: length - 1 }, () => pick(urlSafe)).join('');

const pick = (alphabet: string) => alphabet.charAt(randomInt(alphabet.length));
