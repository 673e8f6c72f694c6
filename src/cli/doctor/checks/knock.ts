import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What came back from an address, whatever it says: it is reached. */
export interface Answered {
  /** The clock at the other end, and ours in the middle of the exchange. */
  readonly theirs: Date | undefined;
  readonly ours: Date;
  /** What answered in place of AWS, such as `HTTP 404, text/html`; absent where it was AWS. */
  readonly other?: string | undefined;
}

/**
 * Asks what Secrets Manager answers to nobody: the question is not signed, and AWS refuses it in a
 * shape of its own. Throws what the system says.
 */
export function knock(url: URL, now: () => Date): Promise<Answered> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const begun = now().getTime();
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent: false, timeout: 5_000, headers };
    const sent = request(url, options, (response) => {
      const ours = new Date((begun + now().getTime()) / 2);
      const date = new Date(response.headers.date ?? '');
      const theirs = Number.isNaN(date.getTime()) ? undefined : date;
      otherThanAws(response).then((other) => resolve({ theirs, ours, other }), reject);
    });
    // What sends a byte now and then is never silent, and never answers.
    const late = setTimeout(() => sent.destroy(new NoAnswer()), 10_000);
    sent.on('close', () => clearTimeout(late));
    sent.on('timeout', () => sent.destroy(new NoAnswer()));
    sent.on('error', reject);
    sent.end('{}');
  });
}

const headers = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'secretsmanager.DescribeSecret',
};

async function otherThanAws(response: IncomingMessage): Promise<string | undefined> {
  const { headers: given, statusCode } = response;
  if (hasNamesOfAws(given)) {
    response.destroy();
    return undefined;
  }
  // What stands between may let AWS's headers fall.
  if (/"__type"\s*:/.test(await beginningOf(response))) return undefined;
  return [`HTTP ${statusCode ?? 'unknown'}`, kindOf(given)].filter(Boolean).join(', ');
}

const hasNamesOfAws = (given: IncomingHttpHeaders) =>
  Object.keys(given).some((name) => /^x-amzn?-/.test(name));

const kindOf = (given: IncomingHttpHeaders) =>
  /^[\w.+/-]{1,60}/.exec(given['content-type'] ?? '')?.[0];

/** As much of a body as an error of AWS's has; what breaks off counts as far as it came. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > 4_096) break;
    }
  } catch {
    return text;
  }
  return text;
}

class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT';
}
