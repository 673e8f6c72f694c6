import { createSecrets, signingKeys } from '../../../src/app/index.ts';
import type { Open } from '../subject.ts';

/** Keyturn, as a server or a function uses it. Its log would be in the way of the report. */
export const open: Open = ({ secretId, ttlMs }) => {
  const secrets = createSecrets({ secretId, ttlMs, log: false });

  return {
    read: () => secrets.getSecret('DB_PASSWORD'),
    readNow: () => secrets.get('DB_PASSWORD'),
    // No call names a label: this is the list to verify with, which has the previous value once read.
    async readPrevious() {
      const values = signingKeys('DB_PASSWORD', { secrets });
      for (let left = 1_000; left > 0 && values.length < 2; left -= 1) await tenMilliseconds();
      return values[1];
    },
  };
};

const tenMilliseconds = () => new Promise((resolve) => setTimeout(resolve, 10));
