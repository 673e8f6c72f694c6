import { randomBytes } from 'node:crypto';
import { SecretDocument } from '../../rotation/secret-document.ts';
import { randomText } from '../../rotators/random-text.ts';

/** What a secret starts from, and the systems that must know its values. */
export interface InitialSecret {
  readonly text: string;
  readonly dbPassword: string;
  /** Absent where the text names no well-formed account. */
  readonly twilio: { readonly sid: string; readonly authToken: string } | undefined;
}

/** From a text of one's own, or made up like the Reminder App's. Throws where it is no JSON object. */
export function initialSecret(text: string = madeUp()): InitialSecret {
  const document = SecretDocument.parse(text);
  const textAt = (key: string) => {
    const value = document.get(key);
    return typeof value === 'string' ? value : '';
  };
  const [sid, authToken] = [textAt('TWILIO_ACCOUNT_SID'), textAt('TWILIO_AUTH_TOKEN')];
  const wellFormed = /^AC[0-9a-f]{32}$/.test(sid) && /^[0-9a-f]{32}$/.test(authToken);
  return {
    text,
    dbPassword: textAt('DB_PASSWORD') || randomText(32),
    twilio: wellFormed ? { sid, authToken } : undefined,
  };
}

const madeUp = () =>
  JSON.stringify(
    {
      SECRET_KEY: randomText(50),
      DB_PASSWORD: randomText(32),
      TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
      TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
    },
    null,
    2,
  );
