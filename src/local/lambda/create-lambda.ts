import { signedService } from '../aws-endpoint.ts';
import type { AwsService } from '../aws-service.ts';
import type { LocalClock } from '../clock.ts';
import type { LocalFunctions } from '../functions.ts';
import type { LocalQueues } from '../queues.ts';
import {
  createAsyncInvocations,
  usualBehaviour,
  type LambdaBehaviour,
} from './async-invocations.ts';
import { destinationRecord } from './destination-record.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { LambdaError } from './lambda-error.ts';
import { lambdaRoutes } from './lambda-routes.ts';
import { createPermissions, type FunctionPolicy } from './permissions.ts';

/** The queues of functions that have one, by ARN. */
export interface FailureDestinations {
  readonly queues: LocalQueues;
  readonly queueOf: ReadonlyMap<string, string>;
  /** Whether a function's role lets Lambda send for it. Absent: it does. */
  readonly maySend?: ((functionArn: string, queueArn: string) => Promise<boolean>) | undefined;
}

/** A Lambda that invokes local functions, and tells how they are deployed. */
export interface Lambda {
  readonly service: AwsService;
  readonly behaviour: LambdaBehaviour;
  /**
   * The functions as services find them that invoke asynchronously: they take every event at once,
   * and what becomes of it stays with Lambda.
   */
  readonly asynchronous: LocalFunctions;
  /** What it is to tell of a function, and the policy that the function begins with. */
  deploy(functionArn: string, deployed: DeployedFunction): void;
  /** As it is now: AddPermission and RemovePermission change it. */
  policyOf(functionArn: string): FunctionPolicy | undefined;
  /** Calls off the retries of asynchronous invocations, and waits for the functions that run. */
  close(): Promise<void>;
}

export interface DeployedFunction {
  readonly configuration: FunctionConfiguration;
  readonly policy: unknown;
}

export function createLambda(options: {
  readonly clock: LocalClock;
  readonly functions: LocalFunctions;
  /** Where the record of an asynchronous invocation goes that failed for good. */
  readonly onFailure?: FailureDestinations;
}): Lambda {
  const { clock, functions, onFailure } = options;
  const behaviour = { ...usualBehaviour };
  const configurations = new Map<string, FunctionConfiguration>();
  const permissions = createPermissions();
  const later = createAsyncInvocations({
    clock,
    behaviour,
    async onGivenUp(givenUp) {
      const queueArn = onFailure?.queueOf.get(givenUp.functionArn);
      if (!onFailure || !queueArn) return;
      const { maySend } = onFailure;
      if (maySend && !(await maySend(givenUp.functionArn, queueArn))) return;
      onFailure.queues.send(queueArn, { body: destinationRecord(givenUp, clock.now()) });
    },
  });
  const routes = lambdaRoutes({
    functions,
    configurations,
    permissions,
    later: (invocation) => later.add(invocation),
  });

  return {
    service: async function lambda(request) {
      const signedFor = signedService(request);
      if (signedFor !== 'lambda' && !isOurs(request)) return undefined;
      if (signedFor === undefined) return missingToken().toResponse();
      return routes.fetch(request);
    },
    behaviour,
    asynchronous: {
      has: (functionArn) => functions.has(functionArn),
      get(functionArn) {
        const run = functions.get(functionArn);
        return run && (async (event) => later.add({ functionArn, run, event }));
      },
    },
    deploy(functionArn, { configuration, policy }) {
      configurations.set(functionArn, configuration);
      permissions.deploy(functionArn, policy);
    },
    policyOf: (functionArn) => permissions.policyOf(functionArn),
    close: () => later.close(),
  };
}

const isOurs = ({ url }: Request) => new URL(url).pathname.startsWith('/2015-03-31/functions/');

const missingToken = () =>
  new LambdaError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token');
