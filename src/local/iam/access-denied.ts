import { signedService } from '../aws-endpoint.ts';
import type { Refusal } from './ledger.ts';
import { refusal } from './refusal.ts';
import type { Because } from './simulate.ts';

/** A refusal in the words and the form of the service that was called. */
export function accessDenied(request: Request, refused: Refusal): Response {
  const ofKms = refused.action.startsWith('kms:') && signedService(request) !== 'kms';
  return refusal(request, {
    type: 'AccessDeniedException',
    queryCode: 'AccessDenied',
    // What Secrets Manager says of a key, whoever's policy it is that does not let it be used.
    message: ofKms ? 'Access to KMS is not allowed' : sentence(refused),
  });
}

/** Source: "Access denied error message examples" in AWS's IAM User Guide. */
export const sentence = ({ principal, action, resource, because }: Refusal) =>
  `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ` +
  endings[because](action);

const endings: Readonly<Record<Because, (action: string) => string>> = {
  'identity denies': () => 'with an explicit deny in an identity-based policy',
  'resource denies': () => 'with an explicit deny in a resource-based policy',
  'identity allows not': (action) => `because no identity-based policy allows the ${action} action`,
  'resource allows not': (action) => `because no resource-based policy allows the ${action} action`,
};
