/** Whom a request is for, by what tells the services themselves. The body is that of the request. */
export function addressedTo(request: Request, body: string): string {
  const target = request.headers.get('x-amz-target') ?? '';
  const byTarget = targets.find(([prefix]) => target.startsWith(prefix));
  if (byTarget) return byTarget[1];
  const { pathname } = new URL(request.url);
  if (pathname.startsWith('/2015-03-31/functions/')) return 'lambda';
  if (/^\/schedule(s|-groups)(\/|$)/.test(pathname)) return 'scheduler';
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return 'no service';
  return versions[new URLSearchParams(body).get('Version') ?? ''] ?? 'no service';
}

/** How `X-Amz-Target` begins for those that speak JSON. */
const targets = [
  ['secretsmanager.', 'secretsmanager'],
  ['AmazonSQS.', 'sqs'],
  ['TrentService.', 'kms'],
  ['GraniteServiceVersion20100801.', 'monitoring'],
  ['Logs_20140328.', 'logs'],
] as const;

/** The versions of the APIs that take forms. */
const versions: Readonly<Record<string, string>> = {
  '2014-10-31': 'rds',
  '2011-06-15': 'sts',
  '2010-03-31': 'sns',
  '2010-05-08': 'iam',
};

/** The operation that `X-Amz-Target` names. */
export const targetIn = (request: Request): string =>
  request.headers.get('x-amz-target')?.split('.').at(-1) ?? '';
