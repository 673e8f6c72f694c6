import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrivenClock } from '../../../src/local/driven-clock.ts';
import {
  createSecretsManager,
  type SecretsManagerStandIn,
} from '../../../src/local/secrets-manager/secrets-manager.ts';

const ids = Array.from({ length: 4 }, (_, index) => String(index).repeat(32));
const id = fc.constantFrom(...ids);
const stages = ['AWSCURRENT', 'AWSPENDING', 'CUSTOM'];
const label = fc.constantFrom(...stages);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const put = fc.record({
  operation: fc.constant('PutSecretValue'),
  ClientRequestToken: id,
  SecretString: fc.constantFrom('a', 'b'),
  VersionStages: maybe(fc.uniqueArray(label, { minLength: 1 })),
});
const move = fc.record({
  operation: fc.constant('UpdateSecretVersionStage'),
  VersionStage: label,
  MoveToVersionId: maybe(id),
  RemoveFromVersionId: maybe(id),
});

test('keeps AWSCURRENT on one version, AWSPREVIOUS on another, and values as first written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(put, move), { maxLength: 30 }), async (requests) => {
      const manager = createSecretsManager({ clock: new DrivenClock(), functions: new Map() });
      const { versionId } = manager.createSecret({
        name: 'a',
        secretString: 'a',
        versionId: '0'.repeat(32),
      });
      const written = new Map([[versionId, 'a']]);

      for (const { operation, ...members } of requests) {
        await manager.service(request(operation, { SecretId: 'a', ...members }));
        expect(violations(manager, written)).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

function violations(manager: SecretsManagerStandIn, written: Map<string, string>): string[] {
  const current = manager.inspect('a', 'AWSCURRENT');
  const previous = manager.inspect('a', 'AWSPREVIOUS');
  const found = [...stages, 'AWSPREVIOUS'].filter((stage) => hasChanged(manager, stage, written));

  if (current?.secretString === undefined) found.push('nothing is current');
  if (previous && previous.versionId === current?.versionId) found.push('current is previous');
  return found;
}

function hasChanged(
  manager: SecretsManagerStandIn,
  stage: string,
  written: Map<string, string>,
): boolean {
  const version = manager.inspect('a', stage);
  if (version?.secretString === undefined) return false;

  const first = written.get(version.versionId) ?? version.secretString;
  written.set(version.versionId, first);
  return first !== version.secretString;
}

function request(operation: string, body: object): Request {
  return new Request('http://local/', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'x-amz-target': `secretsmanager.${operation}`, authorization: 'AWS4' },
  });
}
