import type { DatabasePlace } from './strategy.ts';

/** Parameters by which a database is found without RDS. The Twilio token is left alone. */
export const placeParameters = ({ host, port, database }: DatabasePlace) => ({
  DbInstance: '',
  DbHost: host,
  DbPort: String(port),
  DbName: database,
  RotateTwilio: 'false',
});
