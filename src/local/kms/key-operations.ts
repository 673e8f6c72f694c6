import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { localAccount, localRegion } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import { usualKeyPolicy } from '../iam/policies.ts';
import { JsonError, type JsonService } from '../json-protocol.ts';

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly createdDate: Date;
  readonly description: string;
  /** JSON, as it was put. */
  policy: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  deletionDate?: Date | undefined;
}

const text = v.optional(v.string());
const members = v.object({
  KeyId: text,
  Policy: text,
  Description: text,
  PendingWindowInDays: v.optional(v.pipe(v.number(), v.minValue(7), v.maxValue(30)), 30),
});

const day = 86_400_000;

/** By id. */
export function keyOperations(
  keys: Map<string, Key>,
  clock: LocalClock,
): JsonService['operations'] {
  const keyIn = (body: unknown): Key => {
    const { KeyId = '' } = parse(body);
    const key = keys.get(KeyId.split('/').at(-1) ?? '');
    if (key) return key;
    throw new JsonError('NotFoundException', `Key '${arnOf(KeyId)}' does not exist`);
  };
  const live = (body: unknown): Key => {
    const key = keyIn(body);
    if (key.state !== 'PendingDeletion') return key;
    throw new JsonError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  };
  const become = (key: Key, change: Partial<Key>) => Object.assign(key, change);

  return {
    CreateKey(body) {
      const { Policy, Description = '' } = parse(body);
      const key = newKey(policyIn(Policy), Description, clock.now());
      keys.set(key.id, key);
      return { KeyMetadata: metadataOf(key) };
    },
    DescribeKey: (body) => ({ KeyMetadata: metadataOf(keyIn(body)) }),
    GetKeyPolicy: (body) => ({ Policy: keyIn(body).policy, PolicyName: 'default' }),
    PutKeyPolicy(body) {
      become(live(body), { policy: policyIn(parse(body).Policy) });
      return {};
    },
    DisableKey(body) {
      become(live(body), { state: 'Disabled' });
      return {};
    },
    EnableKey(body) {
      become(live(body), { state: 'Enabled' });
      return {};
    },
    ScheduleKeyDeletion(body) {
      const { PendingWindowInDays } = parse(body);
      const deletionDate = new Date(clock.now().getTime() + PendingWindowInDays * day);
      const { arn, state } = become(live(body), { state: 'PendingDeletion', deletionDate });
      return { KeyId: arn, KeyState: state, DeletionDate: seconds(deletionDate) };
    },
    CancelKeyDeletion(body) {
      const { arn } = become(keyIn(body), { state: 'Disabled', deletionDate: undefined });
      return { KeyId: arn };
    },
  };
}

const arnOf = (id: string) =>
  id.startsWith('arn:') ? id : `arn:aws:kms:${localRegion}:${localAccount}:key/${id}`;

function newKey(policy: string, description: string, createdDate: Date): Key {
  const id = randomUUID();
  return { id, arn: arnOf(id), createdDate, description, policy, state: 'Enabled' };
}

const seconds = (at: Date) => at.getTime() / 1000;

const metadataOf = ({ id, arn, createdDate, description, state, deletionDate }: Key) => ({
  AWSAccountId: localAccount,
  KeyId: id,
  Arn: arn,
  CreationDate: seconds(createdDate),
  Enabled: state === 'Enabled',
  Description: description,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: state,
  ...(deletionDate && { DeletionDate: seconds(deletionDate) }),
  Origin: 'AWS_KMS',
  KeyManager: 'CUSTOMER',
  KeySpec: 'SYMMETRIC_DEFAULT',
  MultiRegion: false,
});

function policyIn(policy: string | undefined): string {
  const wanted = policy ?? JSON.stringify(usualKeyPolicy);
  if (v.safeParse(v.pipe(v.string(), v.parseJson()), wanted).success) return wanted;
  throw new JsonError('MalformedPolicyDocumentException', 'The policy is not valid JSON.');
}

function parse(body: unknown): v.InferOutput<typeof members> {
  const parsed = v.safeParse(members, body);
  if (parsed.success) return parsed.output;
  const member = v.getDotPath(parsed.issues[0]) ?? 'of the request';
  throw new JsonError('ValidationException', `The parameter ${member} is not valid.`);
}
