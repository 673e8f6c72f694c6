import { RotationError } from '../../rotation/errors.ts';
import type { Made, OpenTwilioAccount, Reading, TwilioAccount } from './account.ts';
import { transport, type Transport } from './transport.ts';

interface Settings {
  /** Where Twilio is; absent: Twilio's own hosts. */
  readonly baseUrl?: string | undefined;
  /** How long one answer may take, in ms. */
  readonly timeoutMs?: number;
}

/** Twilio's answers that are states and not failures; https://www.twilio.com/docs/api/errors. */
const wrongCredentials = 401;
const notFound = 404;
const secondaryExists = 70_002;

/**
 * The account through the resources of Twilio's SDK, loaded on first use. Every request carries
 * the signal. No foreign error leaves this file.
 */
export const twilioAccounts =
  ({ baseUrl, timeoutMs = 10_000 }: Settings): OpenTwilioAccount =>
  async ({ accountSid, signal }): Promise<TwilioAccount> => {
    // The whole client takes a hundred milliseconds to load; this part of it, ten.
    const { default: AccountsBase } = await import('twilio/lib/rest/AccountsBase.js');
    const api = `${baseUrl ?? 'https://api.twilio.com'}/2010-04-01`;

    const as = (token: string) =>
      transport({
        username: accountSid,
        password: token,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    function tokens(token: string) {
      const domain = new AccountsBase(as(token));
      if (baseUrl) domain.baseUrl = baseUrl;
      return domain.v1;
    }

    return {
      read: (token) =>
        answered(() => read(as(token), `${api}/Accounts/${accountSid}.json`), toReading),
      createSecondary: (token) =>
        answered(async (): Promise<Made> => {
          const made = await tokens(token).secondaryAuthToken().create();
          return { token: made.secondaryAuthToken };
        }, whyNotMade),
      deleteSecondary: (token) =>
        answered(async (): Promise<'deleted' | 'missing' | 'rejected'> => {
          await tokens(token).secondaryAuthToken().remove();
          return 'deleted';
        }, missingOrRejected),
      promote: (token) =>
        answered(async (): Promise<'promoted' | 'missing' | 'rejected'> => {
          await tokens(token).authTokenPromotion().update();
          return 'promoted';
        }, missingOrRejected),
    };
  };

/** The account resource is read directly: of its fields only the primary token is looked at. */
async function read(client: Transport, uri: string): Promise<Reading> {
  const { statusCode, body } = await client.request({ method: 'get', uri });
  const field = (name: string): unknown =>
    body instanceof Object ? Reflect.get(body, name) : undefined;
  if (statusCode !== 200) throw new Refused(statusCode, field('code'));
  const shown = field('auth_token');
  return { verdict: 'accepted', primary: typeof shown === 'string' ? shown : undefined };
}

class Refused extends Error {
  readonly status: number;
  readonly code: unknown;

  constructor(status: number, code: unknown) {
    super(`HTTP ${status}`);
    this.status = status;
    this.code = code;
  }
}

interface Refusal {
  readonly status: number;
  readonly code: number | undefined;
}

const toReading = ({ status }: Refusal): Reading | undefined =>
  status === wrongCredentials ? { verdict: 'rejected' } : undefined;

function whyNotMade({ status, code }: Refusal): Made | undefined {
  if (status === wrongCredentials) return 'rejected';
  return code === secondaryExists ? 'exists' : undefined;
}

function missingOrRejected({ status }: Refusal): 'missing' | 'rejected' | undefined {
  if (status === wrongCredentials) return 'rejected';
  return status === notFound ? 'missing' : undefined;
}

/** The result, the state a refusal stands for, or a `RotationError` without a cause. */
async function answered<R>(
  call: () => Promise<R>,
  stateOf: (refusal: Refusal) => R | undefined,
): Promise<R> {
  try {
    return await call();
  } catch (error) {
    const refusal = refusalIn(error);
    if (!refusal) throw unreachable();
    const state = stateOf(refusal);
    if (state === undefined) throw failure(refusal);
    return state;
  }
}

/** Only an answer of Twilio's carries a status; a broken connection or a timeout does not. */
function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof Error && 'status' in error && typeof error.status === 'number')) {
    return undefined;
  }
  const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  return { status: error.status, code };
}

function failure({ status, code }: Refusal): RotationError {
  const answer = `Twilio answered with HTTP ${status}${code === undefined ? '' : ` and its error ${code}`}`;
  if (status === 429) {
    return new RotationError(
      'THROTTLED',
      `${answer}: too many requests. It is tried again by itself.`,
    );
  }
  if (status >= 500) {
    return new RotationError('UNREACHABLE', `${answer}. It is tried again by itself.`);
  }
  return new RotationError(
    'PROVIDER_REFUSED',
    `${answer}. Look the error up in Twilio's error dictionary, and at the state of the account.`,
  );
}

const unreachable = () =>
  new RotationError(
    'UNREACHABLE',
    'Twilio gave no answer. It is tried again by itself; if it keeps failing, see whether the function ' +
      'has a way out to the internet (in a VPC: a NAT gateway).',
  );
