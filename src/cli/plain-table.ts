import Table from 'cli-table3';

/** A table without colours of its own: it may go into a file. */
export const plainTable = (head: readonly string[]) =>
  new Table({ head: [...head], style: { head: [], border: [] } });
