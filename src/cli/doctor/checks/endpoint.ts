import { errorCode } from '../../error-code.ts';
import { type Examined, findingsOf, type Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import type { Surroundings } from '../surroundings.ts';
import { endpointUrl } from './endpoint-url.ts';
import { type Answered, knock } from './knock.ts';

const { ok, fail } = findingsOf('endpoint');

/** Whether Secrets Manager's address can be reached, and what keeps it from that. */
export async function examineEndpoint(
  region: string,
  { env, now }: Surroundings,
): Promise<Examined<Answered>> {
  const url = await endpointUrl(region).catch(() => undefined);
  if (!url) return { findings: [invalid()] };
  try {
    const answered = await knock(url, now);
    if (answered.other !== undefined) return { findings: [notAws(url, answered.other)] };
    return { findings: [ok(`${url.host} answers${aside(url, env)}.`)], found: answered };
  } catch (error) {
    if (await speaksTls(url, now)) return { findings: [schemeWrong(url)] };
    return { findings: [unreachable(url, error, region)] };
  }
}

/** What wants TLS ends a connection without it, and says no more. */
async function speaksTls(url: URL, now: () => Date): Promise<boolean> {
  if (url.protocol !== 'http:') return false;
  const secure = new URL(`https://${url.hostname}:${url.port || 80}`);
  return knock(secure, now).then(
    () => true,
    (error: unknown) => untrusted.test(errorCode(error)),
  );
}

const schemeWrong = ({ host }: URL) =>
  fail('ENDPOINT_TLS_FAILED', {
    message: `${host} speaks TLS, and its address here begins with http.`,
    fix: `Write https://${host} in AWS_ENDPOINT_URL or the profile.`,
  });

const isOfAws = (url: URL) => /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(url.hostname);

function aside(url: URL, env: Surroundings['env']): string {
  if (isOfAws(url)) return '';
  const named = ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_ENDPOINT_URL'].find((name) => env[name]);
  return `: ${named ?? 'a profile'} is set, so that this is not AWS itself`;
}

const invalid = () =>
  fail('ENDPOINT_INVALID', {
    message:
      'The address in AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SECRETS_MANAGER or the profile is not a URL.',
    fix: 'Unset it to go to AWS, or set a whole URL, such as http://127.0.0.1:4566.',
  });

const notAws = (url: URL, answer: string) =>
  fail('ENDPOINT_NOT_AWS', {
    message: `${url.host} answers (${answer}), and not as AWS does.`,
    fix: isOfAws(url)
      ? 'Something between here and AWS answers for it: a proxy, or a network that wants a login first.'
      : `Look at the address of AWS_ENDPOINT_URL or the profile. ${ownFix}`,
  });

/** Of a certificate that was shown. */
const untrusted = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/;

const tls = /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|EPROTO)/;

type Meaning = readonly [code: FindingCode, what: string, fix: string];

function unreachable(url: URL, error: unknown, region: string): Finding {
  const [code, what, fix] = meaningOf(errorCode(error));
  const own = isOfAws(url) ? '' : ` It is the address of AWS_ENDPOINT_URL or a profile. ${ownFix}`;
  return fail(code, {
    message: `${url.host} ${what} (${errorCode(error)}).`,
    fix: isOfAws(url) ? `${fix} In a VPC: ${inVpc(region)}` : `${fix}${own}`,
  });
}

function meaningOf(code: string): Meaning {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return notResolved;
  if (code === 'ECONNREFUSED') return refused;
  if (/TIMEDOUT/.test(code)) return timeout;
  return tls.test(code) ? tlsFailed : other;
}

const notResolved: Meaning = [
  'ENDPOINT_NOT_RESOLVED',
  'has no address: the name is not known to DNS here',
  "Look at the region's name and at this machine's DNS.",
];

const refused: Meaning = [
  'ENDPOINT_REFUSED',
  'refuses the connection: nothing listens there',
  'Look at the address and its port.',
];

const timeout: Meaning = [
  'ENDPOINT_TIMEOUT',
  'does not answer',
  'Look at what stands between: a firewall, a route, or a proxy. The SDK for JavaScript does not heed ' +
    'HTTPS_PROXY by itself.',
];

const tlsFailed: Meaning = [
  'ENDPOINT_TLS_FAILED',
  'shows a certificate that this machine does not trust, or speaks no TLS',
  'A proxy that opens connections needs its authority in NODE_EXTRA_CA_CERTS; look at http and https in ' +
    'the address, too.',
];

const other: Meaning = [
  'ENDPOINT_UNREACHABLE',
  'cannot be reached',
  'Look at the network between here and there.',
];

const inVpc = (region: string) =>
  `an interface endpoint for com.amazonaws.${region}.secretsmanager with private DNS, whose security ` +
  'group lets port 443 in from here, or a route to a NAT gateway.';

const ownFix = 'Start the local stack (npm run local), or unset the variable to go to AWS.';
