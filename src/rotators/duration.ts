import * as v from 'valibot';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it, `90s`, `5m`, `24h`, `7d`, in ms. At most a year. */
export const duration = v.pipe(
  v.string(),
  v.regex(/^\d+[smhd]$/, 'must be a whole number and a unit, such as 90s, 5m, 24h or 7d'),
  v.transform((text) => {
    const amount = Number(text.slice(0, -1));
    const unit = v.parse(v.picklist(['s', 'm', 'h', 'd']), text.at(-1));
    return amount * unitMs[unit];
  }),
  v.maxValue(365 * unitMs.d, 'must not be longer than 365d'),
);
