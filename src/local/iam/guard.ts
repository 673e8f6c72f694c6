import { accessDenied } from './access-denied.ts';
import { callsIn, type FindSecret } from './calls-in-request.ts';
import type { LocalIam } from './create-iam.ts';

/** Answers a refusal where the caller of a request may not do what it asks for. */
export type Guard = (request: Request) => Promise<Response | undefined>;

/** Whoever has a role's access key is held to its policies; anyone else owns the account. */
export const guardedBy =
  (iam: LocalIam, findSecret: FindSecret): Guard =>
  async (request) => {
    const role = iam.role(accessKeyIdIn(request));
    if (!role) return undefined;
    const denial = await iam.refusedTo(role, await callsIn(request, findSecret));
    return denial && accessDenied(request, denial);
  };

/** The credentials of a role, by its name: the stand-ins do not verify signatures. */
export const credentialsOf = (roleName: string) => ({
  accessKeyId: roleName,
  secretAccessKey: 'local',
});

function accessKeyIdIn(request: Request): string {
  const authorization = request.headers.get('authorization') ?? '';
  return /Credential=([^/,\s]+)\//.exec(authorization)?.[1] ?? '';
}
