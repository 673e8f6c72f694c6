/** Whether a function is Keyturn's, by the names of its variables: template.yaml gives its functions this one. */
export const isKeyturns = (variables: readonly string[]): boolean =>
  variables.includes('KEYTURN_RECONCILE_ARN');
