import { RotationError } from '../../rotation/errors.ts';

export const currentRejected = () =>
  new RotationError(
    'CURRENT_REJECTED',
    'Twilio refuses the API key under AWSCURRENT: it was deleted outside of Secrets Manager, its SID and ' +
      'its secret do not belong together, or the account is closed. Put a key that works into the secret, ' +
      'both parts of it, then rotate again.',
  );

export const tokenRejected = (key: string) =>
  new RotationError(
    'CURRENT_REJECTED',
    `Twilio refuses the auth token in ${key}, with which API keys are made, judged and deleted: it was ` +
      'changed outside of Secrets Manager, or the account is closed. Put the token that works into the ' +
      'secret, then rotate again.',
    { key },
  );

export const pendingRejected = () =>
  new RotationError(
    'PENDING_REJECTED',
    'Twilio refuses the new API key, so it is not published: somebody deleted it. The rotation is taken ' +
      'back; rotate again.',
  );

export const keepRejected = () =>
  new RotationError(
    'KEEP_REJECTED',
    'Twilio refuses the API key that is to stay, so the other one is left alone: it may be the last that ' +
      'works. Put a key that works into the secret, then rotate again.',
  );

export const notPermitted = () =>
  new RotationError(
    'PRIVILEGE_MISSING',
    'Twilio knows the restricted API key, but its policy does not let it read what it is tried with. Name ' +
      'another probeUrl in rotation.config.ts, or put the permission into its policy, and deploy again.',
  );

export const unsettled = () =>
  new RotationError(
    'CANNOT_TELL',
    'Twilio refuses an API key that is only minutes old, which may not be known everywhere yet. It is ' +
      'tried again by itself.',
  );

export const stillAccepted = () =>
  new RotationError(
    'CANNOT_TELL',
    'Twilio still accepts the superseded API key after it was deleted. It is tried again by itself; if it ' +
      'stays so, look whether the key belongs to another account, and delete it in the console of Twilio.',
  );

export const foreignKey = (sidKey: string, authTokenKey: string) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    `The auth token in ${authTokenKey} does not see the API key that ${sidKey} names, so it could not be ended: ` +
      'it belongs to another account, such as the one this is a subaccount of. Put a key of the same account ' +
      'into the secret, and rotate again.',
    { key: sidKey },
  );

export const mainKey = (sidKey: string) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    'The API key under AWSCURRENT is a main key, and Twilio makes those in its console only: a rotation would ' +
      'replace it by one that may do less. Put a standard or restricted key into the secret, and rotate again.',
    { key: sidKey },
  );

export const restrictedKey = (sidKey: string) =>
  new RotationError(
    'SETUP_UNSUITABLE',
    'The API key under AWSCURRENT is a restricted one, and rotation.config.ts would have it replaced by a ' +
      'standard one, which may do more. Name keyType "restricted" and its policy there, and deploy again.',
    { key: sidKey },
  );
