import { startGround } from '../support/faults/ground.ts';
import { runVariant } from '../support/faults/rotation-run.ts';
import { combinationNames } from '../support/faults/combinations.ts';
import { faults, type Fault } from '../support/faults/fault.ts';
import { histories, idOf, services, type Variant } from '../support/faults/variant.ts';
import { titleOf } from '../support/faults/point.ts';
const ground = await startGround();
const part = Number(process.argv[2]), of = Number(process.argv[3]);
let n = 0, done = 0; const t0 = performance.now();
const fails = new Map<string, string[]>();
for (const combination of combinationNames.toReversed()) for (const history of histories) {
  const clean: Variant = { combination, history, service: 'retries', faults: new Map() };
  const first = await runVariant(ground, clean);
  if (first.violations.length) console.log('CLEAN FAILS', combination, history, first.violations, first.trail.join('\n'));
  const points = first.points;
  const jobs: (() => Promise<void>)[] = [];
  for (const p of points) for (const f of Object.keys(faults) as Fault[]) {
    if (f === 'sent-twice' && (p.system === 'Twilio' || p.system === 'PostgreSQL')) continue;
    if (n++ % of !== part) continue;
    jobs.push(async () => { for (const service of services) {
    const v = { ...clean, service, faults: new Map([[p.index, f]]) };
    done++;
    let why: readonly string[], failed = true;
    try { const o = await runVariant(ground, v); why = o.violations; failed = o.stepFailed; } catch (e) { why = [String((e as Error).stack)]; }
    if (why.length) {
      const key = `${titleOf(p)} ← ${f}: ${why.join(' | ')}`;
      if (!fails.has(key)) console.log(key, idOf(v));
      fails.set(key, [...(fails.get(key) ?? []), idOf(v)]);
    }
    if (!failed) break;
    }});
  }
  await Promise.all(Array.from({ length: 6 }, async () => { for (let j = jobs.shift(); j; j = jobs.shift()) await j(); }));
  console.log(combination, history, points.length, done, Math.round((performance.now() - t0) / 1000));
}
console.log('---');
for (const [k, ids] of fails) console.log(k, ids.length, ids.slice(0, 3));
await ground.stop();
