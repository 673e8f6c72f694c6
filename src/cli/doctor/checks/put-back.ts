/**
 * To CloudFormation what somebody deleted or changed by hand is no change of its template, and the same
 * template deployed again brings nothing back.
 */
export const putBack =
  'Deploying the same template again does not bring it back: ' +
  'docs/troubleshooting.md#what-was-taken-away-by-hand says what does.';
