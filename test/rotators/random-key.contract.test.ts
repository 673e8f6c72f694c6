import { describeContract } from '../support/rotator-contract.ts';
import { buildSigning } from '../support/signing-system.ts';

describeContract('random-key', {
  single: false,
  build: buildSigning,
  sick: {
    'fallbacks that are no list': async ({ current }) => ({
      ...current,
      SECRET_KEY_FALLBACKS: 'not-a-list-of-earlier-keys',
    }),
    'fallbacks that are not all texts': async ({ current }) => ({
      ...current,
      SECRET_KEY_FALLBACKS: ['an-earlier-key', 1],
    }),
  },
  notApplicable: {
    'refusal of a credential': 'no system but the application judges the key',
    'calls outside': 'it makes none',
    'end of the victim': 'an earlier key ends by falling off the list of fallbacks',
    'ambiguous revocation': 'there is nothing to revoke',
  },
});
