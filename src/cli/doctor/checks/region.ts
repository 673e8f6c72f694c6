import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsFiles } from '../aws-files.ts';
import { secretArnIn } from '../aws-arn.ts';
import { patient } from '../clients.ts';
import { type Examined, findingsOf, type Finding } from '../finding.ts';
import type { Surroundings } from '../surroundings.ts';
import { profileIn } from './credential-sources.ts';

const { ok, warn, fail } = findingsOf('region');

/** Which region clients take here, and where the secret is. Goes on in the secret's own, if it is known. */
export async function examineRegion(
  secretId: string,
  surroundings: Surroundings,
  files: AwsFiles,
): Promise<Examined<string>> {
  const { env } = surroundings;
  const region = await resolved();
  const named = secretArnIn(secretId)?.region;
  const fallback = named ?? env['AWS_DEFAULT_REGION'];
  if (region === undefined) return { findings: [missing(fallback, env)], found: fallback };

  const from = sourceOf(surroundings, files);
  const differs = named !== undefined && named !== region;
  return {
    findings: [
      differs ? elsewhere({ region, from, named }) : ok(`${region}, from ${from}.`),
      ...ignored(region, env),
    ],
    found: named ?? region,
  };
}

async function resolved(): Promise<string | undefined> {
  const client = new SecretsManagerClient(patient);
  try {
    return await client.config.region();
  } catch {
    // It throws where none is set, and where what is set cannot be one.
    return undefined;
  } finally {
    client.destroy();
  }
}

function sourceOf(surroundings: Surroundings, { profiles }: AwsFiles): string {
  const profile = profileIn(surroundings);
  if (surroundings.env['AWS_REGION']) return 'AWS_REGION';
  return profiles.get(profile)?.region ? `the profile ${profile}` : "the SDK's own defaults";
}

function ignored(region: string, env: Surroundings['env']): readonly Finding[] {
  const other = env['AWS_DEFAULT_REGION'];
  if (other === undefined || other === region) return [];
  return [
    warn('REGION_IGNORED', {
      message: `AWS_DEFAULT_REGION says ${other}, and the SDK for JavaScript does not read that variable.`,
      fix: `Set AWS_REGION alone: boto3 goes to ${other} where this goes to ${region}.`,
    }),
  ];
}

interface Difference {
  readonly region: string;
  readonly from: string;
  readonly named: string;
}

const elsewhere = ({ region, from, named }: Difference) =>
  fail('WRONG_REGION', {
    message: `The ARN names ${named}, and clients here go to ${region}, from ${from}.`,
    fix: `Set AWS_REGION=${named}, if the ARN is right. The checks below are made there.`,
  });

const missing = (fallback: string | undefined, env: Surroundings['env']) =>
  fail('NO_REGION', {
    message:
      (env['AWS_REGION'] ? 'AWS_REGION holds no name of a region.' : 'No region is set.') +
      (env['AWS_DEFAULT_REGION']
        ? ' The SDK for JavaScript does not read AWS_DEFAULT_REGION.'
        : ''),
    fix: `Set AWS_REGION${fallback ? `=${fallback}. The checks below are made there` : ', or a region for the profile (aws configure)'}.`,
  });
