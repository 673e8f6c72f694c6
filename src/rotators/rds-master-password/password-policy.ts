import type { RdsTarget } from './rds.ts';

/** The longest master password by engine; source: ModifyDBInstance and ModifyDBCluster, RDS API. */
const longestByEngine: readonly (readonly [engine: RegExp, longest: number])[] = [
  [/^(mysql|mariadb)$/, 41],
  [/^postgres$/, 128],
  [/^(custom-)?sqlserver-/, 128],
  [/^(custom-)?oracle-/, 30],
  [/^db2-/, 255],
];

/** Every cluster, whatever its engine, and the shortest bound for engines not listed. */
const longestForCluster = 41;
const longestForUnknown = 30;

/** 240 bits at six a character: more adds nothing, and every engine but Oracle takes it. */
const enough = 40;

/** Length for a new master password, within what the engine takes. Letters, digits, - and _ only. */
export function passwordLength({ kind }: RdsTarget, engine: string): number {
  const byEngine = longestByEngine.find(([pattern]) => pattern.test(engine))?.[1];
  const longest = kind === 'cluster' ? longestForCluster : (byEngine ?? longestForUnknown);
  return Math.min(enough, longest);
}
