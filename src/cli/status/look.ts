import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Failure } from '../failure.ts';
import { describeSecret, type DescribedSecret } from '../described-secret.ts';
import { findingsOf } from './findings.ts';
import { createInspections, type Inspected } from './inspections.ts';
import { createRecognition } from './rotation-function.ts';
import { rotatedSecrets } from './rotated-secrets.ts';
import { type Finding, type SecretStatus, stateOf } from './secret-status.ts';
import { inOrder, keysInOrder } from './versions.ts';

/** A secret to look at. One that was named may be asked though its function is not recognised. */
export interface Subject {
  readonly secretId: string;
  readonly isNamed: boolean;
}

export interface Looking {
  readonly secretsManager: SecretsManagerClient;
  readonly lambda: LambdaClient;
  /** Ends what is waited for. */
  readonly signal?: AbortSignal | undefined;
}

/** Looks at secrets, over and over if need be: systems are asked again only where something changed. */
export function createLook({ secretsManager, lambda, signal }: Looking) {
  const recognise = createRecognition(lambda, signal);
  const inspections = createInspections({ recognise, signal });

  return {
    /** The secrets that Keyturn rotates. Throws a Failure. */
    list: () => rotatedSecrets(secretsManager, { recognise, signal }),

    /** How a secret stands; what keeps it from being told is among the findings. */
    async at({ secretId, isNamed }: Subject): Promise<SecretStatus> {
      try {
        const described = await describeSecret(secretsManager, secretId, signal);
        const inspected = await inspections.of(described, { isNamed });
        return statusOf(described, inspected, new Date());
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return blank(secretId, error);
      }
    },
  };
}

function statusOf(
  described: DescribedSecret,
  { inspection, findings: unasked = [] }: Inspected,
  now: Date,
): SecretStatus {
  const isOther = unasked.some(({ finding }) => finding !== 'not-asked');
  const findings = isOther ? unasked : [...unasked, ...findingsOf(described, { inspection, now })];
  const { arn, name, functionArn } = described;
  const versions = inOrder(inspection?.versions ?? labelled(described));
  return {
    secret: arn,
    name,
    region: regionOf(arn),
    functionArn,
    state: stateOf(findings),
    findings,
    rotation: {
      enabled: described.rotationEnabled,
      schedule: scheduleOf(described),
      window: described.rules?.Duration,
      lastRotatedAt: described.lastRotatedAt?.toISOString(),
      nextRotationAt: described.nextRotationAt?.toISOString(),
    },
    versions,
    keys: keysInOrder(inspection?.keys ?? [], versions),
    inspectedAt: inspection?.at,
  };
}

/** Of one that could not even be described. */
function blank(secretId: string, { code, message }: Failure): SecretStatus {
  const findings: Finding[] = [{ finding: 'not-asked', level: 'attention', code, message }];
  return {
    secret: secretId,
    name: secretId,
    region: regionOf(secretId),
    state: stateOf(findings),
    findings,
    versions: [],
    keys: [],
  };
}

/** After a rotation AWS gives days for an expression, too. */
function scheduleOf({ rules }: DescribedSecret): string | undefined {
  const { ScheduleExpression, AutomaticallyAfterDays: days } = rules ?? {};
  return ScheduleExpression ?? (days === undefined ? undefined : `every ${days} days`);
}

const labelled = ({ labelsOf }: DescribedSecret) =>
  [...labelsOf].map(([versionId, labels]) => ({ versionId, labels: [...labels] }));

const regionOf = (arn: string) => /^arn:[^:]+:secretsmanager:([^:]+):/.exec(arn)?.[1];
