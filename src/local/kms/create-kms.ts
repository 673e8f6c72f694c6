import { localAccount, localRegion, type AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { KnownKey } from '../iam/known-resources.ts';
import { answerJson, type JsonService } from '../json-protocol.ts';
import { jsonServices } from '../service-descriptors.ts';
import { keyOperations, type Key } from './key-operations.ts';

/** A KMS that has keys, and says who may use them. It encrypts nothing. */
export interface Kms {
  readonly service: AwsService;
  /** By its ARN or id. */
  findKey(keyId: string): KnownKey | undefined;
}

export function createKms({ clock }: { readonly clock: LocalClock }): Kms {
  const keys = new Map<string, Key>();
  const service: JsonService = {
    ...jsonServices.kms,
    operations: keyOperations(keys, clock),
  };
  return {
    service: async function kms(request) {
      return answerJson(service, request);
    },
    findKey(keyId) {
      const key = keys.get(keyId.startsWith(arnStart) ? keyId.slice(arnStart.length) : keyId);
      return (
        key && { arn: key.arn, enabled: key.state === 'Enabled', policy: JSON.parse(key.policy) }
      );
    },
  };
}

const arnStart = `arn:aws:kms:${localRegion}:${localAccount}:key/`;
