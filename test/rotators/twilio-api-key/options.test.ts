import { describe, expect, test } from 'vitest';
import { twilioApiKey } from '../../../src/rotators/twilio-api-key/twilio-api-key.ts';

const read = ['/twilio/messaging/messages/read'];
const address = 'https://api.twilio.com/2010-04-01/Accounts/{AccountSid}/Messages.json';
const refusalOf = (options: object) => {
  const outcome = twilioApiKey.read('TWILIO_API_KEY_SECRET', options);
  return typeof outcome === 'string' ? outcome : 'taken';
};

describe('options that are taken', () => {
  test.each([
    [{}],
    [{ keyType: 'standard', probeUrl: address }],
    [{ keyType: 'restricted', policy: read }],
    [{ keyType: 'restricted', policy: ['/twilio/verify/x/read'], probeUrl: address }],
    [{ probeUrl: 'https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/{AccountSid}/Calls.json' }],
  ])('%j', (options) => {
    expect(refusalOf(options)).toBe('taken');
  });
});

describe('options that are refused', () => {
  test.each([
    [{ policy: read }, /policy for restricted keys, and for no others/],
    [{ keyType: 'restricted' }, /policy for restricted keys/],
    [{ keyType: 'restricted', policy: [] }, /must hold a permission/],
    [{ keyType: 'restricted', policy: ['messages'] }, /must begin with \/twilio\//],
    [{ keyType: 'restricted', policy: ['/twilio/verify/x/read'] }, /must name a probeUrl/],
    [{ keyType: 'main' }, /standard/],
    [{ grace: 'a day' }, /whole number and a unit/],
    [{ sidKey: '' }, /sidKey/],
    [{ name: 'mine' }, /name/],
  ])('%j', (options, why) => {
    expect(refusalOf(options)).toMatch(why);
  });
});

describe('an address that a secret is not sent to', () => {
  test.each([
    'http://api.twilio.com/2010-04-01',
    'https://example.com/2010-04-01',
    'https://twilio.com.example.com/',
    'https://nottwilio.com/',
    'https://api.twilio.com@example.com/',
    'https://user:word@api.twilio.com/',
    'https://api.twilio.com:8443/',
    'api.twilio.com',
    '',
  ])('%s', (probeUrl) => {
    expect(refusalOf({ probeUrl })).toContain('must be an address of Twilio');
  });
});
