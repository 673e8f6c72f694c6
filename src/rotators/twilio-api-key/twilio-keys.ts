import { RotationError } from '../../rotation/errors.ts';
import { answered, missingOrRejected, wrongCredentials, type Refusal } from '../twilio/answered.ts';
import { readResource } from '../twilio/read-resource.ts';
import { transport, type TwilioSettings } from '../twilio/transport.ts';
import type { Answer, ApiKey, ListedKey, OpenTwilioKeys, TwilioKeys } from './keys.ts';

/** https://www.twilio.com/docs/api/errors/70051: the key is known, and its policy forbids. */
const forbiddenByPolicy = 70_051;

/** The most that Twilio lists at once. */
const pageSize = 1_000;

/**
 * The keys through the newer of Twilio's two APIs for them, the only one that knows restricted
 * keys; https://www.twilio.com/docs/iam/api-keys/key-resource-v1. The SDK is loaded on first use.
 */
export const twilioKeys =
  ({ baseUrl, timeoutMs = 10_000 }: TwilioSettings): OpenTwilioKeys =>
  async ({ accountSid, signal }): Promise<TwilioKeys> => {
    const { default: IamBase } = await import('twilio/lib/rest/IamBase.js');
    const account = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}`;

    const as = (username: string, password: string) =>
      transport({ username, password, signal, timeoutMs });
    const readAs = ({ sid, secret }: ApiKey, url: string) =>
      readResource(as(sid, secret), atHost(url, baseUrl));
    function keys(token: string) {
      const domain = new IamBase(as(accountSid, token));
      if (baseUrl) domain.baseUrl = baseUrl;
      return domain.v1;
    }

    return {
      probe: (key, url = `${account}/Messages.json?PageSize=1`) =>
        answered(async (): Promise<Answer> => {
          await readAs(key, url.replaceAll('{AccountSid}', accountSid));
          return 'accepted';
        }, rejectedOrNotPermitted),
      readsAccount: (key) =>
        answered(async () => {
          await readAs(key, `${account}.json`);
          return true;
        }, rejectedAsFalse),
      read: (token, sid) =>
        answered(async () => {
          const key = await keys(token).apiKey(sid).fetch();
          return { ...listed(key), restricted: Boolean(key.policy) };
        }, missingOrRejected),
      list: (token) =>
        answered(async () => {
          const all = await keys(token).getApiKeys.list({ accountSid, pageSize });
          return all.map(listed);
        }, rejected),
      create: (token, { name, policy }) =>
        answered(async (): Promise<ApiKey | 'rejected'> => {
          const { sid, secret } = await keys(token).newApiKey.create({
            accountSid,
            friendlyName: name,
            ...(policy && { keyType: 'restricted', policy: { allow: policy } }),
          });
          return { sid, secret };
        }, rejected).then(whole),
      delete: (token, sid) =>
        answered(async (): Promise<'deleted' | 'missing' | 'rejected'> => {
          await keys(token).apiKey(sid).remove();
          return 'deleted';
        }, missingOrRejected),
    };
  };

/** The address at the host that stands in for Twilio's, if there is one. */
const atHost = (url: string, baseUrl: string | undefined) =>
  baseUrl ? url.replace(/^https:\/\/[^/]+/, baseUrl) : url;

function listed(key: { sid: string; friendlyName: string; dateCreated: Date }): ListedKey {
  const created: unknown = key.dateCreated;
  const isDate = created instanceof Date && !Number.isNaN(created.getTime());
  return { sid: key.sid, name: key.friendlyName, created: isDate ? created : undefined };
}

const rejected = ({ status }: Refusal): 'rejected' | undefined =>
  status === wrongCredentials ? 'rejected' : undefined;

const rejectedAsFalse = ({ status }: Refusal): false | undefined =>
  status === wrongCredentials ? false : undefined;

function rejectedOrNotPermitted({ status, code }: Refusal): Answer | undefined {
  if (code === forbiddenByPolicy) return 'not-permitted';
  return status === wrongCredentials ? 'rejected' : undefined;
}

/** A proxy's answer may pass for a creation; a key that is not whole must not be stored. */
function whole(made: ApiKey | 'rejected'): ApiKey | 'rejected' {
  if (made === 'rejected' || (isText(made.sid) && isText(made.secret))) return made;
  throw new RotationError(
    'UNREACHABLE',
    'Twilio answered without a key to the creation of one. It is tried again by itself.',
  );
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
