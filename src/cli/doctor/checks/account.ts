import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { asking, type Caller } from '../clients.ts';
import { type Examined, findingsOf, notVisible } from '../finding.ts';
import { refusedCredentials } from './refused-credentials.ts';

export interface Identity {
  /** Absent where nobody told. */
  readonly account?: string | undefined;
  readonly arn?: string | undefined;
}

const { ok } = findingsOf('account');

/** Who asks. Not found where AWS does not take the credentials: nothing else would be answered. */
export async function examineAccount(caller: Caller): Promise<Examined<Identity>> {
  try {
    const { Account, Arn } = await asking(
      (config) => new STSClient(config),
      caller,
      (client, abort) => client.send(new GetCallerIdentityCommand({}), abort),
    );
    return {
      findings: [ok(`${Account ?? 'unknown'}, as ${Arn ?? 'somebody'}.`)],
      found: { account: Account, arn: Arn },
    };
  } catch (error) {
    const refused = refusedCredentials(error);
    if (refused) return { findings: [refused] };
    return { findings: [notVisible('account', 'Who asks', error)], found: {} };
  }
}
