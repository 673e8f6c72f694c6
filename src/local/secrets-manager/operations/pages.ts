import { SecretsManagerError } from '../errors.ts';

export interface Page<T> {
  readonly items: T[];
  readonly NextToken: string | undefined;
}

/** The page that `NextToken` asks for. Throws InvalidNextTokenException for one not ours. */
export function pageOf<T>(
  all: readonly T[],
  {
    MaxResults = 100,
    NextToken,
  }: { MaxResults?: number | undefined; NextToken?: string | undefined },
): Page<T> {
  const start = NextToken === undefined ? 0 : offsetIn(NextToken);
  const end = start + MaxResults;
  return { items: all.slice(start, end), NextToken: end < all.length ? tokenFor(end) : undefined };
}

const tokenFor = (offset: number) => Buffer.from(`offset:${offset}`).toString('base64');

function offsetIn(token: string): number {
  const offset = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64').toString('latin1'))?.[1];
  if (offset !== undefined) return Number(offset);
  throw new SecretsManagerError('InvalidNextTokenException', 'The NextToken value is invalid.');
}
