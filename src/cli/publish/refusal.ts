import { Failure } from '../failure.ts';
import { printableName } from '../printable.ts';
import type { JudgedKey, Meaning } from './judgement.ts';
import type { Published } from './prove.ts';

/** A value that was not published, and for each rotated key what its system said. */
export class PublishRefused extends Failure {
  readonly keys: readonly JudgedKey[];

  constructor(code: 'NOT_ACCEPTED' | 'NOT_PROVEN', message: string, keys: readonly JudgedKey[]) {
    super(code, message);
    this.keys = keys;
  }

  override toJSON() {
    return { ...super.toJSON(), keys: this.keys };
  }
}

/** Why a value was not published, and that AWSCURRENT is where it was. The advice goes last. */
export function refusalOf(
  { keys, problem }: Published,
  advice: Readonly<Partial<Record<Meaning, string>>> = {},
): PublishRefused {
  const sentences = refusing.flatMap((meaning) => {
    const concerned = keys.filter((each) => each.meaning === meaning);
    if (concerned.length === 0) return [];
    return [said(meaning, concerned), advice[meaning] ?? ''];
  });
  const whole =
    problem === undefined ? [] : [`A rotation could not go on from that value: ${problem}`];
  const isRefused = keys.some(({ meaning }) => meaning === 'breaks' || meaning === 'dead-too');
  const message = [...whole, ...sentences, 'AWSCURRENT was left where it was.'].filter(Boolean);
  return new PublishRefused(isRefused ? 'NOT_ACCEPTED' : 'NOT_PROVEN', message.join(' '), keys);
}

const refusing = ['breaks', 'dead-too', 'unproven'] as const;

function said(meaning: (typeof refusing)[number], concerned: readonly JudgedKey[]): string {
  const names = concerned.map(({ key }) => printableName(key)).join(', ');
  switch (meaning) {
    case 'breaks':
      return `${names}: the credential is not accepted, and the one in AWSCURRENT is not refused.`;
    case 'dead-too':
      return `${names}: the credential is not accepted, and neither is the one in AWSCURRENT.`;
    case 'unproven': {
      const problems = concerned.flatMap(({ problem }) => problem ?? []);
      return `${names}: nobody could tell whether the credential works. ${problems.join(' ')}`.trim();
    }
  }
}
