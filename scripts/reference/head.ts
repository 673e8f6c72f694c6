/** What is true of every command, and stands before them. */
export const head = `# Reference: the command \`keyturn\`

This page is made of the commands themselves, by \`npm run reference\`: what it says, \`keyturn <command> --help\` says too.

In a clone it is \`npx keyturn\`; where the package is installed, \`node_modules/.bin/keyturn\`. What a command found is on standard output, and what it says on the way on standard error. With \`--json\` standard output holds one JSON document, also of a failure: \`{ "outcome": "failed", "code", "message" }\`. Codes are explained [for the functions](operating.md#error-codes), [for init](deploying.md#when-init-refuses) and [for the other commands](application.md#when-a-command-refuses). No command prints a value of a secret but \`get\` and \`env\`, which are for that, and none takes one as an argument.

| exit code | means |
| --- | --- |
| 0 | done; of a look, that all is well |
| 1 | refused or failed, or something needs attention |
| 2 | called wrongly; nothing was asked of AWS |
| 130 | somebody pressed Ctrl-C, or sent a signal |
| other | of \`exec\` alone: the program's own, and 125, 126 and 127 |

| variable | meaning |
| --- | --- |
| \`AWS_REGION\`, \`AWS_PROFILE\`, \`AWS_ACCESS_KEY_ID\` and the like | region and credentials, as every client of AWS takes them |
| \`AWS_ENDPOINT_URL\` | where calls go instead of AWS, such as to the local stack; every command says so first |
| \`KEYTURN_SECRET_ID\` | the secret, where \`doctor\`, \`exec\`, \`get\` or \`env\` is not given any. Commands that change something want it named |
| \`NO_COLOR\`, \`FORCE_COLOR\` | no colours, or colours where there is no terminal |
| \`TERM\` | with \`dumb\`, nothing is drawn in place |
| \`CI\` | where it is set, nothing is drawn in place |
| \`PATH\` | where \`exec\` looks for the program |`;
