import { startGround } from '../support/faults/ground.ts';
import { runVariant } from '../support/faults/rotation-run.ts';
import { variantOf } from '../support/faults/variant.ts';
const ground = await startGround();
try {
for (const id of process.argv.slice(2)) {
  const t = performance.now();
  const o = await runVariant(ground, variantOf(id));
  console.log(o.trail.join('\n'));
  console.log(id, o.points.length, o.violations, Math.round(performance.now()-t));
}
} finally { await ground.stop(); }
