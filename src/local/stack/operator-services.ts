import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import { createCloudWatch } from '../cloudwatch/create-cloudwatch.ts';
import type { LocalIam } from '../iam/create-iam.ts';
import { guardedBy, type Guard } from '../iam/guard.ts';
import { iamService } from '../iam/iam-service.ts';
import { createKms } from '../kms/create-kms.ts';
import type { Lambda } from '../lambda/create-lambda.ts';
import { configurationsIn } from '../lambda/function-configuration.ts';
import type { SecretsManagerStandIn } from '../secrets-manager/secrets-manager.ts';
import { createSns } from '../sns/create-sns.ts';
import { createSts } from '../sts/create-sts.ts';
import type { DeployedStack } from '../template/deployed-stack.ts';

interface Setting {
  readonly clock: LocalClock;
  readonly iam: LocalIam;
  readonly secretsManager: SecretsManagerStandIn;
  readonly lambda: Lambda;
}

/** What a person at a terminal asks beside the secret itself, and who may ask what. */
export interface OperatorServices {
  readonly services: readonly AwsService[];
  readonly guard: Guard;
  /** Makes what a template declares of them. The variables are those its functions run with. */
  deploy(template: DeployedStack, variables: Readonly<Record<string, string | undefined>>): void;
}

export function createOperatorServices(setting: Setting): OperatorServices {
  const { clock, iam, secretsManager, lambda } = setting;
  const kms = createKms({ clock });
  const cloudWatch = createCloudWatch({ clock });
  const sns = createSns();
  const sts = createSts((accessKeyId) => iam.identityOf(accessKeyId));

  return {
    services: [sts, cloudWatch.service, sns.service, kms.service, iamService(iam.users)],
    guard: guardedBy(iam, {
      findSecret: (secretId) => secretsManager.known(secretId),
      findKey: (keyId) => kms.findKey(keyId),
    }),
    deploy(template, variables) {
      for (const service of [iam, cloudWatch, sns]) service.deploy(template);
      const functions = configurationsIn(template, { variables, at: clock.now() });
      for (const [functionArn, configuration] of functions) {
        const policy = iam.function(functionArn)?.resourcePolicy;
        lambda.deploy(functionArn, { configuration, policy });
      }
    },
  };
}
