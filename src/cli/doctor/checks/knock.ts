import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What came back from an address, whatever it says: it is reached. */
export interface Answered {
  /** The clock at the other end, and ours in the middle of the exchange. */
  readonly theirs: Date | undefined;
  readonly ours: Date;
}

/** Asks for the front page, unsigned, as a client of AWS's connects. Throws what the system says. */
export function knock(url: URL, now: () => Date): Promise<Answered> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const begun = now().getTime();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'GET', agent: false, timeout: 5_000 }, (response) => {
      const ours = new Date((begun + now().getTime()) / 2);
      const date = new Date(response.headers.date ?? '');
      resolve({ theirs: Number.isNaN(date.getTime()) ? undefined : date, ours });
      response.destroy();
    });
    // What sends a byte now and then is never silent, and never answers.
    const late = setTimeout(() => sent.destroy(new NoAnswer()), 10_000);
    sent.on('close', () => clearTimeout(late));
    sent.on('timeout', () => sent.destroy(new NoAnswer()));
    sent.on('error', reject);
    sent.end();
  });
}

class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT';
}
