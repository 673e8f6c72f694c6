import { afterAll, beforeAll } from 'vitest';
import {
  type AlternatingGround,
  type AlternatingSystem,
  buildAlternating,
  startAlternatingGround,
} from '../support/alternating-system.ts';
import { describeContract, type Fixture } from '../support/rotator-contract.ts';

let ground: AlternatingGround;

beforeAll(async () => {
  ground = await startAlternatingGround();
});
afterAll(() => ground.close());

const sick: Fixture<AlternatingSystem>['sick'] = {
  'a current user that is neither of the two': async ({ current, admin, adminSecret }) => ({
    ...current,
    DB_USER: admin,
    DB_PASSWORD: adminSecret['password'] ?? '',
  }),
  'an administrator who cannot log in': async ({ adminSecret }) => {
    adminSecret['password'] = 'another-one';
    return undefined;
  },
  'an administrator who may not change the idle role': async ({ run, users, admin }) => {
    await run(`REVOKE ADMIN OPTION FOR "${users[1]}" FROM "${admin}"`);
    return undefined;
  },
  'a role that is not there': async ({ run, users }) =>
    run(`DROP ROLE ${users[1]}`).then(() => undefined),
};

describeContract('postgres-alternating', {
  single: false,
  build: () => buildAlternating(ground),
  sick,
  // The only credential that works is the victim.
  ambiguity: async ({ current }, made) => ({
    victim: current,
    keep: { ...current, ...made },
    newer: 'keep',
  }),
  notApplicable: { 'calls of create': 'the password is made here, and nobody is asked' },
});
