/** What may become of one call, and what it means; the key is its name in reproductions. */
export const faults = {
  'crash-before': 'the function dies before the call is made',
  'crash-after': 'the call takes effect, and the function dies',
  'answer-lost': 'the call takes effect, and its caller sees a timeout',
  'sent-twice': 'the call takes effect, its answer is lost, and the client sends it again',
  unreachable: 'the call reaches nobody',
  transient: 'the system answers that it is busy',
  permanent: 'the system answers that the caller may not do this',
  'hangs-before': 'the call is never taken up, until the function has no time left',
  'hangs-after': 'the call takes effect, and no answer comes until the function has no time left',
} as const;

export type Fault = keyof typeof faults;

export const faultNames = Object.keys(faults).filter((name): name is Fault => isFault(name));

export function isFault(name: string): name is Fault {
  return Object.hasOwn(faults, name);
}
