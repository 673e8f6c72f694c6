import * as v from 'valibot';
import type { Values } from './subjects/subject.ts';
import type { World } from './world.ts';

const minute = 60_000;

const versionIds = v.object({
  Versions: v.array(
    v.object({
      VersionId: v.string(),
      VersionStages: v.optional(v.array(v.string()), []),
      CreatedDate: v.number(),
    }),
  ),
});

const description = v.object({
  RotationEnabled: v.optional(v.boolean()),
  LastRotatedDate: v.optional(v.number()),
});

const document = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

const value = v.object({ SecretString: v.optional(v.string(), '{}') });

/**
 * Everything that decides how a world goes on, in a form in which worlds that go on alike are
 * equal: which versions carry which labels and share which values, what each system accepts, what
 * is booked, and which timers run. Random texts are told by where they first occur, and times by
 * the minutes to and from now. No invocation and no reset of a password may be under way.
 */
export async function likenessOf(world: World): Promise<string> {
  const { places, watch } = world;
  const now = places.clock.now().getTime();
  const minutesSince = (seconds: number | undefined) =>
    seconds === undefined ? undefined : Math.round((now - seconds * 1000) / minute);
  const told = await ask(world, 'DescribeSecret', {}, description);
  const versions = [];
  const known: Values[] = [];
  for (const version of await versionsOf(world)) {
    const { SecretString } = await valueOf(world, version.VersionId);
    if (SecretString !== undefined) known.push(v.parse(document, SecretString));
    versions.push({
      id: version.VersionId,
      // A lease is over by now, whenever it ended.
      labels: version.VersionStages.filter(
        (label) => !label.startsWith('KEYTURN_UNDOING'),
      ).toSorted(),
      value: SecretString,
      age: minutesSince(version.CreatedDate),
    });
  }
  const state = {
    versions,
    rotation: [told.RotationEnabled, minutesSince(told.LastRotatedDate)],
    systems: await Promise.all(places.subjects.map((subject) => subject.state(known))),
    bookings: places.scheduler.schedules().map(({ Target }) => Target.Input),
    timers: places.clock.waits().map((ms) => Math.round(ms / minute)),
    seen: watch.memory(),
  };
  return nameless(JSON.stringify(state));
}

async function versionsOf(world: World) {
  const { Versions } = await ask(
    world,
    'ListSecretVersionIds',
    { IncludeDeprecated: true },
    versionIds,
  );
  return Versions.toSorted((one, other) => one.CreatedDate - other.CreatedDate);
}

/** A version that has no value yet is answered by an error. */
async function valueOf(world: World, VersionId: string) {
  const response = await world.request('GetSecretValue', {
    SecretId: world.places.secretArn,
    VersionId,
  });
  return response.ok ? v.parse(value, await response.json()) : { SecretString: undefined };
}

async function ask<S extends v.GenericSchema>(
  world: World,
  operation: string,
  body: object,
  schema: S,
): Promise<v.InferOutput<S>> {
  const response = await world.request(operation, { SecretId: world.places.secretArn, ...body });
  return v.parse(schema, await response.json());
}

/** Puts the place of its first occurrence for each text that is random, at least 16 characters. */
function nameless(text: string): string {
  const places = new Map<string, string>();
  return text.replaceAll(/[A-Za-z0-9_-]{16,}/g, (random) => {
    if (/^(AWS|KEYTURN|SECRET|TWILIO)[A-Z]*_/.test(random)) return random;
    const known = places.get(random) ?? `#${places.size}`;
    places.set(random, known);
    return known;
  });
}
