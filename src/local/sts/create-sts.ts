import { scopeOf } from '../aws-endpoint.ts';
import { localAccount, type AwsService } from '../aws-service.ts';
import type { Identity } from '../iam/identity.ts';
import { answerQuery, type QueryService } from '../query-protocol.ts';
import { queryServices } from '../service-descriptors.ts';

/** An STS that tells whoever asks who they are. */
export function createSts(identityOf: (accessKeyId: string) => Identity): AwsService {
  const service: QueryService = {
    ...queryServices.sts,
    actions: {
      GetCallerIdentity(_form, request) {
        const { accessKeyId = '' } = scopeOf(request) ?? {};
        const { arn } = identityOf(accessKeyId);
        const [, kind = '', name = ''] = /:(\w+)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
        if (kind !== 'role') return { Arn: arn, UserId: `AIDALOCAL${name}`, Account: localAccount };
        return { Arn: sessionOf(name), UserId: `AROALOCAL${name}:local`, Account: localAccount };
      },
    },
  };
  return async function sts(request) {
    return answerQuery(service, request);
  };
}

/** What a role is to STS when somebody has taken it on. */
const sessionOf = (roleName: string) =>
  `arn:aws:sts::${localAccount}:assumed-role/${roleName}/local`;
