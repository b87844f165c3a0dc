/**
 * Changes of tslab's own text, where its surface lets nothing be changed. Each insertion is one call or one
 * case; what it does is in a file of ours. To be called before any of tslab is loaded.
 */
import { loadEdited } from './loadEdited';

export function editTslab(): void {
  loadEdited(
    'tslab/dist/converter',
    'if (!ts.isIdentifier(node)) {\n                return ts.visitEachChild(node, wrapPrevIdentifier',
    `const { rewriteProperty } = ${call('previousVariables')};
            const ours = rewriteProperty({ ts, checker, declsFile }, node, wrapPrevIdentifier);
            if (ours !== undefined) return ours;
            `,
  );
  // A value of the library shows itself as the last line of a cell.
  loadEdited(
    'tslab/dist/executor',
    'console.log(ret);',
    `if (await ${call('lastValue')}.showsItself(ret)) return true;\n            `,
  );
  // A console in JupyterLab asks for the history: there is none.
  loadEdited(
    'tslab/dist/jupyter',
    'default:\n                    console.warn(`unknown msg_type',
    `case "history_request": {
                    const reply = msg.createReply();
                    reply.header.msg_type = "history_reply";
                    reply.content = { status: "ok", history: [] };
                    reply.signAndSend(this.connInfo.key, sock);
                    break;
                }
                `,
  );
}

/** Requires a file beside this one, from a file of tslab. */
function call(file: string): string {
  return `require(${JSON.stringify(require.resolve(`./${file}`))})`;
}
