// Loads one module as Lambda's runtime does, and tells when. JavaScript, since Node would load its
// TypeScript first. The clock is the system's, so that whoever started this process can subtract.
const started = process.hrtime.bigint();
await import(process.argv[2]);
const loaded = process.hrtime.bigint();
process.stdout.write(`${started} ${loaded}`);
