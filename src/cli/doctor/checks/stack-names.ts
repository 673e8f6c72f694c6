/** What the template calls the parts of the stack that a function belongs to. */
export interface StackNames {
  readonly stackName: string;
  readonly scheduleGroup: string;
  readonly reconcileArn: string;
}

/** By the function's name, and its variables where they say; `undefined` where it has another name. */
export function stackNamesOf(
  functionArn: string,
  variables: Readonly<Record<string, string>>,
): StackNames | undefined {
  const [, before, stackName] =
    /^(.*:function:)([\w-]+)-rotate(:[\w$-]+)?$/.exec(functionArn) ?? [];
  if (stackName === undefined) return undefined;
  return {
    stackName,
    scheduleGroup: variables['KEYTURN_SCHEDULE_GROUP'] || stackName,
    reconcileArn: variables['KEYTURN_RECONCILE_ARN'] || `${before}${stackName}-reconcile`,
  };
}
