import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { development } from '../stack/environments.ts';
import { UsageError } from './usage-error.ts';

/** A function of template.yaml: its logical id, its file in the bundle, its ARN here. */
export interface DeployedFunction {
  readonly logicalId: 'RotationFunction' | 'ReconcileFunction';
  readonly module: string;
  readonly arn: string;
}

export interface SampleEvent {
  /** What it is called in the output. */
  readonly title: string;
  readonly function: DeployedFunction;
  /** Holds a RotationToken: never to be printed. */
  readonly event: unknown;
}

const rotation: DeployedFunction = {
  logicalId: 'RotationFunction',
  module: 'rotate-secret.mjs',
  arn: development.rotateArn,
};

const reconcile: DeployedFunction = {
  logicalId: 'ReconcileFunction',
  module: 'reconcile-secret.mjs',
  arn: development.reconcileArn,
};

const steps = v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']);
const operations = v.picklist(['inspect', 'rehearse', 'repair', 'rollback']);

/** Told apart by their shape alone: what else is wrong with an event, the function says. */
const rotationEvent = v.looseObject({ Step: v.unknown() });
const operatorEvent = v.looseObject({ Operation: v.unknown() });
const reconcileEvent = v.looseObject({ secret: v.unknown() });

/** Throws UsageError. */
export async function readSampleEvent(file: string): Promise<SampleEvent> {
  const event = parsed(await textOf(file), file);
  if (v.is(rotationEvent, event)) {
    return { title: v.is(steps, event.Step) ? event.Step : 'rotation', function: rotation, event };
  }
  if (v.is(operatorEvent, event)) {
    const title = v.is(operations, event.Operation) ? event.Operation : 'operation';
    return { title, function: rotation, event };
  }
  if (v.is(reconcileEvent, event)) return { title: 'reconcile', function: reconcile, event };
  throw new UsageError(
    `${file} is no event of either function: one that Secrets Manager sends has a Step, one of an ` +
      'operator has an Operation, one for reconcile has a secret. The folder events/ has samples.',
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`${file} cannot be read. The folder events/ has samples.`);
  }
}

/** Without the parser's own message, which quotes the text. */
function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not valid JSON.`);
  }
}
