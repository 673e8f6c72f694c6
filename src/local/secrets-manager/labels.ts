import type { Placement, Secret } from './secret.ts';

export const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';
export const PENDING = 'AWSPENDING';

/** How many past places of a label are remembered, for reads that lag. */
const remembered = 50;

/** The version that holds the label, now or as it was at the time `at` (epoch milliseconds). */
export function holderOf(secret: Secret, label: string, at = Infinity): string | undefined {
  const placements = secret.labels.get(label) ?? [];
  const placed = placements.findLast((placement) => placement.at <= at);

  return (placed ?? birthPlacement(secret, placements))?.versionId;
}

/** The version's labels in alphabetical order, now or as they were at the time `at`. */
export function stagesOf(secret: Secret, versionId: string, at = Infinity): string[] {
  return [...secret.labels.keys()]
    .filter((label) => holderOf(secret, label, at) === versionId)
    .toSorted();
}

/** Puts a label on a version. AWSCURRENT takes AWSPREVIOUS along to the version that it leaves. */
export function attach(secret: Secret, label: string, versionId: string, at: Date): void {
  const before = holderOf(secret, label);
  if (before === versionId) return;

  place(secret, label, { at: at.getTime(), versionId });
  if (label !== CURRENT) return;
  if (before !== undefined) place(secret, PREVIOUS, { at: at.getTime(), versionId: before });
  else if (holderOf(secret, PREVIOUS) === versionId) detach(secret, PREVIOUS, at);
}

/** Takes a label off whatever version holds it. */
export function detach(secret: Secret, label: string, at: Date): void {
  if (holderOf(secret, label) === undefined) return;
  place(secret, label, { at: at.getTime(), versionId: undefined });
}

/** Gives every label of one version to another, as if it had always been there. */
export function renameHolder(secret: Secret, from: string, to: string): void {
  for (const [label, placements] of secret.labels) {
    const renamed = placements.map((p) => (p.versionId === from ? { ...p, versionId: to } : p));
    secret.labels.set(label, renamed);
  }
}

/** A rotation is complete when AWSPENDING is nowhere, or on the version that has AWSCURRENT. */
export function incompleteRotation(secret: Secret): string | undefined {
  const pending = holderOf(secret, PENDING);
  return pending === holderOf(secret, CURRENT) ? undefined : pending;
}

function place(secret: Secret, label: string, placement: Placement): void {
  const placements = [...(secret.labels.get(label) ?? []), placement];
  secret.labels.set(label, placements.slice(-remembered));
}

/** A label the secret was born with moved from nowhere: there is nothing to lag behind. */
function birthPlacement(secret: Secret, placements: Placement[]): Placement | undefined {
  const [first] = placements;
  return first && first.at <= secret.createdDate.getTime() ? first : undefined;
}
