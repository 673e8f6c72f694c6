import { styleText } from 'node:util';
import type { Finding, SecretStatus, State } from './secret-status.ts';
import { relative } from './times.ts';
import { wrapped } from './wrapped.ts';

/** What a person reads first, and the findings below it. */
export function summary(status: SecretStatus, now: Date): string {
  const { name, state, findings } = status;
  const told = findings.map((finding) => sentence(finding));
  return [`${name} ${inColour(state, words[state])}${dates(status, now)}`, ...told].join('\n');
}

/** In words of their own: a colour is never all that tells. */
const words: Readonly<Record<State, string>> = {
  works: 'works',
  attention: 'needs attention',
  unknown: 'could not be asked',
};

const short: Readonly<Record<State, string>> = {
  works: 'works',
  attention: 'attention',
  unknown: 'not asked',
};

/** The state in a word or two, for a narrow column. */
export const stateCell = (state: State): string => inColour(state, short[state]);

const colours = { works: 'green', attention: 'red', unknown: 'yellow' } as const;

const inColour = (state: State, text: string) => styleText(colours[state], text);

function dates({ state, rotation }: SecretStatus, now: Date): string {
  if (state !== 'works' || !rotation) return state === 'works' ? '' : ':';
  return `; ${rotated(rotation.lastRotatedAt, now)}${next(rotation.nextRotationAt, now)}`;
}

const rotated = (last: string | undefined, now: Date) =>
  last === undefined ? 'never rotated yet' : `rotated ${relative(new Date(last), now)}`;

const next = (time: string | undefined, now: Date) =>
  time === undefined ? '' : `, next by ${time.slice(0, 10)} (${relative(new Date(time), now)})`;

/** `! ` before what a person must mend, `- ` before what passes. */
function sentence({ level, key, code, message }: Finding): string {
  const place = key === undefined || message.includes(key) ? '' : `${key}: `;
  const text = `${place}${message}${code === undefined ? '' : ` [${code}]`}`;
  const mark = level === 'attention' ? styleText('red', '!') : '-';
  return `${mark} ${wrapped(text).replaceAll('\n', '\n  ')}`;
}
