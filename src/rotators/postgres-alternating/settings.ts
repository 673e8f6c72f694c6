import type { Catalog } from './catalog.ts';
import type { Difference, Pair } from './differences.ts';
import { comment, quoteName, quoteText } from './quote.ts';

/** Settings that the two log in with, and that differ. `role` is looked at by itself. */
export function settings(catalog: Catalog, { current, idle }: Pair): readonly Difference[] {
  const all = catalog.settings.filter(({ name }) => name !== 'role');
  const valueOf = (role: string, { name, here }: Slot) =>
    all.find((each) => each.role === role && each.name === name && each.here === here)?.value;
  return slotsOf(all)
    .filter((slot) => valueOf(current, slot) !== valueOf(idle, slot))
    .map((slot) => ({
      what: `${idle} and ${current} differ in the setting ${slot.name}`,
      mend: [
        mend(slot.name, valueOf(current, slot), { alter: alterRole(catalog, idle, slot), idle }),
      ],
    }));
}

interface Slot {
  readonly name: string;
  readonly here: boolean;
}

const slotsOf = (all: readonly Slot[]): readonly Slot[] =>
  all.filter(
    (slot, index) =>
      all.findIndex(({ name, here }) => name === slot.name && here === slot.here) === index,
  );

const alterRole = ({ database }: Catalog, role: string, { here }: Slot) =>
  `ALTER ROLE ${quoteName(role)}${here ? ` IN DATABASE ${quoteName(database)}` : ''}`;

interface Target {
  readonly alter: string;
  readonly idle: string;
}

function mend(setting: string, value: string | undefined, { alter, idle }: Target): string {
  const name = setting.split('.').map(quoteName).join('.');
  if (value === undefined) return `${alter} RESET ${name};`;
  // A parameter of the application's own may hold a key; PostgreSQL's own hold none.
  if (setting.includes('.')) return comment(`give ${idle} the setting ${setting} as well`);
  return `${alter} SET ${name} = ${lists.has(setting) ? quotedList(value) : quoteText(value)};`;
}

/** Stored as lists of names: in quotes the whole of it would become one name (guc_tables.c). */
const lists: ReadonlySet<string> = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'temp_tablespaces',
]);

const quotedList = (value: string) =>
  Array.from(value.matchAll(/"((?:[^"]|"")*)"|[^",\s]+/g), ([name, quoted]) =>
    quoteText(quoted?.replaceAll('""', '"') ?? name),
  ).join(', ');
