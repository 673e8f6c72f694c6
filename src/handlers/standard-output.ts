/**
 * Writes one line. Past the console, which Lambda has put its own words around: CloudWatch reads
 * metrics from a line that holds nothing else.
 */
export const standardOutput = (line: string): void => void process.stdout.write(`${line}\n`);
