import { startGround } from '../support/faults/ground.ts';
import { scenarios } from '../support/faults/scenarios.ts';
import { further, learn, nothingSeen, runMeeting } from '../support/faults/interleaving.ts';
import { nameOfOrder, orderOf, type Order } from '../support/faults/turns.ts';
const ground = await startGround();
const [from, to, only] = process.argv.slice(2);
let total = 0;
for (const scenario of scenarios.slice(Number(from), Number(to))) {
  const t0 = performance.now();
  const seen = nothingSeen(); const traces = new Set<string>(); const fails = new Map<string, string[]>();
  let runs = 0;
  const run = async (order: Order) => {
    runs++;
    let m;
    try { m = await runMeeting(ground, { combination: 'all', scenario, order }); } catch (e) { console.log('ERR', scenario.name, nameOfOrder(order), (e as Error).stack); return; }
    if (only) console.log(m.trail.join('\n'));
    learn(seen, m);
    for (const w of m.violations) { if (!fails.has(w)) console.log('FAIL', scenario.name, nameOfOrder(order), w); fails.set(w, [...(fails.get(w) ?? []), nameOfOrder(order)]); }
    const key = m.trace.map(x => x.actor + (x.point ? x.point.step + x.point.operation + (x.point.detail ?? '') : '')).join('|');
    const fresh = !traces.has(key); traces.add(key);
    return fresh ? m : undefined;
  };
  if (only) { await run(orderOf(only)); continue; }
  let level: { order: Order; m: NonNullable<Awaited<ReturnType<typeof run>>> }[] = [];
  for (const first of ['A', 'B'] as const) { const order: Order = { first, turns: [] }; const m = await run(order); if (m) level.push({ order, m }); }
  for (let switches = 1; switches <= 3; switches++) {
    const orders = level.flatMap(({ order, m }) => further(order, m, seen));
    const next: typeof level = [];
    await Promise.all(Array.from({ length: 6 }, async () => { for (let o = orders.shift(); o; o = orders.shift()) { const m = await run(o); if (m) next.push({ order: o, m }); } }));
    level = next;
  }
  total += runs;
  console.log(scenario.name, runs, 'runs', traces.size, 'traces', Math.round((performance.now() - t0) / 1000) + 's', [...fails].map(([k, o]) => `${k} ×${o.length} e.g. ${o.slice(0, 3).join(' / ')}`));
}
await ground.stop();
